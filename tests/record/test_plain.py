from __future__ import annotations

from pathlib import Path

from codetour.model.events import Ended
from codetour.model.recording import Recording
from codetour.model.tour import Anchor, CallStep, Extension, Stop, Tour
from codetour.model.value import Change, Frame, Seen, Value
from codetour.record.plain import plain_tour
from codetour.source.reading import TreeSources

CODE = "import torch\n\n\ndef train(model):\n    loss = model(x)\n    loss.backward()\n"


def make_tour() -> Tour:
    path = (CallStep("<module>", "train.py", 9),)
    stops = (
        Stop(
            "a",
            "loss",
            "How wrong",
            Anchor("train.py", 5, "train"),
            "The idea.",
            "The number.",
            ("loss",),
            path=path,
        ),
        Stop("b", "backward", "Blame \x1b[31m[red]", Anchor("gone.py", 2, "f", "x = 1"), path=path),
    )
    where = (Extension("a new loss", "train.py", 5, "train", "Put it here."),)
    return Tour("T", stops, description="What it is.", extensions=where, axes={"B": "batch"})


def test_reads_from_top_to_bottom_idea_first(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(CODE)
    logits = Value("logits", "Tensor", "tensor", (4, 8), ("B", ""), "float32")
    frames = (Frame("train", "train.py", 5, values=(logits, Value("loss", "float", "scalar", scalar=4.2))),)
    seen = Seen("a", (*frames, Frame("<module>", "train.py", 9)), changes=(Change("+", "loss", "4.2"),))
    end = Ended("crashed", 1, "The program crashed.", "codetour doctor")
    recording = Recording("T", seen=(seen,), missed={"b": "the program crashed first"}, end=end)
    text = plain_tour(make_tour(), recording, TreeSources(tmp_path))
    wanted = [
        "What it is.",
        "Stop 1 of 2 · Loss · How wrong",
        "The idea.",
        "Look: The number.",
        "  >    5      loss = model(x)",
        "Call path: <module> (train.py:9) > train (train.py:5)",
        "    loss    4.2",
        "    logits  f32  B=4 × 8",
        "    (B=4 batch)",
        "    + new: loss  4.2",
        "Stop 2 of 2",
        "  > x = 1",
        "Not reached: the program crashed first",
        "Seen live: 1 of 2 stops.",
        "Next: codetour doctor",
        "a new loss: train.py:5",
    ]
    at = -1
    for line in wanted:
        assert text.find(line, at + 1) > at, line
        at = text.find(line, at + 1)


def test_no_escape_sequence_reaches_the_terminal(tmp_path: Path) -> None:
    text = plain_tour(make_tour(), None, TreeSources(tmp_path))
    assert "\x1b" not in text
    assert "[red]" in text
