"""Shared files: self-contained, escaped, redacted; bundles read with no trust at all."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import stat
import warnings
import zipfile
from contextlib import suppress
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pygments.styles import get_style_by_name
from pygments.token import Token

from codetour.errors import UsageProblem
from codetour.model.recording import Recording
from codetour.model.source import SourceText
from codetour.model.tour import Anchor, CallStep, Stop, Tour
from codetour.model.value import Change, Frame, Seen, Value
from codetour.record.redact import redact
from codetour.share import card
from codetour.share.bundle import open_bundle
from codetour.share.writing import Wish, share
from codetour.source.reading import TreeSources, read_source

EVIL = "<script>alert(1)</script>\"'&\x1b[31m](javascript:x) | `"
TOKEN = "ghp_" + "a1B2" * 9
CODE = f'def f(x):\n    """<b>\n    bold"""\n    key = "{TOKEN}"\n    loss = x.sum()  # {EVIL[:25]}\n    return loss\n'


class Texts:
    def read(self, file: str) -> SourceText | None:
        return SourceText(file, CODE) if file == "train.py" else None


def a_tour() -> Tour:
    path = (CallStep("<module>", "train.py", 9), CallStep(EVIL, "train.py", 5, EVIL))
    first = Stop(
        "one",
        "loss",
        EVIL,
        Anchor("train.py", 5, "f", "loss = x.sum()", {"near": [f'key = "{TOKEN}"']}),
        EVIL,
        "Look here.",
        path=path,
    )
    last = Stop("two", "step", "Step", Anchor("gone.py", 1))
    return Tour(
        f"Tour {EVIL}", (first, last), EVIL, repo="o/n", url="https://github.com/o/n", commit="c" * 40
    )


def a_recording() -> Recording:
    values = (
        Value("x", "Tensor", "tensor", (2, 3), ("B", "T"), "float32", "cpu", stats={"mean": 0.25}),
        Value("name", "str", "text", scalar="a private sample"),
        Value("loss", "float", "scalar", scalar=1.5),
    )
    seen = Seen("one", (Frame("f", "train.py", 5, values=values),), changes=(Change("+", EVIL, "new"),))
    return Recording("Tour", seen=(seen,), missed={"two": EVIL}, output="/home/alice/secret run")


class Page(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, str] = {}
        self._tag = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._tag = tag

    def handle_data(self, data: str) -> None:
        self.inside[self._tag] = self.inside.get(self._tag, "") + data


def html() -> str:
    return share(a_tour(), a_recording(), Texts(), "html").data.decode()


def test_the_page_holds_no_foreign_markup() -> None:
    page = Page(html())
    assert [t for t, _ in page.tags].count("script") == 1
    assert not {t for t, _ in page.tags} & {"img", "iframe", "link", "object", "embed", "b"} - {"b"}
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    assert all((a.get("href") or "#").startswith("#") for _, a in page.tags)
    assert not any(a.get("src") or a.get("style") for _, a in page.tags)
    assert "\x1b" not in html()


def test_the_policy_allows_exactly_what_is_there() -> None:
    text = html()
    policy = next(a["content"] for t, a in Page(text).tags if t == "meta" and "http-equiv" in a)
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    for tag in ("style", "script"):
        inner = re.search(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert inner is not None
        digest = base64.b64encode(hashlib.sha256(inner[1].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert not re.search(r"\b(?:src|href|action|data|poster|srcset)=[\"']?[^#\"']", text)
    assert "url(" not in text
    assert "@import" not in text


def test_the_page_shows_code_values_and_path() -> None:
    text = html()
    for part in (
        "B=2 × T=3",
        "float32",
        "1.5",
        "Not reached",
        "What changed",
        "Call path",
        'aria-current="true"',
    ):
        assert part in text


def _light(colour: str) -> float:
    """Relative luminance (WCAG 2)."""
    wide = colour if len(colour) == 7 else "#" + "".join(c * 2 for c in colour[1:])
    parts = [int(wide[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("style", "rule"), [("default", ":root {"), ("github-dark", ":root[data-theme=dark] {")]
)
def test_every_colour_of_code_stands_out_on_the_marked_line_too(style: str, rule: str) -> None:
    css = re.sub(r"\s+", " ", (Path(card.__file__).parent / "page.css").read_text())
    root = css[css.index(rule) :].partition("}")[0]
    for name in ("--soft", "--mark"):
        paper = re.search(rf"{name}: (#\w+)", root)
        assert paper is not None
        for token, found in get_style_by_name(style):
            if found["color"] and token is not Token.Text.Whitespace:
                dark, light = sorted((_light("#" + found["color"]), _light(paper[1])))
                assert (light + 0.05) / (dark + 0.05) >= 4.5, (token, name)


@pytest.mark.parametrize(
    ("file", "code", "coloured"),
    [
        ("conf.yaml", "lr: 0.1  # small\n", "# small"),
        ("run.sh", "if true; then echo 1; fi\n", "if"),
        ("README.md", "# Title\n", "# Title"),
        ("p.toml", "[tool]\nx = 1\n", "[tool]"),
        ("c.json", '{"a": null}\n', "null"),
        ("Makefile", "all: x\n\techo 1\n", "all"),
        ("notes.txt", "plain words\n", ""),
    ],
)
def test_code_of_other_languages_is_coloured_too(file: str, code: str, coloured: str) -> None:
    class One:
        def read(self, name: str) -> SourceText:
            return SourceText(name, code, "text")

    tour = Tour("T", (Stop("a", "config", "A", Anchor(file, 1), "x"),))
    page = share(tour, None, One(), "html").data.decode()
    block = re.search(r'<pre class="code".*?</pre>', page, re.DOTALL)
    assert block is not None
    found = [re.sub("<.*?>", "", s) for s in re.findall(r'<span class="[a-z]\w?">.*?</span>', block[0])]
    assert (coloured in found) if coloured else not [f for f in found if f.strip("▶ 1")]


def test_contents_stay_at_home_unless_asked_for() -> None:
    for to in ("html", "md", "bundle", "notebook", "tour"):
        data = share(a_tour(), a_recording(), Texts(), to).data
        whole = data if to != "bundle" else b"".join(_members(data).values())
        assert b"private sample" not in whole
        assert TOKEN.encode() not in whole
    more = share(a_tour(), a_recording(), Texts(), "md", Wish(content=True)).data
    assert b"private sample" in more
    assert b"mean 0.25" in more


def _members(data: bytes) -> dict[str, bytes]:
    import gzip

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        found = {n: archive.read(n) for n in archive.namelist()}
    return {n: gzip.decompress(d) if n.endswith(".gz") else d for n, d in found.items()}


def test_markdown_escapes_words_and_links_the_line() -> None:
    text = share(a_tour(), a_recording(), Texts(), "md").data.decode()
    tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(text)
    assert not [t for t in tokens if t.type == "html_block"]
    inline = [c.content for t in tokens for c in t.children or [] if c.type == "html_inline"]
    assert all(re.fullmatch(r'<a id="stop-\d+">|</a>', tag) for tag in inline)
    rows = [t for t in tokens if t.type == "tr_open"]
    assert len(rows) == 1 + 3
    assert f"(https://github.com/o/n/blob/{'c' * 40}/train.py#L5)" in text
    assert ">     5     loss = x.sum()" in text


def test_a_fence_in_the_code_cannot_end_the_block() -> None:
    class Fenced:
        def read(self, file: str) -> SourceText:
            return SourceText(file, "x = '''\n````\n# hi\n'''\n")

    tour = Tour("T", (Stop("a", "loss", "", Anchor("a.py", 1, text="x")),))
    text = share(tour, None, Fenced(), "md").data.decode()
    assert text.count("`````") == 2


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("/home/alice/data/x.bin", "~/data/x.bin"),
        (r"C:\Users\bob\x", r"~\x"),
        (f"token={TOKEN}", "token=[redacted]"),
        ('api_key = "abcdef123456"', 'api_key = "[redacted]"'),
        ("https://user:pw@host/x", "https://host/x"),
        ("tokens = 5", "tokens = 5"),
    ],
)
def test_secrets_are_taken_out(text: str, left: str) -> None:
    assert redact(text) == left


def test_a_bundle_replays_without_the_repository(tmp_path: Path) -> None:
    path = tmp_path / "t.codetour"
    path.write_bytes(share(a_tour(), a_recording(), Texts(), "bundle").data)
    tour, recording, sources = open_bundle(path)
    assert [s.id for s in tour.stops] == ["one", "two"]
    assert recording is not None
    assert recording.of("one") is not None
    source = sources.read("train.py")
    assert source is not None
    assert source.line(5).strip().startswith("loss = x.sum()")
    assert sources.read("other.py") is None
    assert share(a_tour(), a_recording(), Texts(), "bundle").data == path.read_bytes()


def _bundle(path: Path, *members: tuple[zipfile.ZipInfo | str, bytes]) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in members:
                archive.writestr(name, data)
    return path


def _link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("files/link.py")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


TOUR = b'{"title": "T", "steps": []}'
HOSTILE: dict[str, list[tuple[zipfile.ZipInfo | str, bytes]]] = {
    "empty": [],
    "no tour": [("files/a.py", b"x")],
    "bad tour": [("tour.tour", b"{")],
    "traversal": [("tour.tour", TOUR), ("files/../../x", b"x")],
    "absolute": [("tour.tour", TOUR), ("files//etc/passwd", b"x")],
    "drive": [("tour.tour", TOUR), ("files/C:/x", b"x")],
    "back slash": [("tour.tour", TOUR), ("files/a\\b", b"x")],
    "stranger": [("tour.tour", TOUR), ("run.sh", b"x")],
    "link": [("tour.tour", TOUR), (_link(), b"/etc/passwd")],
    "twice": [("tour.tour", TOUR), ("tour.tour", TOUR)],
    "bomb": [("tour.tour", TOUR), ("files/a.py", b"\0" * (33 << 20))],
    "many": [("tour.tour", TOUR), *((f"files/{n}.py", b"") for n in range(2001))],
    "recording": [("tour.tour", TOUR), ("recording.json.gz", b"no gzip")],
    "cells": [("tour.tour", TOUR), ("cells.json", b'{"a.ipynb": [[1, 2]]}')],
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_bundle_is_refused(tmp_path: Path, kind: str) -> None:
    path = _bundle(tmp_path / "x.codetour", *HOSTILE[kind])
    with pytest.raises(UsageProblem):
        open_bundle(path)
    assert [p.name for p in tmp_path.iterdir()] == ["x.codetour"]


GOOD = share(a_tour(), a_recording(), Texts(), "bundle").data


@given(st.integers(0, len(GOOD)), st.binary(max_size=6), st.integers(0, 6))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_bundle_is_read_or_refused(tmp_path: Path, at: int, data: bytes, cut: int) -> None:
    path = tmp_path / "x.codetour"
    path.write_bytes(GOOD[:at] + data + GOOD[at + cut :])
    with suppress(UsageProblem):  # anything else fails
        open_bundle(path)


def test_a_place_in_a_notebook_has_the_number_that_the_code_beside_it_shows() -> None:
    root = Path(__file__).parents[2] / "fixtures" / "notebook"
    name = next(root.glob("*.ipynb")).name
    source = read_source(root, name)
    cell = source.cells[-1]
    stop = Stop("s", "loss", "Here", Anchor(name, cell.first))
    (made,) = card.cards(Tour("t", (stop,)), None, TreeSources(root))
    assert made.cell is not None
    assert source.lines[cell.first - 2] == f"# %% cell {made.cell[0]}"


@pytest.mark.parametrize("exe", ["/data/secret project/venv/bin/python", r"C:\work\secret project\python"])
def test_a_bundle_does_not_tell_where_the_interpreter_lies(tmp_path: Path, exe: str) -> None:
    recording = replace(a_recording(), command=(exe, "train.py", "--lr", "1"))
    path = tmp_path / "x.codetour"
    path.write_bytes(share(a_tour(), recording, Texts(), "bundle").data)
    kept = open_bundle(path)[1]
    assert kept is not None
    assert kept.command == ("python", "train.py", "--lr", "1")
