"""Whatever a file holds, before and after: a verdict, never a traceback, and never a line that is not there."""

from __future__ import annotations

import random
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from codetour.model.tour import Anchor, Stop, Tour
from codetour.resolve.anchors import complete, make
from codetour.resolve.files import Files
from codetour.resolve.resolver import Resolver
from codetour.resolve.trace import Trails

LINES = st.lists(
    st.sampled_from(
        [
            "def f(x):",
            "class A:",
            "    x = 1",
            "    return x",
            "",
            "# c",
            '"""',
            "'''",
            "x = (",
            ")",
            "\\",
            "\tif x:",
            "é = '\ud800'",
            "loss = f(x, y)",
            "loss = f(x, y, z)",
            "@a",
            "else:",
            "\x0c",
            "async def g(): pass",
            "print 'x'",
            "[" * 50,
            "lambda: {",
        ]
    )
    | st.text(max_size=12).filter(lambda t: "\n" not in t and "\r" not in t),
    max_size=14,
)
NAME = st.sampled_from(["a.py", "a.yaml", "a.md", "a.rst", "a.toml", "a.sh", "Makefile"])
OPAQUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)
KEYS = ["statement", "skeleton", "at", "near", "copies", "into", "sole", "also", "kin", "under", "alone",
        "commit", "format"]  # fmt: skip


def write(root: Path, name: str, lines: list[str]) -> int:
    (root / name).write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    return len(lines)


@given(LINES, LINES, NAME, st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_any_edit_has_a_verdict(
    before: list[str], after: list[str], name: str, chance: random.Random
) -> None:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        write(root, name, [*before, "last = 1"])
        files = Files(root)
        source = files.read(name)
        if source is None:  # bytes that look binary
            return
        at = chance.randint(1, len(source.lines))
        tour = complete(Tour("t", (Stop("a", "loss", "", make(files, name, at)),)), files)
        kept = [line for line in before if chance.random() < 0.8]
        write(root, name, [*kept, *after])
        found = Resolver(root, tour).resolve(tour.stops[0].anchor)
        now = Files(root).read(name)
        assert 0 <= found.confidence <= 1
        assert found.reason
        if found.status == "lost":
            assert (found.file, found.line) == (None, None)
        elif found.line is not None:
            assert now is not None
            assert 1 <= found.line <= max(1, len(now.lines))


@given(
    st.dictionaries(st.sampled_from(KEYS), OPAQUE, max_size=5),
    OPAQUE,
    st.text(max_size=9),
    st.integers(-9, 99),
)
@settings(max_examples=200, deadline=None)
def test_any_fingerprint_is_taken_or_ignored(
    kept: dict[str, object], shared: object, text: str, line: int
) -> None:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        write(root, "a.py", ["def f(x):", "    loss = x", "    return loss"])
        anchor = Anchor("a.py", line, "f", text, dict(kept))
        tour = Tour(
            "t", (Stop("a", "loss", "", anchor),), commit="0" * 40, print={"files": shared, "paths": shared}
        )
        assert Resolver(root, tour).resolve(anchor).status in ("ok", "moved", "changed", "lost")


@given(st.text("\x01 @-+,abdfile/gitrenamtoBdiff0123456789\n", max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_output_of_git_is_read(text: str) -> None:
    from codetour.resolve import trace

    steps = trace.steps_in("\x01" + "0" * 40 + "\n" + text)
    for step in steps:
        assert all(hunk.old >= 0 and hunk.new >= 0 for hunk in step.hunks)


def test_a_trail_without_git_is_unclear(tmp_path: Path) -> None:
    assert (
        Trails(tmp_path, "0" * 40, frozenset({"a.py"}), [("a.py", 1)], lambda files: files)
        .follow("a.py", 1)
        .end
        == "unclear"
    )
