from __future__ import annotations

from codetour.model.source import SourceText
from codetour.plan.constants import Known
from codetour.plan.defaults import Options
from codetour.plan.program import Program

TEXT = """
import argparse
from dataclasses import dataclass

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", "-e", type=int, default=5, help="how long")
parser.add_argument("--no-cuda", action="store_true")
parser.add_argument("--name", dest="title", default="a")
parser.add_argument("folder")
parser.add_argument("--output_dir", default="")


@dataclass
class Args:
    track: bool = False
    rate: float = 0.1
"""


class Files:
    def __init__(self, text):
        self.text = text

    def read(self, file):
        return SourceText(file, self.text)


def options(argv=(), text=TEXT):
    made = Options()
    module = Program(Files(text)).module("train.py")
    made.read([module], "train.py")
    made.launch(argv)
    return made


def test_defaults_are_found_in_every_shape():
    made = options()
    assert made.lookup("args.epochs") == Known(5)
    assert made.lookup("self.args.no_cuda") == Known(False)
    assert made.lookup("opt.title") == Known("a")
    assert made.lookup("args.track") == Known(False)
    assert made.lookup("cfg.rate") == Known(0.1)


def test_what_must_be_given_is_open():
    made = options()
    assert made.lookup("args.folder") is None
    assert made.lookup("args.output_dir") is None
    assert made.lookup("args.nothing") is None
    assert made.lookup("model.epochs") is None


def test_arguments_of_the_launch_win():
    made = options(["data", "--epochs", "9", "--no-cuda", "--name=b"])
    assert made.lookup("args.epochs") == Known(9)
    assert made.lookup("args.no_cuda") == Known(True)


def test_a_change_by_the_program_wins():
    made = options()
    made.set("epochs", None)
    assert made.lookup("args.epochs") is None


def test_a_short_option_of_the_launch_is_the_long_one():
    text = (
        "import argparse\np = argparse.ArgumentParser()\n"
        "p.add_argument('-t', '--train', nargs='?', const=True, default=False)\n"
        "p.add_argument('-b', '--base', nargs='*')\n"
        "p.add_argument('-s', '--steps', dest='count', type=int, default=9)\n"
    )
    assert options(text=text).get("train") == Known(False)
    found = options(["-t", "-b", "a.yaml", "-s", "3", "-x"], text)
    assert [found.get(n) for n in ("train", "base", "count")] == [Known(True), Known("a.yaml"), Known(3)]
