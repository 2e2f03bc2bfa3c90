"""Breakpoints set by hand that hold only sometimes: a condition, a count, both; read here, decided in the program.

when = When.of(condition="loss > 5", hits="% 10", log="loss {loss:.3f}")     # raises ValueError with a sentence
when.expression(key)                                  # for the debugger to evaluate at each pass
"""

from __future__ import annotations

import ast
import base64
import re
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, cast

MODULE: Final = "_codetour_conditions"
INSIDE: Final = Path(__file__).with_name("inside") / "conditions.py"
MODULES: Final = "__import__('sys').modules"
HITS: Final = re.compile(r"\s*(==|=|>=|<=|>|<|%)?\s*(\d{1,9})\s*")

Compare = Literal["", "==", ">=", "<=", ">", "<", "%"]


@dataclass(frozen=True, slots=True)
class When:
    """At which passes of its line a breakpoint stops the program."""

    condition: str = ""
    compare: Compare = ""
    number: int = 0
    log: str = ""
    """source of the text to write instead of stopping: a formatted string"""

    @staticmethod
    def of(*, condition: str = "", hits: str = "", log: str = "") -> When:
        """Read what was typed; raises ValueError with a sentence for the reader."""
        condition, log = condition.strip(), _formatted(log)
        if condition:
            try:
                ast.parse(condition, mode="eval")
            except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
                raise ValueError(f"`{condition[:80]}` is no Python expression") from error
        if not hits.strip():
            return When(condition, log=log)
        found = HITS.fullmatch(hits)
        if found is None:
            raise ValueError(f"`{hits[:40]}` is no count; write 10, >= 10 or % 10")
        compare, number = found.groups()
        if compare == "%" and int(number) == 0:
            raise ValueError("`% 0` never comes; write % 10 for every tenth time")
        meant = cast("Compare", "==" if compare in {None, "="} else compare)
        return When(condition, meant, int(number), log)

    @property
    def always(self) -> bool:
        """It stops at every pass."""
        return not (self.condition or self.compare or self.log)

    def expression(self, key: str) -> str:
        """True in the frame where the breakpoint `key` stops; counts the pass. Needs the module in the program."""
        wanted = f"{key!a}, {self.condition!a}, {self.compare!a}, {self.number}, {self.log!a}"
        return f"{MODULES}[{MODULE!r}].holds({wanted})"

    def first_expression(self, key: str) -> str:
        """As `expression`; in a process that does not have the module yet it stops, for us to bring it."""
        return f"{self.expression(key)} if {is_there_expression()} else True"


def _formatted(text: str) -> str:
    """The source of a formatted string; "" for no text. Raises ValueError when it is none."""
    text = text.strip()
    if not text:
        return ""
    quote = next((q for q in ("'", '"', "'''", '"""') if q not in text and not text.endswith(q[0])), "")
    source = f"f{quote}{text}{quote}"
    try:
        if not quote or "\n" in text or "\\" in text:
            raise ValueError
        ast.parse(source, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"`{text[:80]}` is no text with {{expressions}}") from error
    return source


def is_there_expression() -> str:
    """Whether the process has the module."""
    return f"{MODULE!r} in {MODULES}"


def problem_expression(key: str) -> str:
    """What the breakpoint's condition raised, or the empty text."""
    return f"{MODULES}[{MODULE!r}].problem({key!a})"


@lru_cache(maxsize=1)
def bring_expression() -> str:
    """Puts the module into a process, once."""
    packed = base64.b64encode(zlib.compress(INSIDE.read_bytes(), 9)).decode("ascii")
    source = f"__import__('zlib').decompress(__import__('base64').b64decode('{packed}'))"
    fresh = f"__import__('types').ModuleType({MODULE!r})"
    fill = f"__import__('builtins').exec({source}, m.__dict__)"
    return f"(lambda m: ({fill}, {MODULES}.setdefault({MODULE!r}, m), True)[2])({fresh})"
