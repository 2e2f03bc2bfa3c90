"""Breakpoints set by hand that hold only sometimes: a condition, a count, both; read here, decided in the program.

when = When.of(condition="loss > 5", hits="% 10")     # raises ValueError with a sentence
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

    @staticmethod
    def of(*, condition: str = "", hits: str = "") -> When:
        """Read what was typed; raises ValueError with a sentence for the reader."""
        condition = condition.strip()
        if condition:
            try:
                ast.parse(condition, mode="eval")
            except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
                raise ValueError(f"`{condition[:80]}` is no Python expression") from error
        if not hits.strip():
            return When(condition)
        found = HITS.fullmatch(hits)
        if found is None:
            raise ValueError(f"`{hits[:40]}` is no count; write 10, >= 10 or % 10")
        compare, number = found.groups()
        if compare == "%" and int(number) == 0:
            raise ValueError("`% 0` never comes; write % 10 for every tenth time")
        return When(condition, cast("Compare", "==" if compare in {None, "="} else compare), int(number))

    @property
    def always(self) -> bool:
        """It stops at every pass."""
        return not self.condition and not self.compare

    def expression(self, key: str) -> str:
        """True in the frame where the breakpoint `key` stops; counts the pass. Needs the module in the program."""
        return f"{MODULES}[{MODULE!r}].holds({key!a}, {self.condition!a}, {self.compare!a}, {self.number})"

    def first_expression(self, key: str) -> str:
        """As `expression`; in a process that does not have the module yet it stops, for us to bring it."""
        return f"{self.expression(key)} if {is_there_expression()} else True"


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
