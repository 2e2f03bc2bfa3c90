from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codetour.errors import SourceError
from codetour.source.reading import TreeSources, decode, read_source


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        (b"# -*- coding: latin-1 -*-\ns = '\xe9'\n", "# -*- coding: latin-1 -*-\ns = '\u00e9'\n"),
        (b"s = '\xe9'\n", "s = '\u00e9'\n"),
        (b"# coding: nonsense\nx = 1\n", "# coding: nonsense\nx = 1\n"),
        (b"a\r\nb\rc\n", "a\nb\nc\n"),
        (b"", ""),
    ],
)
def test_decodes_what_python_and_people_write(data: bytes, text: str) -> None:
    assert decode(data) == text


@given(st.binary(max_size=300))
def test_decoding_never_fails_but_for_binary_data(data: bytes) -> None:
    if b"\0" in data:
        with pytest.raises(SourceError):
            decode(data)
    else:
        assert "\r" not in decode(data)


@pytest.mark.parametrize(
    "file", ["../secret", "/etc/passwd", "a/../../secret", "", "link", "missing.py", "folder", "x\0y"]
)
def test_refuses_what_is_outside_missing_or_no_file(tmp_path: Path, file: str) -> None:
    (tmp_path / "secret").write_text("s")
    root = tmp_path / "root"
    (root / "folder").mkdir(parents=True)
    (root / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(SourceError):
        read_source(root, file)
    assert TreeSources(root).read(file) is None


@pytest.mark.skipif(os.name != "posix", reason="a FIFO")
def test_a_fifo_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "train.py")
    with pytest.raises(SourceError, match="regular file"):
        read_source(tmp_path, "train.py")


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "big.py").write_bytes(b"#" * 100)
    with pytest.raises(SourceError, match="larger"):
        read_source(tmp_path, "big.py", largest=99)


def test_lines_are_pythons_lines(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"a = 1\x0c\nb = '\xe2\x80\xa8'\n")
    text = read_source(tmp_path, "a.py")
    assert [text.line(1), text.line(2), text.line(4), text.line(0)] == ["a = 1\x0c", "b = '\u2028'", "", ""]
