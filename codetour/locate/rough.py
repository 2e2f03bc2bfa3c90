"""Facts of a file that today's Python cannot parse: Python 2, templates, code cut short.

Lines are read one by one: indentation gives the scopes, a pattern gives the calls. Less is seen than by syntax, but
a `print "loss"` no longer hides a training script.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from codetour.locate.facts import MODULE, Call, FileFacts, Mark, Scope

_DEFINITION: Final = re.compile(r"^(\s*)(?:async\s+)?(def|class)\s+(\w+)\s*(?:\(([^)]*)\))?")
_CALL: Final = re.compile(r"(?<![\w.])([A-Za-z_][\w.]*(?:\[[^\[\]]*\])?(?:\.\w+)*)\s*\(([^()]*)")
_FROM: Final = re.compile(r"^\s*from\s+([.\w]+)\s+import\s+(.+)")
_IMPORT: Final = re.compile(r"^\s*import\s+(.+)")
_GUARD: Final = re.compile(r"^if\s+__name__\s*==")
_LOOP: Final = re.compile(r"^(\s*)(?:for|while)\b.*:")
_ASSIGNED: Final = re.compile(r"^\s*([\w.]+)\s*=\s*([A-Za-z_][\w.]*)\(")
_MOST_LINES: Final = 20_000


def rough_facts(facts: FileFacts, text: str, kind_of: Callable[[str, int], str]) -> None:
    """Fill `facts` from the lines of `text`; `kind_of(name, arguments)` gives the kind of mark that a call is."""
    scopes: list[tuple[int, Scope]] = [(-1, facts.module)]
    loops: list[int] = []
    for number, line in enumerate(text.split("\n")[:_MOST_LINES], 1):
        bare = line.split("#")[0].rstrip()
        if not bare.strip():
            continue
        indent = len(bare) - len(bare.lstrip())
        while len(scopes) > 1 and indent <= scopes[-1][0]:
            scopes.pop()[1].end = number - 1
        loops = [at for at in loops if indent > at]
        if _defined(facts, scopes, bare, number):
            loops = []
            continue
        if _GUARD.match(bare):
            facts.guard = facts.guard or number
        elif not facts.work and indent == 0 and (_LOOP.match(bare) or re.match(r"[\w.]+\(", bare)):
            facts.work = number
        _imported(facts, bare)
        scope, in_loop = scopes[-1][1], bool(loops)
        if _LOOP.match(bare):
            loops.append(indent)
            scope.loops.append((number, bare.strip()[:160]))
        assigned = _ASSIGNED.match(bare)
        if assigned:
            facts.instances.setdefault(assigned[1], set()).add(assigned[2])
        for name, inside in _CALL.findall(bare):
            plain = re.sub(r"\[[^\[\]]*\]", "[]", name)
            count = inside.count(",") + 1 if inside.strip() else 0
            scope.calls.append(Call(plain, number, in_loop, count))
            kind = kind_of(plain, count)
            if kind:
                scope.marks += [Mark(one, number, in_loop, plain) for one in kind.split("+")]


def _defined(facts: FileFacts, scopes: list[tuple[int, Scope]], line: str, number: int) -> bool:
    found = _DEFINITION.match(line)
    if not found:
        return False
    outer = scopes[-1][1]
    name = found[3] if outer.qualname == MODULE else f"{outer.qualname}.{found[3]}"
    scope = Scope(name, "class" if found[2] == "class" else "function", number, number)
    if found[2] == "class" and found[4]:
        scope.bases = tuple(part.strip() for part in found[4].split(",") if part.strip())
    facts.scopes.setdefault(name, scope)
    scopes.append((len(found[1]), scope))
    return True


def _imported(facts: FileFacts, line: str) -> None:
    if found := _FROM.match(line):
        base = found[1]
        facts.modules.append(base)
        for part in found[2].strip("() ").split(","):
            name, _, alias = part.strip().partition(" as ")
            joined = base + name if base.endswith(".") else f"{base}.{name}"
            if name == "*":
                facts.stars.append(base)
            elif name.isidentifier():
                facts.imports[alias.strip() or name] = joined
                facts.modules.append(joined)
    elif found := _IMPORT.match(line):
        for part in found[1].split(","):
            name, _, alias = part.strip().partition(" as ")
            facts.modules.append(name.strip())
            head = name.strip().partition(".")[0]
            facts.imports[alias.strip() or head] = name.strip() if alias else head
