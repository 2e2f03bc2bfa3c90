"""Running the patterns of strangers: escaped lines as plain text, true expressions in a process with a time limit.

A pattern can take for ever to fail; only another process can be stopped while it does.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Final

from codetour.tourfile.pattern import PREFIX, count_lines, literal

SECONDS: Final = 2.0
TOGETHER: Final = 20.0
"""seconds for all expressions of one check: 2,000 steps of a stranger's tour must not take an hour"""
LONGEST: Final = 2000
_CHILD: Final = """
import json, re, sys
pattern, text = json.load(sys.stdin)
found = []
for match in re.finditer(pattern, text, re.M):
    found.append(text.count("\\n", 0, match.end()) + 1)
    if len(found) == 3:
        break
print(json.dumps(found))
"""
_NAMED: Final = re.compile(r"\(\?<(?=[A-Za-z_])")


class Patience:
    """The time that is left for the expressions of one check."""

    def __init__(self, seconds: float = TOGETHER) -> None:
        self.left = seconds

    def spend(self, seconds: float) -> None:
        """So much of it is gone."""
        self.left -= seconds


def lines_matching(pattern: str, lines: list[str], patience: Patience) -> tuple[list[int], str]:
    """1-based lines that `pattern` matches, and why it could not be tried ("" when it could)."""
    import subprocess
    import time

    text = literal(pattern)
    if text is not None:
        return count_lines(lines, text, anchored=pattern.startswith(PREFIX)), ""
    if len(pattern) > LONGEST:
        return [], "the pattern is too long to be tried"
    if patience.left <= 0:
        return [], "the pattern was not tried: those before it took too long together"
    # JavaScript writes named groups without the P
    asked = json.dumps([_NAMED.sub("(?P<", pattern), "\n".join(lines)])
    began = time.monotonic()
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _CHILD],
            input=asked,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return [], f"the pattern takes more than {SECONDS:.0f} seconds"
    except OSError as error:
        return [], f"the pattern could not be tried: {error.strerror}"
    finally:
        patience.spend(time.monotonic() - began)
    if done.returncode:
        return [], "the pattern is no regular expression"
    return json.loads(done.stdout), ""
