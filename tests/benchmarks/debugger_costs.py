"""What the debugger costs, against bare Python in the same run: start, one capture, memory, program output.

    python tests/benchmarks/debugger_costs.py [--python EXE] [--rounds N] [--large]

EXE is the interpreter that runs the program (with PyTorch the program is a small transformer, else plain Python).
--large adds a tensor of 100 million elements to what is captured. Each row: bare, toured, ratio or difference, limit.
Limits hold for an idle machine.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from codetour.model.source import Tree
from codetour.model.tour import Anchor, Stop, Tour, TourEntry
from codetour.session.headless import drive
from codetour.session.live import LiveDriver
from codetour.session.options import LaunchOptions

CAPTURES = 40
LINES = 300_000

MODEL = """
import sys, time
try:
    import torch
except ImportError:
    torch = None


def memory():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


class Block(torch.nn.Module if torch else object):
    def __init__(self, width):
        super().__init__()
        self.width = width
        if torch:
            self.qkv = torch.nn.Linear(width, 3 * width)
            self.out = torch.nn.Linear(width, width)

    def forward(self, x):
        if torch:
            q, k, v = self.qkv(x).split(self.width, dim=2)
            scores = (q @ k.transpose(-2, -1)).softmax(-1)
            x = self.out(scores @ v)
        here = True  # stop
        return x

    __call__ = forward


class Model:
    def __init__(self, width, depth):
        self.blocks = [Block(width) for _ in range(depth)]

    def forward(self, idx, targets):
        x = idx
        for block in self.blocks:
            x = block(x)
        return x


def train(large):
    batch, block_size, width = 8, 64, 128
    config = {"batch": batch, "block_size": block_size, "width": width, "lr": 1e-3}
    x = torch.randn(batch, block_size, width) if torch else [[0.0] * width for _ in range(block_size)]
    huge = torch.zeros(100_000_000) if torch and large else None
    model = Model(width, 4)
    print("memory", memory(), flush=True)
    out = model.forward(x, x)
    return out, config, huge


train("large" in sys.argv)
"""
FLOOD = f"""for i in range({LINES}):
    print('step', i, 'loss 0.1234 and some more text to make a usual line')
print('last')
"""


def tour(file: str, line: int) -> Tour:
    return Tour("t", (Stop("s", "model", "s", Anchor(file, line)),), entry=TourEntry("train", file))


def bare(python: str, folder: Path, file: str, *argv: str) -> tuple[float, str]:
    began = time.perf_counter()
    done = subprocess.run([python, file, *argv], cwd=folder, check=True, capture_output=True, text=True)
    return time.perf_counter() - began, done.stdout


def number_of(text: str) -> int:
    return int(text.rpartition("memory ")[2].split(maxsplit=1)[0])


async def at_stop(python: str, folder: Path, argv: tuple[str, ...]) -> tuple[float, list[float], int]:
    """Seconds to the stop, seconds of each capture there, kB of the program."""
    line = next(i for i, text in enumerate(MODEL.split("\n"), 1) if "# stop" in text)
    driver = LiveDriver(Tree(folder, "t"), tour("model.py", line), LaunchOptions(Path(python), argv=argv))
    try:
        await driver.start()
        await driver.settled()
        walk = driver.walk
        standing = walk.standing
        assert standing is not None, driver.finished
        times: list[float] = []
        for _ in range(CAPTURES):
            began = time.perf_counter()
            frames = await walk.looker.stack(standing.halt.process, standing.top)
            times.append(time.perf_counter() - began)
        assert any(v.name == "config" for f in frames for v in f.values)
        return driver.timing["first_stop"], times, number_of("\n".join(driver.output))
    finally:
        await driver.close()


async def flooded(python: str, folder: Path) -> float:
    driver = LiveDriver(Tree(folder, "t"), tour("flood.py", 3), LaunchOptions(Path(python)))
    began = time.perf_counter()
    await drive(driver, timeout=300)
    assert driver.seen, driver.finished
    return time.perf_counter() - began


def row(name: str, without: str, toured: str, cost: str, limit: str) -> None:
    print(f"{name:34} {without:>12} {toured:>12} {cost:>12}   {limit}")


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--python", default=sys.executable)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--large", action="store_true")
    given = options.parse_args()
    argv = ("large",) if given.large else ()
    with tempfile.TemporaryDirectory() as scratch, contextlib.suppress(KeyboardInterrupt):
        folder = Path(scratch)
        (folder / "model.py").write_text(MODEL)
        (folder / "flood.py").write_text(FLOOD)
        starts, firsts, captures, kilobytes, more = [], [], [], [], []
        for _ in range(given.rounds):
            seconds, text = bare(given.python, folder, "model.py", *argv)
            starts.append(seconds)
            kilobytes.append(number_of(text))
            first, times, used = asyncio.run(at_stop(given.python, folder, argv))
            firsts.append(first)
            captures += times
            more.append(used)
        a, b = statistics.median(starts), statistics.median(firsts)
        row("", "bare", "toured", "cost", "limit")
        row("start to the first stop", f"{a:.2f} s", f"{b:.2f} s", f"{b - a:+.2f} s", "+1.5 s")
        ms = statistics.median(captures) * 1000
        row("one capture, whole stack", "", f"{ms:.1f} ms", "", "50 ms" if given.large else "15 ms")
        a, b = statistics.median(kilobytes) / 1024, statistics.median(more) / 1024
        row("memory of the program", f"{a:.0f} MiB", f"{b:.0f} MiB", f"{b - a:+.0f} MiB", "+32 MiB")
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        row("memory of our side", "", f"{own:.0f} MiB", "", "60 MiB")
        fast, _ = bare(given.python, folder, "flood.py")
        slow = asyncio.run(flooded(given.python, folder))
        rates = f"{LINES / fast / 1000:.0f} k/s", f"{LINES / slow / 1000:.0f} k/s"
        row("lines of output", *rates, f"x{slow / fast:.2f}", "100 k/s")


if __name__ == "__main__":
    main()
