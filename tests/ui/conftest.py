"""A scripted driver: a live session that is data. It answers as a debugger would, without one, and can be slow."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from codetour.model.driver import Breakpoint, Unsupported, View
from codetour.model.entry import Launch, Override
from codetour.model.events import Crashed, Ended, Missed, Output, Paused, Reached, Resumed
from codetour.model.explore import Call, Detail, Histogram, History, ProcessState, Stack
from codetour.model.source import SourceText
from codetour.model.tour import Anchor, CallStep, Extension, Stop, Tour, TourEntry
from codetour.model.value import Change, Frame, Seen, Value
from codetour.ui.app import CodetourApp
from codetour.ui.prepared import Execution, Prepared

SAMPLES = Path(__file__).parent / "samples"


class DictSources:
    def __init__(self, files):
        self._files = {name: SourceText(name, text) for name, text in files.items()}

    def read(self, file):
        return self._files.get(file)


def sample_sources(**more):
    files = {name: (SAMPLES / f"{name}.txt").read_text() for name in ("model.py", "train.py")}
    return DictSources({**files, **more})


def at(source, needle):
    """The number of the first line that holds `needle`."""
    return next(i for i, line in enumerate(source.splitlines(), 1) if needle in line)


TRAIN = (SAMPLES / "train.py.txt").read_text()
MODEL = (SAMPLES / "model.py.txt").read_text()
FORWARD = CallStep("GPT.forward", "model.py", at(MODEL, "x = block(x)"), "calling a module runs its forward")
LOOP = CallStep(
    "<module>", "train.py", at(TRAIN, "logits, loss = model"), "calling a module runs its forward"
)
BLOCK = CallStep(
    "Block.forward", "model.py", at(MODEL, "x = x + self.attn"), "calling a module runs its forward"
)


def tensor(name, shape, dims=None, dtype="torch.float32", **more):
    return Value(name, "Tensor", "tensor", shape=shape, dims=dims, dtype=dtype, device="cpu", **more)


def frame(symbol, file, needle, *values):
    return Frame(symbol, file, at(MODEL if file == "model.py" else TRAIN, needle), values=tuple(values))


def sample_tour():
    def stop(
        name, stage, title, file, needle, idea, look="", watch=(), path=(), symbol="<module>", concept=""
    ):
        text = MODEL if file == "model.py" else TRAIN
        anchor = Anchor(file, at(text, needle), symbol, needle)
        return Stop(name, stage, title, anchor, idea, look, watch, path=path, concept=concept)

    return Tour(
        "nanoGPT, training",
        (
            stop("start", "start", "Where it begins", "train.py", "config = parse()",
                 "The run begins here: settings first, then text, then a model, then the loop.",
                 "Follow the four blank lines: each part starts after one."),
            stop("data", "data", "A batch of text", "train.py", "x = torch.stack",
                 "The model learns from random windows of the text; the answer is the same window, one character on.",
                 "ix holds the start of each window.", ("ix", "x"),
                 (CallStep("<module>", "train.py", at(TRAIN, "x, y = get_batch")),), "get_batch"),
            stop("attention", "forward", "Attention", "model.py", "k = k.view",
                 "Every token looks back at the tokens before it, and takes more from those that matter to it. Each"
                 " position asks, offers and gives: a query, a key and a value.",
                 "T appears twice in att: that is the cost of attention.", ("x", "q", "k", "v", "att"),
                 (LOOP, FORWARD, BLOCK), "CausalSelfAttention.forward", "attention"),
            stop("loss", "loss", "How wrong it was", "model.py", "loss = F.cross_entropy",
                 "The error is large when the character that really came next was given little weight.",
                 "At the beginning it is close to the logarithm of the number of characters.",
                 ("logits", "targets"), (LOOP,), "GPT.forward"),
            stop("backward", "backward", "Blame flows back", "train.py", "loss.backward()",
                 "Each weight learns how much it had to do with the error.", "", ("loss",)),
            stop("step", "step", "One step downhill", "train.py", "optimizer.step()",
                 "Every weight moves a little in the direction that lowers the error.", "", ("loss", "optimizer")),
            stop("save", "checkpoint", "Keeping the weights", "train.py", "torch.save",
                 "What was learnt goes to disk, so that evaluation can start from it."),
        ),
        description=(
            "A character-level language model is trained on one text file: it learns to guess the next character."
            " The error is the cross-entropy of that guess. Started as python train.py."
        ),
        repo="karpathy/nanoGPT",
        commit="325be85d9be8c81b436728a420e85796c57dba7e",
        entry=TourEntry("train", "train.py"),
        extensions=(
            Extension("data set", "train.py", at(TRAIN, "text = open"), "<module>", "Read another text here."),
            Extension("layer", "model.py", at(MODEL, "self.mlp = "), "Block.__init__", "Add it between the two norms."),
            Extension("loss", "model.py", at(MODEL, "loss = F.cross"), "GPT.forward", "Exchange or extend this line."),
        ),
        axes={"B": "batch", "T": "tokens", "C": "width", "nh": "heads"},
    )  # fmt: skip


def sample_seen():
    x = tensor("x", (12, 256, 384), ("B", "T", "C"))
    heads = ("B", "nh", "T", "")
    attention = frame(
        "CausalSelfAttention.forward", "model.py", "k = k.view",
        Value("self", "CausalSelfAttention", "module", size=591_360), x,
        tensor("q", (12, 256, 384), ("B", "T", "C")), tensor("k", (12, 256, 384), ("B", "T", "C")),
        tensor("v", (12, 256, 384), ("B", "T", "C")),
        Value("B", "int", "scalar", scalar=12), Value("T", "int", "scalar", scalar=256),
        Value("C", "int", "scalar", scalar=384),
    )  # fmt: skip
    del heads
    block = frame(
        "Block.forward", "model.py", "x = x + self.attn", Value("self", "Block", "module", size=1_774_464), x
    )
    gpt = frame(
        "GPT.forward", "model.py", "x = block(x)", tensor("idx", (12, 256), ("B", "T"), "torch.int64"), x
    )
    library = Frame("Module._call_impl", "torch/nn/modules/module.py", 1562, inside=False)
    config = Value("config", "Config", "config", size=9, ref=1)
    loop = frame(
        "<module>", "train.py", "logits, loss = model", config, Value("step", "int", "scalar", scalar=0)
    )
    loss = tensor("loss", (), scalar=4.2874)
    logits = tensor("logits", (12, 256, 65), ("B", "T", "vocab"))
    optimizer = Value("optimizer", "AdamW", "optimizer", facts={"lr": "0.001"})
    main = [config, Value("step", "int", "scalar", scalar=0), loss, optimizer]

    def at_main(needle, *values):
        return (frame("<module>", "train.py", needle, *values),)

    return {
        "start": Seen("start", at_main("config = parse()"), seconds=0.8),
        "data": Seen(
            "data",
            (
                frame("get_batch", "train.py", "x = torch.stack", tensor("ix", (12,), ("B",), "torch.int64")),
                *at_main("x, y = get_batch", config),
            ),
            changes=(Change("+", "ix", ""), Change("+", "config", "")),
        ),
        "attention": Seen(
            "attention",
            (attention, library, library, block, library, gpt, library, loop),
            changes=(
                Change("+", "x", ""), Change("+", "q", ""), Change("+", "k", ""), Change("+", "v", ""),
                Change("-", "ix", ""),
            ),
        ),
        "loss": Seen(
            "loss",
            (frame("GPT.forward", "model.py", "loss = F.cross_entropy", logits,
                   tensor("targets", (12, 256), ("B", "T"), "torch.int64"), x), library, loop),
            changes=(Change("+", "logits", ""), Change("-", "q", "")),
        ),
        "backward": Seen("backward", at_main("loss.backward()", *main), changes=(Change("+", "loss", ""),)),
        "step": Seen(
            "step", at_main("optimizer.step()", *main), changes=(Change("~", "loss", "4.2874 → 4.2791"),)
        ),
    }  # fmt: skip


class ScriptedExplorer:
    """Answers beside the tour, each written down in `calls`."""

    def __init__(self, calls):
        self.calls = calls

    async def stacks(self):
        call = Call("GPT.forward", "model.py", FORWARD.line, inside=True)
        wait = Call("Queue.get", "queue.py", 171, inside=False)
        return (
            Stack("thread", "MainThread", "stopped here", "", (call,), 0, "thread:1"),
            Stack("thread", "loader [red]", "daemon", "worker 1", (wait,), 1, "thread:2"),
            Stack("task", "fetch", "waits for Lock.acquire", "", (wait, call), 0, "task:3"),
        )

    @property
    def stops_at_raise(self):
        told = [c for c in self.calls if c.startswith("stop at raise")]
        return bool(told) and told[-1].endswith("True")

    async def stop_at_raise(self, *, wanted):
        self.calls.append(f"stop at raise {wanted}")

    async def processes(self):
        held = ProcessState(0, "the main process", 41, "stands at train.py:9", here=True)
        return (held, ProcessState(1, "worker 1", 42, "runs"))

    async def visit(self, number, key=""):
        self.calls.append(f"visit {number} {key}".rstrip())
        return "Meanwhile the main process is held at train.py:9."

    async def detail(self, path, frame=0):
        self.calls.append(f"detail {'.'.join(path)} {frame}")
        picture = tuple(tuple(255 if i == j else 0 for j in range(4)) for i in range(4))
        rows = (("head.weight", "65×384", "0.02", "1.5", "0.30%"),)
        columns = ("parameter", "shape", "mean |w|", "‖gradient‖", "moved")
        return Detail(tensor(path[-1], (4, 4)), Histogram(-1.0, 1.0, (1, 8, 4)), picture, columns, rows)

    async def complete(self, text, frame=0):
        names = [n for n in ("logits", "loss", "lossless") if n.startswith(text.split()[-1])]
        return text.split()[-1], tuple(names)

    async def definition(self, text, frame=0):
        self.calls.append(f"definition {text}")
        inside = text != "torch"
        return Call(text, "model.py" if inside else "torch/__init__.py", at(MODEL, "class GPT"), inside)

    async def explain(self, text, frame=0):
        return f"{text}(x)\nWhat it does."

    async def histories(self):
        return (History("loss", "train.py:9", (4.0, 3.0, float("nan"), 2.5), 40),)

    async def follow(self, expression, file, line):
        self.calls.append(f"follow {expression} {file}:{line}")
        return History(expression, f"{file}:{line}", (), 0)


class ScriptedDriver:
    """Follows the protocol: `delay` seconds between stops, `crash_at` a stop, `missed` stops with a reason."""

    def __init__(
        self, tour=None, seen=None, *, live=True, delay=0.0, crash_at="", missed=None, loud="", loud_once=""
    ):
        self._tour = tour or sample_tour()
        self._seen = sample_seen() if seen is None else seen
        self._live, self._delay, self._crash_at, self._loud = live, delay, crash_at, loud
        self._missed = {"save": "the run was ended after 3 of 5000 steps"} if missed is None else missed
        self._view = View(0, "starting" if live else "static")
        self._at = -1
        self._listeners = []
        self._points = {}
        self._output = loud_once.splitlines()
        self._task = None
        self.calls = []
        self.closed = 0

    tour = property(lambda self: self._tour)
    view = property(lambda self: self._view)
    output = property(lambda self: self._output)
    breakpoints = property(lambda self: list(self._points.values()))

    def subscribe(self, listener):
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def emit(self, event):
        for listener in list(self._listeners):
            listener(event)

    def write(self, text):
        self._output.append(text)
        self.emit(Output("stdout", text))

    async def start(self):
        self.calls.append("start")
        if self._live:
            await self._go(0)
        else:
            self._look(0)

    async def _go(self, index):
        """Run on to stop `index`, or past it when it is missed."""
        self._view = replace(self._view, mode="running", seen=None)
        self.emit(Resumed())
        self._task = asyncio.ensure_future(self._arrive(index))
        await asyncio.sleep(0)

    async def _arrive(self, index):
        if self._loud:
            self.write(self._loud)
        if self._delay:
            await asyncio.sleep(self._delay)
        while index < len(self._tour.stops) and self._tour.stops[index].id in self._missed:
            stop = self._tour.stops[index].id
            self.emit(Missed(stop, self._missed[stop]))
            index += 1
        if index >= len(self._tour.stops):
            self._at = index
            self._view = View(index, "ended")
            self.emit(Ended("finished", 0, "the program ended"))
            return
        stop = self._tour.stops[index]
        self._at = index
        if stop.id == self._crash_at:
            seen = replace(self._seen[stop.id], stop=None)
            self._view = View(index, "crashed", seen)
            self.emit(Crashed(seen, "RuntimeError", "CUDA out of memory [bold]not markup[/bold]"))
            return
        self._view = View(index, "live", self._seen[stop.id], live_index=index)
        self.emit(Reached(self._seen[stop.id]))

    def _look(self, index):
        live = self._at if self._live and 0 <= self._at < len(self._tour.stops) else None
        if index >= len(self._tour.stops):
            self._view = View(index, "ended", live_index=live)
            return
        stop = self._tour.stops[index].id
        known = self._seen.get(stop) if index <= self._at or not self._live else None
        missed = self._missed.get(stop, "") if stop not in self._seen else ""
        mode = ("live" if live == index else "recorded") if known else "static"
        self._view = View(index, mode, known, live, missed)

    async def next(self):
        self.calls.append("next")
        index = self._view.index + 1
        if self._view.mode == "running":
            raise Unsupported("The program is still running; P pauses it.")
        if self._view.index >= len(self._tour.stops):
            raise Unsupported("This is the end of the tour.")
        if self._live and index > self._at and self._at < len(self._tour.stops):
            await self._go(index)
        else:
            self._look(index)

    async def previous(self):
        self.calls.append("previous")
        if self._view.index == 0:
            raise Unsupported("This is the first stop.")
        self._look(self._view.index - 1)

    async def goto(self, index):
        self.calls.append(f"goto {index}")
        self._look(index)

    async def resume_tour(self):
        self.calls.append("resume_tour")
        if self._view.mode == "exploring":
            await self._go(self._at + 1)
        elif self._view.live_index not in (None, self._view.index):
            self._look(self._at)
        else:
            await self.next()

    async def _step(self, name):
        self.calls.append(name)
        if not self._live:
            raise Unsupported("A recording cannot be stepped; run the tour to do that.")
        stop = self._tour.stops[max(self._at, 0)].id
        seen = self._view.seen or self._seen[stop]
        first = seen.frames[0]
        frames = (replace(first, line=first.line + 1), *seen.frames[1:])
        seen = replace(seen, stop=None, frames=frames, reason="step", changes=())
        self._view = View(self._at, "exploring", seen)
        self.emit(Paused(seen))

    async def step_over(self):
        await self._step("step_over")

    async def step_in(self):
        await self._step("step_in")

    async def step_out(self):
        await self._step("step_out")

    async def run_to(self, file, line):
        await self._step(f"run_to {file}:{line}")

    async def pause(self):
        self.calls.append("pause")
        if self._task is not None:
            self._task.cancel()
        await self._step("pause")

    async def evaluate(self, expression, frame=0):
        self.calls.append(f"evaluate {expression} {frame}")
        if not self._live:
            raise Unsupported("Nothing runs here.")
        if expression == "1/0":
            return Value(expression, "ZeroDivisionError", "error", scalar="division by zero")
        return tensor(expression, (12, 256, 384))

    async def children(self, path, frame=0):
        self.calls.append(f"children {'.'.join(path)} {frame}")
        return (Value("n_embd", "int", "scalar", scalar=384), Value("n_head", "int", "scalar", scalar=6))

    async def set_breakpoint(self, file, line, *, condition="", hits="", log=""):
        self.calls.append(f"set {file}:{line} {condition}".rstrip())
        made = Breakpoint(file, line, condition, hits, log, verified=True)
        self._points[file, line] = made
        return made

    async def clear_breakpoint(self, file, line):
        self.calls.append(f"clear {file}:{line}")
        del self._points[file, line]

    @property
    def explorer(self):
        return ScriptedExplorer(self.calls) if self._live else None

    async def send_input(self, text):
        self.calls.append(f"input {text}")

    async def restart(self):
        self.calls.append("restart")
        await self._go(0)

    async def close(self):
        self.closed += 1
        if self._task is not None:
            self._task.cancel()


def sample_prepared(driver=None, **more):
    made = driver or ScriptedDriver()
    fields = {
        "tour": made.tour,
        "sources": sample_sources(),
        "static": lambda: ScriptedDriver(made.tour, {}, live=False),
    }
    return Prepared(**{**fields, **more})


def sample_execution():
    why = Override("--max_iters=3", "three steps show everything that happens in one")
    cpu = Override("--device=cpu", "this machine has no GPU")
    launch = Launch(argv=("--dataset=shakespeare", cpu.arg, why.arg), env={"TORCHDYNAMO_DISABLE": "1"},
                    source="README.md:42", overrides=(cpu, why))  # fmt: skip
    return Execution(
        "/home/ada/.venv/bin/python", "train.py", launch, "/home/ada/.cache/codetour/runs/nanoGPT", "3.11.7",
        "a scratch copy; the clone stays as it is", ("ends after 600 s", "no network (bwrap)"),
    )  # fmt: skip


def tour_app(driver=None, *, show_map=False, theme="dark", **more):
    driver = driver or ScriptedDriver()
    prepared = sample_prepared(driver, **more)
    return CodetourApp("karpathy/nanoGPT", prepared=prepared, driver=driver, show_map=show_map, theme=theme)


async def settle(pilot, until=None, seconds=5.0):
    """Let everything that is due happen; with `until`, wait for it."""
    for _ in range(int(seconds / 0.02)):
        await pilot.pause()
        if until is None or until():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("did not happen in time")


def text_of(screen, selector):
    """What is on the terminal where a widget is."""
    region = screen.query_one(selector).region
    strips = screen._compositor.render_strips()
    return "\n".join(strip.crop(region.x, region.right).text for strip in strips[region.y : region.bottom])


@pytest.fixture
def kit():
    """Everything above, for the tests beside this file."""
    import types

    return types.SimpleNamespace(**{k: v for k, v in globals().items() if not k.startswith("_")})


@pytest.fixture(autouse=True)
async def eager_tasks():
    """Textual's `App.run` makes tasks eager where Python can, its `run_test` does not: test what users get."""
    if hasattr(asyncio, "eager_task_factory"):
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
