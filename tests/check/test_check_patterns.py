"""The patterns of strangers: what JavaScript matches, in linear time."""

from __future__ import annotations

import json
import random
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codetour.check import patterns
from codetour.check.js_pattern import NoPattern, Translated
from codetour.check.patterns import Patience, lines_matching

NODE = shutil.which("node")
ASK = """
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(cases.map(([pattern, text]) => {
  let regex;
  try { regex = new RegExp(pattern, "gm"); } catch { return null; }
  const lines = [];
  for (const match of text.matchAll(regex)) {
    const line = text.slice(0, match.index + match[0].length).split("\\n").length;
    if (!lines.includes(line)) lines.push(line);
    if (lines.length === 3) break;
  }
  return lines;
})));
"""
TEXT = (
    "import os\n\n    def run(self, x_1): # a/b\n\tdef run2(self):\n        return 'über' + \"\\d\"  [x]\n"
    "import re\n"
)
BY_HAND = [
    r"^[^\S\n]*def run\d\(", r"^[^\S\n]*def", r"a\/b", r"a/b", r"def (?<name>\w+)\(", r"import (os|re)", r"^import re$",
    r"\bre\b", r"[^\s\w]\]", r"\u0075\x6e\d", r"\u{64}", r"\p{L}", r"^$", r"^\s*$", r"[\s\S]+?return", r"[^]*x\]",
    r"\-\>", r"self\_", r"\"\\d\"", r"\[x\]", r"[[x]", r"]", r"}", r"{", r"a{,3}", r"x{1}", r"x{1", r"(?:def) +run",
    r"[\w.-]+:", r"[\d-x]", r"[]", r"[^]", r"\cI", r"\0", r"\1", r"(", r")", r"[", r"a**", r"+", r"x{2,1}", r"[b-a]",
    "\\", r"(?<=def )run", r"run(?!2)", r"(\w)\1", r"(?<q>['\"]).*?\k<q>", r"def(?=\s+run2)", r"(\w)(?=\1)",
    r"ü", r"[ü]", r"\A", r"\Z", r"\z", r"\Qimport\E", r"\h", r"(?P<x>a)", r"(?#a)", r"(?i)IMPORT", r"\a",
    r"[[:alpha:]]+",
]  # fmt: skip
"""as VS Code writes them, as people do, and as those do who think in another dialect"""


def as_node(cases: list[tuple[str, str]]) -> list[list[int] | None]:
    if NODE is None:
        pytest.skip("Node is not here")
    done = subprocess.run(
        [NODE, "-e", ASK], input=json.dumps(cases), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def as_ours(pattern: str, text: str) -> list[int] | str | None:
    """Lines, None where it is refused, a reason where it is not tried."""
    try:
        Translated(pattern)
    except NoPattern:
        return None
    found, trouble = lines_matching(pattern, text.split("\n"), Patience())
    return trouble or found[:3]


def test_patterns_by_hand_match_what_they_match_in_node() -> None:
    expected = as_node([(pattern, TEXT) for pattern in BY_HAND])
    found = [as_ours(pattern, TEXT) for pattern in BY_HAND]
    assert dict(zip(BY_HAND, found, strict=True)) == dict(zip(BY_HAND, expected, strict=True))


ATOMS = [
    "a", "b", "_", "1", " ", "-", "/", "é", ".", r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", r"\.", r"\-", r"\/", r"\x61",
    r"\u0062", r"\t", "[ab]", "[^a]", r"[^\S\n]", r"[\d-]", r"[a-c_]", r"[^\W\d]", "[.^]", r"\_", r"\e",
]  # fmt: skip
QUANTIFIERS = ["", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{0,1}", "{1,}", "{,2}"]
# without \r and its like, which only JavaScript takes for ends of lines
LETTERS = "ab_1 -/é.\n\t\x0b\u00a0\u3000["


def made_up(chance: random.Random) -> tuple[str, str]:
    """A pattern of JavaScript and a text. What is repeated is never empty: engines differ on that."""

    def terms(first: str = "") -> str:
        return first + "".join(
            chance.choice(ATOMS) + chance.choice(QUANTIFIERS) for _ in range(chance.randrange(4))
        )

    group = ""
    if chance.random() < 0.6:
        inside = "|".join(terms(chance.choice(ATOMS)) for _ in range(chance.randrange(1, 4)))
        group = chance.choice(["(", "(?:", "(?<n>"]) + inside + ")" + chance.choice(QUANTIFIERS)
    pattern = (
        chance.choice(["", "^", r"\b"]) + terms() + group + chance.choice(["", "$", r"\b", r"\B", "|ab"])
    )
    return pattern, "".join(chance.choice(LETTERS) for _ in range(chance.randrange(25)))


def test_made_up_patterns_match_what_they_match_in_node() -> None:
    chance = random.Random(6)
    cases = [made_up(chance) for _ in range(4000)]
    found = [as_ours(*case) for case in cases]
    different = [(*c, f, e) for c, f, e in zip(cases, found, as_node(cases), strict=True) if f != e]
    assert different == []


@given(st.text("ab\\[](){}|?*+^$.,:=!<>-1 kux", max_size=30))
def test_any_text_is_a_pattern_or_refused_with_its_place(pattern: str) -> None:
    found, trouble = lines_matching(pattern, ["ab", "1"], Patience())
    assert isinstance(found, list)
    assert "Traceback" not in trouble


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*$", "(.*)*x", "(x+x+)+y", "a{1,200}a{1,200}b$"])
def test_patterns_that_kill_other_engines_take_no_time(pattern: str) -> None:
    pytest.importorskip("re2")
    # a backtracking engine needs longer than the universe is old
    assert lines_matching(pattern, ["ax" * 20_000 + "!"], Patience())[1] == ""


def test_a_huge_expression_is_refused() -> None:
    found, trouble = lines_matching("(?:(?:a{900}){900}){900}", ["a"], Patience())
    assert found == []
    assert trouble


def test_what_needs_backtracking_is_stopped_and_shares_one_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "SECONDS", 0.2)
    lines, patience = ["a" * 60 + "!"], Patience(0.3)
    reasons = [lines_matching("(?=(a+)+$)b", lines, patience)[1] for _ in range(4)]
    assert "takes more than" in reasons[0]
    assert "not tried" in reasons[3]
    # an escaped line needs no patience
    assert lines_matching("aaa", lines, patience) == ([1], "")
