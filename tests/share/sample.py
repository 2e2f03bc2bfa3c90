"""A tour with everything in it: values, changes, a call graph with a second way, CodeTour's kinds of steps, links."""

from __future__ import annotations

from codetour.model.recording import Recording
from codetour.model.source import SourceText
from codetour.model.tour import Anchor, CallStep, Extension, Stop, Tour, TourEntry
from codetour.model.value import Change, Frame, Seen, Value

TRAIN = """\
import model

def main():
    net = model.Net()
    for batch in range(3):
        loss = net(batch)
        loss.backward()

main()
"""
MODEL = """\
class Net:
    def forward(self, x):
        q = self.query(x)
        return self.head(q)

    def head(self, q):
        return q.sum()
"""


class SampleSources:
    def __init__(self) -> None:
        self.texts = {"train.py": TRAIN, "lib/model.py": MODEL}

    def read(self, file: str) -> SourceText | None:
        return SourceText(file, self.texts[file]) if file in self.texts else None


MAIN = CallStep("<module>", "train.py", 9)
LOOP = CallStep("main", "train.py", 6, "calling a module runs its forward")
FORWARD = CallStep("Net.forward", "lib/model.py", 4)


def sample_tour() -> Tour:
    stops = (
        Stop("begin", "start", "Where it begins", Anchor("train.py", 9, text="main()"),
             "The run begins here. The loss is at [stop four][#4].", "One call, and all follows."),
        Stop("read-me", "config", "", Anchor("", 0), "# About this code\n\nRead it *slowly*:\n\n- first `train.py`"
             "\n- then the model\n\n>> python train.py", extra={"directory": "lib"}),
        Stop("forward", "forward", "The model thinks", Anchor("lib/model.py", 3, "Net.forward", "q = self.query(x)"),
             "Every token asks a question.", "`q` is new.", ("q",), path=(MAIN, LOOP)),
        Stop("loss", "loss", "One number", Anchor("lib/model.py", 7, "Net.head", "return q.sum()"),
             "All of it becomes one number.", path=(MAIN, LOOP, FORWARD)),
        Stop("again", "eval", "The same head", Anchor("lib/model.py", 7, "Net.head", "return q.sum()"),
             "Called from the loop too.", path=(MAIN, LOOP)),
        Stop("step", "backward", "Who is to blame", Anchor("train.py", 7, "main", "loss.backward()"),
             path=(MAIN,)),
    )  # fmt: skip
    return Tour(
        title="A small run",
        stops=stops,
        description="`train.py` trains `Net` for **three** batches.",
        repo="o/n",
        url="https://github.com/o/n",
        commit="0123456789abcdef0123456789abcdef01234567",
        entry=TourEntry("train", "train.py"),
        extensions=(Extension("layer", "lib/model.py", 6, "Net.head", "Put it before the head."),),
        axes={"B": "batch", "T": "tokens"},
    )


def sample_recording() -> Recording:
    def frame(symbol: str, file: str, line: int, *values: Value) -> Frame:
        return Frame(symbol, file, line, values=values)

    q = Value("q", "Tensor", "tensor", (2, 8), ("B", "T"), "torch.float32", "cpu", stats={"mean": 0.25})
    text = Value("line", "str", "text", scalar="a private line")
    loss = Value("loss", "float", "scalar", scalar=2.5)
    settings = Value("config", "Config", "config", items=(Value("lr", kind="scalar", scalar=0.1),))
    loop = frame("main", "train.py", 6, loss)
    root = frame("<module>", "train.py", 9)
    seen = (
        Seen("begin", (root,), seconds=0.1),
        Seen(
            "forward", (frame("Net.forward", "lib/model.py", 3, settings, text, q), loop, root), seconds=0.5
        ),
        Seen(
            "loss",
            (frame("Net.head", "lib/model.py", 7, q), frame("Net.forward", "lib/model.py", 4), loop, root),
            hits=3,
            seconds=0.7,
            changes=(Change("+", "q", "f32  2×8"), Change("~", "loss", "3.5 → 2.5")),
        ),
        Seen("again", (frame("Net.head", "lib/model.py", 7, q), loop, root), seconds=0.9),
    )
    return Recording(
        "A small run", seen=seen, missed={"step": "the program ended first"}, command=("python", "train.py")
    )
