"""Running the patterns of strangers: escaped lines as plain text, expressions in an engine that needs linear time.

RE2 has no look-around and no back-references: expressions with those run in a process that can be stopped, for a
backtracking engine may take for ever to fail.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from codetour.check.patience import Patience
from codetour.tourfile.pattern import PREFIX, count_lines, literal

if TYPE_CHECKING:
    from codetour.check.js_pattern import Translated

SECONDS: Final = 2.0
LONGEST: Final = 2000
LARGEST: Final = 5000
"""instructions of one expression: linear time is their number times the length of the text, at worst"""
_MEMORY: Final = 8 * 2**20
_MOST_MATCHES: Final = 1000
_ENOUGH: Final = 3
"""lines: more than one says that the pattern is not unique"""
_CHILD: Final = """
import itertools, json, re, sys
pattern, text, most = json.load(sys.stdin)
ends = (m.end() for m in re.finditer(pattern, text, re.M | re.A))
print(json.dumps([len(text[:end].encode("utf-8", "replace")) for end in itertools.islice(ends, most)]))
"""


def lines_matching(pattern: str, lines: list[str], patience: Patience) -> tuple[list[int], str]:
    """1-based lines that `pattern` matches, at most three, and why it could not be tried ("" when it could)."""
    text = literal(pattern)
    if text is not None:
        return count_lines(lines, text, anchored=pattern.startswith(PREFIX)), ""
    if len(pattern) > LONGEST:
        return [], "the pattern is too long to be tried"
    if patience.left <= 0:
        return [], "the pattern was not tried: those before it took too long together"
    from codetour.check.js_pattern import NoPattern, Translated

    try:
        translated = Translated(pattern)
    except NoPattern as error:
        return [], f"the pattern is no regular expression: {error}"
    began = time.monotonic()
    try:
        return _run(translated, "\n".join(lines))
    finally:
        patience.spend(time.monotonic() - began)


def _run(translated: Translated, text: str) -> tuple[list[int], str]:
    if translated.needs:
        return _in_a_process(translated, text)
    try:
        import re2
    except ImportError:  # no wheel for this interpreter
        return _in_a_process(translated, text)
    return _in_linear_time(re2, translated, text)


def _in_linear_time(re2: Any, translated: Translated, text: str) -> tuple[list[int], str]:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    try:
        compiled = re2.compile(f"(?m){translated.pattern}", options)
    except re2.error:
        return [], "the pattern is too large to be tried"
    if compiled.programsize > LARGEST:
        return [], "the pattern is too large to be tried"
    data = text.encode("utf-8", "replace")
    return _lines_of(data, (match.end() for match in islice(compiled.finditer(data), _MOST_MATCHES))), ""


def _in_a_process(translated: Translated, text: str) -> tuple[list[int], str]:
    import subprocess

    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _CHILD],
            input=json.dumps([translated.pattern, text, _MOST_MATCHES]),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return [], f"the pattern takes more than {SECONDS:.0f} seconds"
    except OSError as error:
        return [], f"the pattern could not be tried: {error.strerror}"
    if done.returncode:
        needs = f": it needs {' and '.join(sorted(translated.needs))}" if translated.needs else ""
        return [], f"the pattern cannot be run safely{needs}"
    return _lines_of(text.encode("utf-8", "replace"), json.loads(done.stdout)), ""


def _lines_of(text: bytes, ends: Iterable[int]) -> list[int]:
    """The first few lines in which matches end, each once, in ascending order as the matches are."""
    found: list[int] = []
    line, at = 1, 0
    for end in ends:
        line, at = line + text.count(b"\n", at, end), end
        if line not in found[-1:]:
            found.append(line)
        if len(found) == _ENOUGH:
            break
    return found
