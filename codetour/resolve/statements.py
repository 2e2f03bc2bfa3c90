"""The statements of a Python file by text alone: logical lines, their scopes and fingerprints.

A tolerant scanner instead of `ast`: it reads Python 2, half-written files and notebooks the same way, and costs a
third of parsing and walking a tree. Other text files are read line by line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from typing import Final
from zlib import crc32

LONGEST: Final = 400
"""physical lines of one statement; more means an unclosed bracket"""
MODULE: Final = "<module>"

_ATOM: Final = re.compile(
    r"\"\"\"|'''|\"(?:\\.|[^\"\\])*\"?|'(?:\\.|[^'\\])*'?|#.*"  # strings and comments
)
_TRICKY: Final = re.compile(r"[\"'#]")
_ANY: Final = re.compile(r"[\"'#\\(\[{)\]}]")
_BRACKETS: Final = re.compile(r"[][(){}]")
_CALL: Final = ["(", ")"]
"""the brackets of most lines that have any"""
_SCOPE: Final = re.compile(r"(?:async\s+)?(?:def|class)\s+(\w+)")
_FRESH: Final = re.compile(r"(?:def|class|import|return|if|for|while|with|try|raise)\b|@\w")
_TRAILING: Final = re.compile(r",(?=[)\]}])")
_WRAPPED: Final = re.compile(r"^(return|yield|await|assert|in|=|[\w.\[\]']+=)\((.*)\)$")
_TOKEN: Final = re.compile(r"\w+|[^\w\s]")


def normal(text: str) -> str:
    """A statement without what formatters change: white space, kind of quote, trailing commas, outer brackets."""
    made = "".join(text.split())
    if '"' in made:
        made = made.replace('"', "'")
    if "," in made:
        made = _TRAILING.sub("", made)
    if made[-1:] == ")" and (match := _WRAPPED.match(made)) and _balanced(match.group(2)):
        made = match.group(1) + match.group(2)
    return made


def _balanced(text: str) -> bool:
    """Whether the brackets removed round `text` belonged together (`(a)+(b)` says no)."""
    depth = 0
    for found in _BRACKETS.finditer(text):
        depth += 1 if found.group() in "([{" else -1
        if depth < 0:
            return False
    # a tuple needs its brackets where a comma stands outside all others; `(a, b)` and `a, b` are the same anyway
    return depth == 0


def digest(text: str) -> int:
    """A 32-bit fingerprint, the same on every machine."""
    return crc32(text.encode("utf-8", "surrogatepass"))


def tokens(text: str) -> list[str]:
    """Words and signs of a statement, for likeness; trailing commas and kinds of quote do not count."""
    found = _TOKEN.findall(text.replace('"', "'"))
    if "," not in found:
        return found
    return [t for t, after in zip(found, (*found[1:], ""), strict=True) if t != "," or after not in _CLOSING]


_CLOSING: Final = frozenset(")]}")


class Statement:
    """A logical line: the whole of a simple statement, the header of a compound one."""

    __slots__ = ("_tokens", "end", "indent", "key", "line", "order", "pos", "scope", "text")

    def __init__(self, line: int, end: int, indent: int, text: str) -> None:
        self.line = line
        self.end = end
        self.indent = indent
        self.text = text
        self.key = digest(normal(text))
        self.scope = MODULE
        self.order = self.pos = 0
        self._tokens: list[str] | None = None

    @property
    def tokens(self) -> list[str]:
        """Words and signs, made when first asked for."""
        if self._tokens is None:
            self._tokens = tokens(self.text)
        return self._tokens

    @property
    def kind(self) -> str:
        """The first word where it is a keyword, `=` for an assignment, else ``."""
        first = self.tokens[0] if self.tokens else ""
        if first in _KEYWORDS:
            return first
        return "=" if _assigns(self.tokens) else ""


_KEYWORDS: Final = frozenset(
    [
        "assert",
        "async",
        "await",
        "break",
        "class",
        "continue",
        "def",
        "del",
        "elif",
        "else",
        "except",
        "finally",
        "for",
        "from",
        "global",
        "if",
        "import",
        "nonlocal",
        "pass",
        "raise",
        "return",
        "try",
        "while",
        "with",
        "yield",
        "@",
    ]
)


def _assigns(found: list[str]) -> bool:
    depth = 0
    for k, word in enumerate(found):
        depth += (word in "([{") - (word in ")]}")
        if word == "=" and depth == 0 and found[k + 1 : k + 2] != ["="] and found[k - 1] not in "=!<>":
            return True
    return False


class Index:
    """The statements of one file, in order and by scope and fingerprint."""

    def __init__(self, lines: list[str], *, python: bool = True) -> None:
        self.lines = lines
        self.statements = logical(lines) if python else _physical(lines)
        self.scopes: dict[str, list[Statement]] = defaultdict(list)
        self.by_key: dict[int, list[Statement]] = defaultdict(list)
        if python:
            _name_scopes(self.statements)
        for order, statement in enumerate(self.statements):
            scope = self.scopes[statement.scope]
            statement.order, statement.pos = order, len(scope)
            scope.append(statement)
            self.by_key[statement.key].append(statement)
        self._starts = [s.line for s in self.statements]
        self._bags: dict[str, Counter[int]] = {}
        self._spreads: dict[str, Counter[str]] = {}

    def at(self, line: int) -> Statement | None:
        """The statement that covers `line`, or None for blank lines and comments."""
        found = bisect_right(self._starts, line) - 1
        if found < 0 or line > self.statements[found].end:
            return None
        return self.statements[found]

    def bag(self, scope: str) -> Counter[int]:
        """Fingerprints of a scope with their counts."""
        if scope not in self._bags:
            self._bags[scope] = Counter(s.key for s in self.scopes.get(scope, ()))
        return self._bags[scope]

    def spread(self, scope: str) -> Counter[str]:
        """In how many statements of a scope each word occurs."""
        if scope not in self._spreads:
            self._spreads[scope] = Counter(word for s in self.scopes.get(scope, ()) for word in set(s.tokens))
        return self._spreads[scope]


def _name_scopes(statements: list[Statement]) -> None:
    stack: list[tuple[int, str]] = []
    for statement in statements:
        while stack and stack[-1][0] >= statement.indent:
            stack.pop()
        statement.scope = stack[-1][1] if stack else MODULE
        if statement.text[:1] in "acd" and (match := _SCOPE.match(statement.text)):
            name = match.group(1)
            stack.append((statement.indent, f"{stack[-1][1]}.{name}" if stack else name))


def _physical(lines: list[str]) -> list[Statement]:
    return [Statement(n, n, 0, line.strip()) for n, line in enumerate(lines, 1) if line.strip()]


def logical(lines: list[str]) -> list[Statement]:
    """The statements of some lines, without scopes."""
    made: list[Statement] = []
    parts: list[str] = []
    start = indent = depth = 0
    quote = ""
    for number, line in enumerate(lines, 1):
        stripped = line.strip()
        if not quote:
            if stripped and not parts and not _ANY.search(stripped):
                made.append(Statement(number, number, len(line) - len(line.lstrip()), stripped))
                continue
            if not stripped or stripped[0] == "#":
                if parts and depth <= 0:
                    made.append(Statement(start, number - 1, indent, " ".join(parts)))
                    parts = []
                continue
            margin = len(line) - len(line.lstrip())
            # an unclosed bracket must not swallow the rest of a broken file
            if parts and ((margin <= indent and _FRESH.match(stripped)) or number - start > LONGEST):
                made.append(Statement(start, number - 1, indent, " ".join(parts)))
                parts, depth = [], 0
            if not parts:
                start, indent, depth = number, margin, 0
        if not quote and not _TRICKY.search(stripped):
            code = kept = stripped
        else:
            kept, code, quote = _mask(stripped, quote)
        parts.append(kept)
        if (found := _BRACKETS.findall(code)) != _CALL:
            for bracket in found:
                depth += 1 if bracket in "([{" else -1
        if not quote and depth <= 0:
            if code.endswith("\\"):
                parts[-1] = kept[:-1].rstrip()
                continue
            made.append(Statement(start, number, indent, " ".join(parts)))
            parts = []
    if parts:
        made.append(Statement(start, len(lines), indent, " ".join(parts)))
    return made


def _mask(line: str, quote: str) -> tuple[str, str, str]:
    """(line without its comment, line without strings and comment, the triple quote still open)."""
    at, code = 0, ""
    if quote:
        closing = line.find(quote)
        if closing < 0:
            return line, "", quote
        at = closing + 3
    while found := _ATOM.search(line, at):
        code += line[at : found.start()]
        atom = found.group()
        if atom[0] == "#":
            return line[: found.start()].rstrip(), code.rstrip(), ""
        at = found.end()
        if atom in ('"""', "'''"):
            closing = line.find(atom, at)
            if closing < 0:
                return line, code, atom
            at = closing + 3
    return line, (code + line[at:]).rstrip(), ""
