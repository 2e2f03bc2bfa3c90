"""`check --fix` on tours that hold anything: positions and anchors of drifted stops change, and not one thing else."""

from __future__ import annotations

import json
import random
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from codetour.check.fix import fix
from codetour.check.judge import judge
from codetour.model.tour import Stop, Tour
from codetour.progress import Silent
from codetour.resolve.anchors import complete, make
from codetour.resolve.files import Files
from codetour.tourfile.write import dumps

LINES = [
    "import torch",
    "def train(model, loader, optimizer, schedule):",
    "    for images, labels in loader:",
    "        loss = criterion(model(images), labels)",
    "        optimizer.zero_grad(set_to_none=True)",
    "        loss.backward(retain_graph=False)",
    "        optimizer.step(closure=None)",
    "        schedule.step_by(len(images))",
    "    return model",
]
STOPS = (4, 6, 8)
WORD = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | WORD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORD, inner, max_size=3),
    max_leaves=5,
)
EDIT = st.sampled_from(["kept", "edited", "deleted"])
MOVED = {"file", "line", "pattern"}


def tour_text(
    root: Path, extras: list[Any], indent: int | str | None, chance: random.Random
) -> tuple[str, list[str]]:
    """A tour of three stops with unknown keys, oddly spaced, in any order; and these keys as they are written."""
    files = Files(root)
    stops = tuple(Stop(f"s{n}", "loss", "title", make(files, "a.py", n)) for n in STOPS)
    value = json.loads(dumps(complete(Tour("t", stops), files)))
    odd = [f'"own {n}" :  {json.dumps(e, separators=(" ,", ":  "))}' for n, e in enumerate(extras)]
    for n, where in enumerate([value, *value["steps"]]):
        keys = [*where.items(), (f"@{n}", None)]
        chance.shuffle(keys)
        where.clear()
        where.update(keys)
    text = json.dumps(value, indent=indent, ensure_ascii=chance.random() < 0.5)
    for n, chunk in enumerate(odd):
        text = text.replace(f'"@{n}": null', chunk)
    return text, odd


def edited(above: int, edits: list[str]) -> list[str]:
    made = [f"# {n}" for n in range(above)] + LINES
    for line, edit in zip(reversed(STOPS), edits, strict=True):
        at = above + line - 1
        if edit == "edited":
            made[at] = made[at].replace("(", "(also, ", 1)
        elif edit == "deleted":
            del made[at]
    return made


def frame(value: list[tuple[str, Any]], *, drifted: bool) -> list[tuple[str, Any]]:
    """What must stay, with the order of the keys: of a stop that drifted all but its position and anchor."""
    if not drifted:
        return value
    kept: list[tuple[str, Any]] = []
    for key, inner in value:
        if key == "x-codetour":
            kept.append((key, [(k, v) for k, v in inner if k not in ("anchor", "print", "commit")]))
        elif key not in MOVED and key != "steps":
            kept.append((key, inner))
    return kept


@given(
    st.lists(VALUE, min_size=4, max_size=4),
    st.sampled_from([None, 1, 2, 4, "\t"]),
    st.integers(0, 4),
    st.lists(EDIT, min_size=3, max_size=3),
    st.randoms(use_true_random=False),
)
@settings(max_examples=60, deadline=None)
def test_only_what_drifted_is_rewritten(
    extras: list[Any], indent: int | str | None, above: int, edits: list[str], chance: random.Random
) -> None:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "a.py").write_text("\n".join(LINES) + "\n")
        before, odd = tour_text(root, extras, indent, chance)
        path = root / "t.tour"
        path.write_text(before, "utf-8")
        (root / "a.py").write_text("\n".join(edited(above, edits)) + "\n")
        report = fix(judge([path], root, Silent()), root)
        after = path.read_text("utf-8")
        assert all(chunk in after for chunk in odd)
        status = [s.now.status for s in report.tours[0].stops]
        drifted = [s in ("moved", "changed") for s in status]
        assert (after != before) == any(drifted)
        old, new = (dict(json.loads(t, object_pairs_hook=list)) for t in (before, after))
        assert list(old) == list(new)
        ours = [frame([*v.items()], drifted=True) for v in (old, new)]
        assert ours[0] == ours[1]
        for was, now, moved in zip(old["steps"], new["steps"], drifted, strict=True):
            assert frame(was, drifted=moved) == frame(now, drifted=moved)
        again = judge([path], root, Silent())
        assert [s.now.status for s in again.tours[0].stops] == [
            "ok" if moved else was for was, moved in zip(status, drifted, strict=True)
        ]
