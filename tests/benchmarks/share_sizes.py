"""How large a shared page is, and what it costs to write: `python tests/benchmarks/share_sizes.py`.

A tour of 25 stops with as many lines of code and values as a card ever shows, and one as real runs make it. The goal
is under 1,000 kB for 25 stops. Costs are CPU time, and as a ratio to importing the library that colours the code.
"""

from __future__ import annotations

import gzip
import subprocess
import sys
import time

from codetour.model.recording import Recording
from codetour.model.source import SourceText
from codetour.model.tour import Anchor, CallStep, Stop, Tour
from codetour.model.value import Change, Frame, Seen, Value
from codetour.share.writing import share

GOAL_KB = 1000
LINE = "    logits, loss = model(inputs[:, : config.block_size], targets=targets)  # (B, T, V), scalar {n}"


class Wide:
    """A long file of long lines."""

    text = SourceText("train.py", "\n".join(LINE.format(n=n) for n in range(4000)))

    def read(self, file: str) -> SourceText | None:
        return self.text


def tour_of(stops: int, values: int, depth: int) -> tuple[Tour, Recording]:
    held = tuple(
        Value(
            f"value_{n}", "Tensor", "tensor", (8, 128, 768), ("B", "T", "n_embd"), "torch.float32", "cuda:0"
        )
        for n in range(values)
    )
    path = tuple(
        CallStep(f"Module{n}.forward", f"package/module_{n}.py", n + 1, "runs its `forward`")
        for n in range(depth)
    )
    made = tuple(
        Stop(f"s{n}", "forward", f"Stop {n}", Anchor("train.py", 40 * n + 20, f"f{n}"), "An idea. " * 30, "Look. " * 20,
             path=path) for n in range(stops)
    )  # fmt: skip
    changes = tuple(Change("~", f"value_{n}", "shape 12×64 → 12×8×64") for n in range(24))
    callers = tuple(Frame(c.symbol, c.file, c.line) for c in path)
    frames = [
        (s.id, (Frame(s.anchor.symbol, "train.py", s.anchor.line, values=held), *callers)) for s in made
    ]
    seen = tuple(Seen(stop, stack, changes=changes) for stop, stack in frames)
    return Tour("Sizes", made, "About. " * 50, axes={"B": "batch"}), Recording("Sizes", seen=seen)


def main() -> int:
    begun = time.process_time()
    subprocess.run(
        [sys.executable, "-c", "import pygments.lexers.python, pygments.formatters.html"], check=True
    )
    unit = time.process_time() - begun + _child()
    worst = 0.0
    print(f"{'tour':>34} {'page kB':>8} {'packed':>7} {'CPU s':>6} {'imports':>8}")
    cases = {"25 stops, 12 values, 4 calls": (25, 12, 4), "25 stops, 24 values, 30 calls": (25, 24, 30),
             "200 stops, 24 values, 30 calls": (200, 24, 30)}  # fmt: skip
    for name, arguments in cases.items():
        tour, recording = tour_of(*arguments)
        begun = time.process_time()
        data = share(tour, recording, Wide(), "html").data
        cost = time.process_time() - begun
        print(
            f"{name:>34} {len(data) / 1000:8.0f} {len(gzip.compress(data)) / 1000:7.0f} {cost:6.2f} {cost / unit:8.1f}"
        )
        if arguments[0] == 25:
            worst = max(worst, len(data) / 1000)
    print(f"largest page of 25 stops: {worst:.0f} kB, goal under {GOAL_KB}")
    return int(worst >= GOAL_KB)


def _child() -> float:
    times = __import__("os").times()
    return times.children_user + times.children_system


if __name__ == "__main__":
    sys.exit(main())
