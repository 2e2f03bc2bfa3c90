"""Tour files of strangers: never a traceback, always a place in the file, nothing outside the tree."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codetour.errors import UsageProblem
from codetour.tourfile.json_limits import JsonError
from codetour.tourfile.jsontext import parse, spots
from codetour.tourfile.paths import unsafe
from codetour.tourfile.problems import TourProblem
from codetour.tourfile.read import load, loads

VALID = '{"title": "T", "steps": [{"description": "d", "file": "a.py", "line": 3}]}'

BROKEN = [
    "", " ", "null", "[]", "3", '"text"', "{", "}", "{]", '{"title"', '{"title":', '{"title": "x"', VALID + "x",
    VALID.replace("3", "03"), VALID.replace("3", "-"), VALID.replace("3", "NaN"), VALID.replace("3", "Infinity"),
    VALID.replace("3", "1" * 5000), VALID.replace("3", "1e999"), VALID.replace("3", "true"),
    VALID.replace("3", "null"), VALID.replace("3", "0"), VALID.replace("3", "-1"), VALID.replace("3", "2.5"),
    VALID.replace("3", "[3]"), VALID.replace('"d"', "7"), VALID.replace('"T"', "{}"), VALID.replace("[{", "{"),
    VALID.replace('"description": "d", ', ""), VALID.replace('"title": "T", ', ""), VALID.replace("a.py", "../a.py"),
    VALID.replace("a.py", "/etc/passwd"), VALID.replace("a.py", "C:\\\\x"), VALID.replace("a.py", "a\\u0000b"),
    VALID.replace("a.py", "..\\\\x"), VALID.replace("a.py", "a/../../b"), VALID.replace("a.py", ""),
    VALID.replace("a.py", "\\ud800"), VALID.replace("a.py", "\x1b[31m"), "[" * 100_000, '{"a":' * 100_000,
    '{"title": "T", "title": "U", "steps": []}', VALID[:-1] + ",}", "// note\n" + VALID, VALID.replace('"', "'"),
    VALID[:-1] + ', "x-codetour": 3}', VALID[:-1] + ', "x-codetour": {"version": 99}}',
    VALID[:-1] + ', "x-codetour": {"launch": {"argv": "rm"}}}', VALID[:-1] + ', "ref": 7}',
    VALID[:-2] + '], "x-codetour": {"entry": {"role": "root", "file": "/x"}}}',
    '{"title": "T", "steps": [' + ",".join(['{"description": ""}'] * 2001) + "]}",
]  # fmt: skip


@pytest.mark.parametrize("text", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_tour_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(TourProblem) as caught:
        loads(text)
    assert all(p.line >= 1 and p.column >= 1 and p.text for p in caught.value.problems)
    assert "\x1b" not in caught.value.message


def test_all_problems_come_at_once() -> None:
    with pytest.raises(TourProblem) as caught:
        loads('{"title": 1,\n "steps": [\n  {"file": 2},\n  {"description": 3, "line": "x", "file": "a"}]}')
    found = [(p.line, p.where) for p in caught.value.problems]
    assert found == [
        (1, "title"),
        (3, "steps[0]"),
        (3, "steps[0].file"),
        (4, "steps[1].description"),
        (4, "steps[1].line"),
    ]


@pytest.mark.parametrize("data", [b"\xff\xfe{}", b'{"title": "\xff"}', b"\x00" * 100, b"PK\x03\x04zip"])
def test_bytes_that_are_no_text_are_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.tour").write_bytes(data)
    with pytest.raises(UsageProblem):
        load(tmp_path / "x.tour")


def test_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "x.tour").write_bytes(b"\xef\xbb\xbf" + VALID.encode())
    assert load(tmp_path / "x.tour").title == "T"


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "fifo.tour")
    for path in (tmp_path, tmp_path / "fifo.tour", tmp_path / "missing.tour", Path("/dev/zero")):
        with pytest.raises(UsageProblem):
            load(path)


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "x.tour").open("wb") as out:
        out.truncate(1 << 34)
    with pytest.raises(UsageProblem, match="MiB"):
        load(tmp_path / "x.tour")


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(UsageProblem):  # anything else fails
        loads(text)


@given(st.integers(0, len(VALID)), st.text('{}[]":,\\x0\n\ud800', max_size=3), st.integers(0, 4))
@settings(max_examples=300, deadline=None)
def test_any_damage_is_read_or_refused(at: int, text: str, cut: int) -> None:
    with suppress(UsageProblem):  # anything else fails
        loads(VALID[:at] + text + VALID[at + cut :])


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda i: st.lists(i) | st.dictionaries(st.text(), i),
    )
)
@settings(max_examples=150, deadline=None)
def test_the_own_reader_agrees_with_the_library(value: object) -> None:
    text = json.dumps(value)
    assert parse(text) == value
    start, end = spots(text)[()]
    assert json.loads(text[start:end]) == value


@given(st.text('{}[]":,\\x0 1e-.truefalsn', max_size=12))
@settings(max_examples=300, deadline=None)
def test_what_the_library_refuses_is_refused(text: str) -> None:
    try:
        expected = json.loads(text, parse_constant=lambda _: 1 / 0)
    except (ValueError, ZeroDivisionError):
        with pytest.raises(JsonError):
            parse(text)
    else:
        with suppress(JsonError):  # a double key, which the library lets pass
            assert parse(text) == expected


@pytest.mark.parametrize("file", ["a.py", "a/b.py", "ü/x y.py", ".github/x.yml", "a..b/c"])
def test_paths_inside_are_safe(file: str) -> None:
    assert not unsafe(file)
