"""An author's words: Markdown that is shown as meant, and can do nothing."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from codetour.share import words
from codetour.tourfile.links import Link

ALLOWED = {"p", "ul", "ol", "li", "blockquote", "h3", "strong", "em", "code", "pre", "br", "hr", "a", "span"}


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in ("br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("br", "hr"):
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def target(link: Link) -> str:
    return f"#s{link.step}" if not link.tour else ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**bold** and `x < y`", "<p><strong>bold</strong> and <code>x &lt; y</code></p>"),
        ("see [#2]", '<p>see <a href="#s2">stop 2</a></p>'),
        ("see [the loss][#12]", '<p>see <a href="#s12">the loss</a></p>'),
        ("[B, T, C] and `a[#1]`", "<p>[B, T, C] and <code>a[#1]</code></p>"),
        ("go to [Basics#3]", "<p>go to Basics, stop 3 (tour Basics, stop 3)</p>"),
        ("[here][Basics]", "<p>here (tour Basics)</p>"),
        ("<img src=x onerror=y>", "<p>&lt;img src=x onerror=y&gt;</p>"),
        ("![a picture](http://x/y.png)", "<p>[picture: a picture]</p>"),
        ("[run](command:foo)", '<p><span class="link">run <code>command:foo</code></span></p>'),
        (">> rm -rf ~", '<pre class="said">$ rm -rf ~</pre>'),
        ("- a\n- b", "<ul><li>a </li><li>b </li></ul>"),
    ],
)
def test_words_become_safe_html(text: str, shown: str) -> None:
    assert words.html(text, target, ["Basics"]) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**bold** `x<y`", "**bold** `x<y`"),
        ("a <b>", "a &lt;b&gt;"),
        ("see [the loss][#2]", "see [the loss](#s2)"),
        ("[w](https://e.org/a_b)", "[w](<https://e.org/a_b>)"),
        ("[w](command:foo)", "w (`command:foo`)"),
        ("![p](https://e.org/x.png)", "\\[picture: p\\]"),
        ("a\n\n- b\n- c", "a\n\n- b\n- c"),
        ("1986\\. A year", "1986\\. A year"),
        (">> make", "```\n$ make\n```"),
    ],
)
def test_words_become_plain_markdown(text: str, shown: str) -> None:
    assert words.markdown(text, target) == shown


MARKS = st.sampled_from(
    ["<script>", "**", "*", "_", "`", "```", "\n", "\n\n", "- ", "1. ", "> ", "# ", "[", "](", ")", "[#1]", "![",
     "javascript:alert(1)", "https://x.org", "<!--", "&lt;", "\\", "|", ">> ls", "    ", "~~~", "---", '"', "a b"]
)  # fmt: skip
TEXTS = st.lists(MARKS | st.text(max_size=4), max_size=25).map("".join)


@given(TEXTS)
@settings(deadline=None, max_examples=400)
def test_no_words_make_foreign_html(text: str) -> None:
    made = Tags(words.html(text, target, ["a b"]))
    assert not made.open
    for tag, attributes in made.found:
        assert tag in ALLOWED
        assert set(attributes) <= {"href", "class"}
        assert (attributes.get("href") or "#s1").startswith("#s")


@given(TEXTS)
@settings(deadline=None, max_examples=400)
def test_no_words_make_foreign_markup_in_markdown(text: str) -> None:
    """Read again by a parser that allows raw HTML: there is none, no picture, and only links to the web."""
    again = MarkdownIt("commonmark", {"html": True}).parse(words.markdown(text, target, ["a b"]))
    for token in again:
        assert token.type != "html_block"
        for child in token.children or []:
            assert child.type not in ("html_inline", "image")
            if child.type == "link_open":
                assert re.match(r"https?://|#s\d", str(child.attrs["href"]))


@given(TEXTS)
@settings(deadline=None, max_examples=200)
def test_markdown_keeps_what_html_says(text: str) -> None:
    """Both tell the reader the same letters."""
    plain = re.sub(r"\W", "", Tags(words.html(text, target)).text)
    again = MarkdownIt("commonmark").render(words.markdown(text, target))
    assert re.sub(r"\W", "", Tags(again).text) == plain
