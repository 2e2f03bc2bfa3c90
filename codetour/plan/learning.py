"""What the learning loop calls: the models that are trained, and the parts of them, by reachability on the walk."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from codetour.plan.context import Context
from codetour.plan.moments import Frame, Moment
from codetour.plan.program import Function
from codetour.plan.roles import FORWARD, HOOKS, Roles, evaluates

MOST: Final = 3_000
_USES_IT: Final = re.compile(r"(?i)^(generate|sample|decode|infer|translate|beam|complete)")
"""methods that call the pass of a model again and again, once it has learned"""


@dataclass(frozen=True, slots=True)
class Learning:
    """Node ids of the functions that are passes of a model."""

    tops: frozenset[str]
    """called from the learning loop, not from another model"""
    inner: frozenset[str]
    """called from a top, directly or not"""
    leading: frozenset[str]
    """functions in which, sooner or later, a top is called"""
    owners: frozenset[str]
    """names of the classes of the tops"""


def find_learning(moments: Sequence[Moment], context: Context, roles: Roles) -> Learning:
    """Follow the calls from the loops of the spine."""
    frames: dict[str, Frame] = {}
    leads: dict[str, dict[str, None]] = defaultdict(dict)
    for moment in moments:
        frames.setdefault(moment.frame.node.id, moment.frame)
        leads[moment.frame.node.id].update(dict.fromkeys(e.callee for e in moment.callees))
    spine = [m for m in moments if context.on_spine(m)]
    looped = [m for m in spine if m.loops] or spine
    begin = dict.fromkeys(e.callee for m in looped for e in m.callees if not context.on_the_way(e.callee))
    tops: dict[str, None] = {}
    lent: dict[str, None] = {}
    todo, seen = list(begin), set(begin)
    while todo and len(seen) < MOST:
        frame = frames.get(todo.pop(0))
        if frame is None or evaluates(frame.node):
            continue
        role = roles.of_owner(frame)
        if role == "loss" and FORWARD.match(frame.node.qualname.rpartition(".")[2]):
            continue
        if role == "model" and is_pass(frame):
            if context.is_home(frame.module.file):
                tops[frame.node.id] = None
                continue
            # in an example of a library its own model may stand behind one that the library puts round it
            lent[frame.node.id] = None
        todo.extend(n for n in leads[frame.node.id] if n not in seen)
        seen.update(leads[frame.node.id])
    tops = tops or _outermost(lent, leads)
    inner = _reach(tops, leads) - set(tops)
    owners = frozenset(frames[t].owner.rpartition(".")[2] for t in tops)
    callers: dict[str, dict[str, None]] = defaultdict(dict)
    for caller, callees in leads.items():
        for callee in callees:
            callers[callee][caller] = None
    leading = _reach(tops, callers) - set(tops)
    return Learning(frozenset(tops), frozenset(inner), frozenset(leading), owners)


def _outermost(passes: dict[str, None], leads: dict[str, dict[str, None]]) -> dict[str, None]:
    """Those that no other of them calls."""
    inside: set[str] = set()
    for one in passes:
        if one not in inside:
            inside |= _reach([one], leads) - {one}
    return {one: None for one in passes if one not in inside}


def _reach(start: Iterable[str], leads: dict[str, dict[str, None]]) -> set[str]:
    found: set[str] = set(start)
    todo = list(found)
    while todo and len(found) < MOST:
        new = [n for n in leads.get(todo.pop(), ()) if n not in found]
        found.update(new)
        todo.extend(new)
    return found


def first_to_call(moment: Moment, tops: frozenset[str], moments: Sequence[Moment]) -> bool:
    """Does the statement call a model that nothing before it in its function calls?"""
    calls = [m for m in moments if m.frame is moment.frame and any(e.callee in tops for e in m.callees)]
    return bool(calls) and min(calls, key=lambda m: m.order).line == moment.line


def is_pass(frame: Frame) -> bool:
    """Is the method of a model its pass: `forward`, or one that sends data through its layers?"""
    name = frame.node.qualname.rpartition(".")[2]
    if name in HOOKS or name.startswith("__init"):
        return False
    if FORWARD.match(name):
        return True
    facts = frame.module.classes.get(frame.owner)
    if facts is not None and "forward" in facts.methods and _USES_IT.search(name):
        return False
    return frame.definition is not None and _uses_layers(frame, frame.definition)


def _uses_layers(frame: Frame, definition: Function) -> bool:
    facts = frame.module.classes.get(frame.owner)
    if facts is None:
        return False
    for node in ast.walk(definition):
        if isinstance(node, ast.Attribute) and node.attr in {"backward", "zero_grad"}:
            return False
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "self"
        and (node.func.attr not in facts.methods or node.func.attr == "forward")
        and node.args
        and not node.func.attr.startswith(("log", "register", "print", "save"))
        for node in ast.walk(definition)
    )
