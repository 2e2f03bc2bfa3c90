from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codetour.errors import SourceError
from codetour.source.address import Address, parse, public_url


@pytest.mark.parametrize(
    ("spec", "url", "name", "ref"),
    [
        ("karpathy/nanoGPT", "https://github.com/karpathy/nanoGPT", "karpathy/nanoGPT", None),
        ("a/b@v1.2", "https://github.com/a/b", "a/b", "v1.2"),
        ("a/b@feature/x", "https://github.com/a/b", "a/b", "feature/x"),
        ("https://example.org/a/b.git", "https://example.org/a/b.git", "a/b", None),
        ("https://user:token@example.org/a/b@dev", "https://user:token@example.org/a/b", "a/b", "dev"),
        ("git@example.org:a/b.git", "git@example.org:a/b.git", "a/b", None),
        ("git@example.org:a/b.git@main", "git@example.org:a/b.git", "a/b", "main"),
        ("ssh://git@example.org/a/b", "ssh://git@example.org/a/b", "a/b", None),
        ("file:///srv/git/thing.git", "file:///srv/git/thing.git", "thing", None),
    ],
)
def test_reads_the_forms_people_use(spec: str, url: str, name: str, ref: str | None) -> None:
    assert parse(spec) == Address(url, name, ref)


def test_a_path_that_exists_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert parse("a/b") == tmp_path / "a" / "b"


@pytest.mark.parametrize(
    "spec",
    [
        "--upload-pack=touch x",
        "ext::sh -c touch",
        "ftp://h/a/b",
        "nowhere",
        "a/b@-x",
        "a/b@a..b",
        "a\0b",
        "x" * 5000,
    ],
)
def test_refuses_the_rest_with_a_hint(spec: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse(spec)
    assert caught.value.hint


@given(
    st.one_of(
        st.text(max_size=80),
        st.text("~/@:.-abc[]", max_size=30),
        st.text(max_size=20).map("https://".__add__),
    )
)
def test_any_text_is_read_or_refused(spec: str) -> None:
    with contextlib.suppress(SourceError):
        address = parse(spec)
        assert isinstance(address, Path) or address.url


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://user:token@example.org/a/b.git", "https://example.org/a/b"),
        ("git@example.org:a/b.git", "https://example.org/a/b"),
        ("ssh://git@example.org:2222/a/b", "https://example.org/a/b"),
        ("/srv/git/x", None),
        ("file:///srv/git/x", None),
    ],
)
def test_a_permalink_base_has_no_credentials(url: str, public: str | None) -> None:
    assert public_url(url) == public
