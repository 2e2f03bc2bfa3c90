"""Command lines out of shell text: a README's block, a script, a Makefile's recipe.

No shell is run and none is imitated in full: continuation lines, prompts, `cd`, assignments and simple variables
are followed, since they decide which file a command means and from where it is started.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

_PROMPT: Final = re.compile(
    r"^\s*(?:\([\w.\- ]+\)\s*)?(?:[\w.\-]+@[\w.\-]+[:~\w/.\-]*\s*)?"
    r"(?:\$(?=\s)|[%❯»]|>>?|C:\\[^>]*>|#(?=\s*(?:python|bash|sh|\./)\b)|!|In \[\d*\]:\s*!)\s*(?=\S)"
)
_ASSIGNMENT: Final = re.compile(r"^([A-Za-z_]\w*)=(.*)$", re.DOTALL)
_VARIABLE: Final = re.compile(r"\$\{(\w+)(?::?-([^}]*))?\}|\$\((\w+)\)|\$(\w+)")
_SEPARATORS: Final = frozenset({"&&", "||", ";", "|", "&", ";;", "|&"})
_REDIRECT: Final = re.compile(r"^(?:\d|&)?(?:>>?|<)(?:&\d)?$|^\d?>&\d$|^\d?>>?[\w./$-]+$")
_OPENED: Final = re.compile(
    r"^(?:-[\w-]+=)?[\"']?(?:[\w./-]*(?=\$\())?(<(?=[^<>()&]+$)|\[(?=[^\]]*$)|\$\((?=[^)]*$))"
)
"""a word that begins a placeholder or a substitution with blanks in it"""
_HERE: Final = re.compile(r"(?:\$\(pwd\)|\$PWD\b|\$\{PWD\}|`pwd`)/")
_KEYWORDS: Final = frozenset({"do", "then", "else", "{", "(", "!", "if", "while", "until", "elif"})
_WORTH_SPLITTING: Final = re.compile(
    r"py|run|launch|exec|sh\b|make|just|mpi|deepspeed|cd |pushd|popd|export|set|^\s*\w+=\S|papermill|nbconvert"
)
_LONGEST_LINE: Final = 20_000


@dataclass(frozen=True, slots=True)
class ShellCommand:
    """One simple command."""

    words: tuple[str, ...]
    line: int
    text: str
    """the logical line it stands in"""
    cwd: tuple[str, ...] = ()
    """arguments of the `cd`s before it, in order"""
    env: dict[str, str] = field(default_factory=dict[str, str])
    """assignments before the command and exports before the line"""


def parse_shell(
    text: str, first: int = 1, variables: dict[str, str] | None = None, *, names: frozenset[str] = frozenset()
) -> Iterator[ShellCommand]:
    """The simple commands of `text` that may run something of a repository; `first` is its first line's number.

    `names` are programs worth a look beside the ones that start Python.
    """
    known = dict(variables or {})
    exported: dict[str, str] = {}
    cwd: list[str] = []
    for number, line in logical_lines(text, first):
        if not _WORTH_SPLITTING.search(line) and not any(name in line for name in names):
            continue
        bare = _PROMPT.sub("", line, count=1)
        for words in _simple_commands(bare):
            env, rest = _split_assignments(words, known)
            if not rest:
                known.update(env)
                continue
            if rest[0] in ("export", "set", "setenv", "declare", "local", "readonly"):
                more, _ = _split_assignments(rest[1:], known)
                known.update(more)
                exported.update(more)
                continue
            if rest[0] in ("cd", "pushd") and len(rest) > 1:
                cwd.append(expand(rest[1], known))
                continue
            if rest[0] == "popd" and cwd:
                cwd.pop()
                continue
            expanded = tuple(word for part in rest for word in _expand_words(part, known))
            if expanded:
                yield ShellCommand(expanded, number, bare.strip(), tuple(cwd), {**exported, **env})


def logical_lines(text: str, first: int = 1) -> Iterator[tuple[int, str]]:
    """Lines with their continuations joined, comments and here-documents left out."""
    pending, start, until = "", 0, ""
    for offset, raw in enumerate(text.split("\n")):
        line = raw.rstrip()[:_LONGEST_LINE]
        if until:
            until = "" if line.strip() == until else until
            continue
        if not pending:
            start = first + offset
            if line.lstrip().startswith(("#", "//")) and not _PROMPT.match(line):
                continue
        if (
            line.endswith(("\\", "`"))
            and not line.endswith("``")
            and line.count("`") % 2 == line.endswith("`")
        ):
            pending += line[:-1] + " "
            continue
        whole, pending = pending + line, ""
        here = re.search(r"<<-?\s*['\"]?(\w+)['\"]?\s*$", whole)
        if here:
            until = here[1]
        if whole.strip():
            yield start, whole
    if pending.strip():
        yield start, pending


def _simple_commands(line: str) -> Iterator[list[str]]:
    words: list[str] = []
    for word in split_words(line):
        if word in _SEPARATORS:
            if words:
                yield words
            words = []
        elif word in _KEYWORDS and not words:
            continue
        else:
            words.append(word)
    if words:
        yield words


def split_words(line: str) -> list[str]:
    """`line` as a shell splits it, separators as words of their own; broken quotes split at blanks."""
    try:
        lexer = shlex.shlex(line, posix=True, punctuation_chars=";&|")
        lexer.whitespace_split = True
        lexer.commenters = ""
        words = list(lexer)
    except ValueError:
        words = line.replace('"', " ").replace("'", " ").split()
    for at, word in enumerate(words):
        if word.startswith("#"):
            words = words[:at]
            break
    return _join_placeholders(words)


def _join_placeholders(words: list[str]) -> list[str]:
    """`<path to data>` and `[your data]` are one word; redirections are dropped with what they point to."""
    out: list[str] = []
    skip, until = False, ""
    for word in words:
        if skip:
            skip = False
        elif until:
            out[-1] += " " + word
            until = "" if until in word else until
        elif opened := _OPENED.match(word):
            out.append(word)
            until = {"<": ">", "[": "]", "$(": ")"}[opened[1]]
        elif _REDIRECT.match(word):
            skip = word.endswith((">", "<"))
        else:
            out.append(word)
    return out


def _split_assignments(words: list[str], known: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    env: dict[str, str] = {}
    for at, word in enumerate(words):
        found = _ASSIGNMENT.match(word)
        if not found:
            return env, words[at:]
        env[found[1]] = expand(found[2], known)
    return env, []


def expand(word: str, known: dict[str, str]) -> str:
    """`word` with the variables that are known, and relative to the folder it runs in; the others stay."""
    word = _HERE.sub("", word)

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[3] or found[4]
        return known.get(name, found[2] if found[2] is not None else found.group())

    for _ in range(3):
        done = _VARIABLE.sub(value, word)
        if done == word or len(done) > _LONGEST_LINE:
            return word
        word = done
    return word


def _expand_words(word: str, known: dict[str, str]) -> list[str]:
    """A variable alone in its place may hold several words (`$TRAIN_FLAGS`)."""
    if _VARIABLE.fullmatch(word):
        value = expand(word, known)
        return split_words(value) if value != word else [word]
    return [expand(word, known)]
