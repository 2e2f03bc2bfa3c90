from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codetour.errors import UsageProblem
from codetour.model.events import Ended
from codetour.model.recording import Recording
from codetour.model.value import Change, Frame, Seen, Value
from codetour.record.encode import from_json, to_json
from codetour.record.store import LARGEST, dumps, load, load_beside, loads, recording_path, save

LEAF = Value(
    "x", "Tensor", "tensor", (2, 3), ("B", ""), "float32", "cpu", None, 6, {"mean": 0.5, "nan": float("nan")}
)
FULL = Recording(
    tour="t",
    anchors={"a": "h"},
    repo="o/n",
    commit="c" * 40,
    python="3.11.7",
    command=("python", "train.py"),
    seen=(
        Seen(
            "a",
            (Frame("main", "train.py", 3, values=(LEAF, Value("d", kind="dict", items=(LEAF,)))),),
            2,
            1.5,
        ),
        Seen("b", (), changes=(Change("~", "x", "shape"),), process="rank 0"),
    ),
    missed={"c": "never called"},
    output="line\nline",
    end=Ended("crashed", 1, "why", "mend", 2.0),
    timing={"last_stop": 1.5},
)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    place = recording_path(tmp_path / "train.tour")
    assert place == tmp_path / ".codetour" / "train.json.gz"
    save(FULL, place)
    assert repr(load_beside(tmp_path / "train.tour")) == repr(FULL)  # repr: NaN is not equal to itself
    assert [p.name for p in place.parent.iterdir()] == ["train.json.gz"]


def test_the_same_recording_gives_the_same_bytes() -> None:
    assert dumps(FULL) == dumps(loads(dumps(FULL)))


def test_identities_of_the_process_are_not_kept() -> None:
    text = json.dumps(
        to_json(
            Recording("t", seen=(Seen("a", (Frame("f", "x.py", 1, id=7, values=(Value("v", ref=9),)),)),))
        )
    )
    assert '"ref"' not in text
    assert '"id"' not in text


def packed(document: object) -> bytes:
    return gzip.compress(json.dumps(document).encode())


GOOD = {"schema": "codetour.recording/1", "tour": "t"}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no recording"),
        (b"not gzip", "no recording"),
        (gzip.compress(b"not json"), "no recording"),
        (gzip.compress(b"[" * 100_000), "no recording"),
        (packed([]), "no recording"),
        (packed({"schema": "codetour.recording/9", "tour": "t"}), "no recording"),
        (packed({"schema": "codetour.recording/1"}), "recording.tour is missing"),
        (packed({**GOOD, "tour": 3}), "recording.tour"),
        (packed({**GOOD, "seen": {}}), "recording.seen"),
        (
            packed({**GOOD, "seen": [{"stop": "a", "frames": [{"symbol": "f", "file": "x", "line": "1"}]}]}),
            r"frames\[0\].line",
        ),
        (packed({**GOOD, "seen": [{"stop": "a", "frames": [], "hits": True}]}), r"seen\[0\].hits"),
        (packed({**GOOD, "end": {"how": "won"}}), "recording.end.how"),
        (packed({**GOOD, "timing": {"a": "b"}}), "recording.timing.a"),
        (packed({**GOOD, "missed": {"a": 10**30}}), "recording.missed.a"),
        (gzip.compress(b" " * (LARGEST + 10)), "larger than"),
    ],
    # packed bytes hold the time: as names of tests they would differ from process to process
    ids=range(15),
)
def test_a_damaged_or_foreign_file_is_refused_by_name_of_the_place(data: bytes, words: str) -> None:
    with pytest.raises(UsageProblem, match=words) as caught:
        loads(data)
    assert caught.value.hint


def test_escape_sequences_do_not_survive() -> None:
    found = loads(packed({**GOOD, "output": "\x1b[31mred\x1b]0;title\x07 \u202eevil\ud800"}))
    assert found.output == "red evil"


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)
NAMES = st.sampled_from(["tour", "seen", "end", "missed", "timing", "command", "output", "commit", "anchors"])


@settings(max_examples=200)
@given(st.dictionaries(NAMES, VALUES))
def test_any_document_is_read_or_refused(document: dict[str, object]) -> None:
    try:
        found = from_json({"schema": "codetour.recording/1", **document})
    except UsageProblem:
        return
    assert isinstance(found, Recording)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(UsageProblem):
        loads(data)


def test_a_place_that_cannot_be_written_or_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageProblem, match="cannot be written"):
        save(FULL, tmp_path / "file" / "x.json.gz")
    with pytest.raises(UsageProblem, match="cannot be read"):
        load(tmp_path / "none")


def test_what_lies_on_disk_is_free_of_home_folders_and_secrets() -> None:
    token = "hf_" + "a" * 30
    held = Value(
        "args",
        kind="config",
        items=(
            Value("data_dir", kind="text", scalar="/home/ada/data"),
            Value("api_key", kind="text", scalar="plain words"),
            Value("token", kind="text", scalar="the"),
            Value("note", kind="text", facts={"at": "C:\\Users\\ada\\x"}, scalar=token),
        ),
    )
    seen = Seen(
        "a",
        (Frame("main", "/root/lib/x.py", 1, values=(held,)),),
        changes=(Change("+", "password", "'abc'"),),
    )
    recording = Recording(
        "t",
        command=("/home/ada/venv/bin/python", "--api-key", "xyz", "--wandb-key=xyz", "--lr", "1"),
        seen=(seen,),
        missed={"b": "in /home/ada/repo"},
        output=f"loading /home/ada/data with {token}",
        end=Ended("crashed", 1, "No file /home/ada/x", "cd /home/ada"),
    )
    text = json.dumps(to_json(loads(dumps(recording))))
    for secret in ("ada", "/root", token, "plain words", "abc", "xyz"):
        assert secret not in text
    assert '"the"' in text
    assert loads(dumps(recording)).command[-2:] == ("--lr", "1")
