"""What the walk knows of names: locals, attributes of self, globals, options; and the assignments that change it."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final, cast

from codetour.knowledge.words import assumed_truth
from codetour.plan.constants import Known, Lookup, Symbol, evaluate
from codetour.plan.defaults import Options
from codetour.plan.moments import Frame
from codetour.plan.program import Module, Program, dotted_text

BATCHES: Final = 20
"""of a pass over the data, as many as a run's `--max-batches` lets through unless told otherwise"""
_LOADER: Final = re.compile(r"(?i)(data_?)?loader\w*$|(^|\.)\w*_dl$|train_iter$|^(pbar|tk0)$")
_OWN: Final = ("self", "cls")


class Knowledge:
    """Names and what they are worth at this moment of the walk."""

    def __init__(self, options: Options, entry_file: str, program: Program) -> None:
        self.options = options
        self._program = program
        self._entry_file = entry_file
        self._globals: dict[str, dict[str, Known | None]] = {}
        self._attributes: dict[str, dict[str, Known | None]] = defaultdict(dict)
        self._counted: dict[str, frozenset[str]] = {}

    def lookup(self, frame: Frame) -> Lookup:
        """The lookup of names as a frame sees them."""

        def find(dotted: str) -> Known | None:
            if dotted in frame.env:
                found = frame.env[dotted]
                return found if found is not None else assumed(dotted)
            if dotted.startswith("@"):
                line, _, column = dotted[1:].partition(":")
                return frame.results.get((int(line), int(column)))
            return self._beyond(frame, dotted) or assumed(dotted)

        return find

    def _beyond(self, frame: Frame, dotted: str) -> Known | None:
        """A name that is no local: an attribute of self, an option, a global."""
        if dotted == "__name__":
            return Known("__main__" if frame.module.file == self._entry_file else frame.node.id)
        head, dot, rest = dotted.partition(".")
        if not dot:
            return self.module_globals(frame.module).get(dotted)
        if head in _OWN and "." not in rest:
            own = self._attributes[f"{frame.module.file}:{frame.owner}"]
            if rest in own:
                return own[rest]
            values = [a[rest] for a in self._attributes.values() if rest in a]
            if values and all(v == values[0] for v in values):
                return values[0]
        return (
            self.options.lookup(dotted) or self._choice(frame, head, rest) or self._of_an_object(head, rest)
        )

    def _choice(self, frame: Frame, head: str, rest: str) -> Known | None:
        """`Phase.TRAIN`, where `Phase` is an enumeration of the project: equal to itself and to no other."""
        if "." in rest or not head[:1].isupper():
            return None
        facts = self._program.find_class(frame.module, head)
        listed = facts is not None and any(base.endswith(("Enum", "Flag")) for base in facts.bases)
        return Known(Symbol(f"{head}.{rest}")) if listed else None

    def _of_an_object(self, head: str, rest: str) -> Known | None:
        """`model.n_classes`: what the one class that has such an attribute was made with."""
        if head in _OWN or "." in rest:
            return None
        values = [a[rest] for a in self._attributes.values() if rest in a]
        return values[0] if len(values) == 1 else None

    def module_globals(self, module: Module, *, empty: bool = False) -> dict[str, Known | None]:
        """Constants assigned at the top of a module; the entry's own are filled in as it is walked."""
        known = self._globals.get(module.file)
        if known is None:
            known = self._globals[module.file] = {}
            for node in [] if empty else module.tree.body:
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    known[node.targets[0].id] = evaluate(node.value, known.get)
        return known

    def assign(self, frame: Frame, target: ast.expr, value: Known | None) -> None:
        """`target = value`."""
        if isinstance(target, (ast.Tuple, ast.List)):
            items: Sequence[Any] = ()
            if value is not None and isinstance(value.value, list):
                items = cast("list[Any]", value.value)
            fits = len(items) == len(target.elts)
            for i, element in enumerate(target.elts):
                counts = value.counts if value and i == 0 else None
                self.assign(frame, element, Known(items[i], value.varies, counts) if value and fits else None)
            return
        name = dotted_text(target)
        if value is not None and self._grows(frame, target, value):
            value = Known(value.value, varies=True)
        if isinstance(target, ast.Starred) or not name or name.endswith("[]"):
            return
        holder, _, last = name.rpartition(".")
        if holder == "self":
            self._attributes[f"{frame.module.file}:{frame.owner}"][last] = value
        elif holder and self.options.lookup(name) is not None:
            self.options.set(last, value)
        else:
            frame.env[name] = value

    def _grows(self, frame: Frame, target: ast.expr, value: Known) -> bool:
        """Will it be another value later: an empty list that is filled, an attribute that counts?"""
        if isinstance(value.value, (list, dict)):
            return not value.value
        if not isinstance(target, ast.Attribute):
            return False
        module = frame.module
        if module.file not in self._counted:
            counted = (n.target for n in ast.walk(module.tree) if isinstance(n, ast.AugAssign))
            self._counted[module.file] = frozenset(t.attr for t in counted if isinstance(t, ast.Attribute))
        return target.attr in self._counted[module.file]

    def bind(self, frame: Frame, call: ast.Call | None, parent: Frame | None) -> None:
        """Parameters from the call's arguments where they are known, else from their defaults."""
        assert frame.definition
        spec = frame.definition.args
        names = [a.arg for a in (*spec.posonlyargs, *spec.args)]
        own = self.lookup(frame)
        for name, default in zip(names[len(names) - len(spec.defaults) :], spec.defaults, strict=True):
            frame.env[name] = evaluate(default, own)
        for arg, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True):
            frame.env[arg.arg] = evaluate(default, own) if default else None
        if call is None or parent is None:
            # the arguments are out of sight: whatever has a default may be given
            for name in (*names, *(a.arg for a in spec.kwonlyargs)):
                frame.env[name] = self.options.get(name)
            return
        self._arguments(frame, call, names, self.lookup(parent))

    def _arguments(self, frame: Frame, call: ast.Call, names: list[str], given: Lookup) -> None:
        shift = 1 if frame.owner and names[:1] in (["self"], ["cls"]) else 0
        for name, value in zip(names[shift:], call.args, strict=False):
            if isinstance(value, ast.Starred):
                break
            frame.env[name] = evaluate(value, given)
        for keyword in call.keywords:
            if keyword.arg:
                frame.env[keyword.arg] = evaluate(keyword.value, given)
            else:
                for name in names[shift:]:  # **options may give any of them
                    frame.env[name] = self.options.get(name) or frame.env.get(name)

    def forget_given(self, test: ast.expr) -> None:
        """The options in a test that would end the run: whoever launches it must give them."""
        for part in ast.walk(test):
            if isinstance(part, ast.Attribute) and self.options.lookup(dotted_text(part)):
                self.options.set(part.attr, None)


def assumed(dotted: str) -> Known | None:
    """What is taken for granted of a condition's name; the other way stays open."""
    truth = assumed_truth(dotted)
    return None if truth is None else Known(truth, varies=True)


def _counts(over: ast.Call, lookup: Lookup) -> range | None:
    """The range itself, where its bounds are known."""
    parts = [evaluate(a, lookup) for a in over.args]
    bounds = [p.value for p in parts if p is not None and not p.varies and type(p.value) is int]
    if not bounds or len(bounds) != len(over.args) or 0 in bounds[2:]:
        return None
    return range(*bounds[:3]) or None


def _capped(over: ast.expr, start: Known) -> range | None:
    """The numbers of the batches of one pass: a tour ends each pass over a loader early."""
    names = (dotted_text(n) for n in ast.walk(over) if isinstance(n, (ast.Name, ast.Attribute)))
    loader = any(_LOADER.search(name) for name in names)
    return range(start.value, start.value + BATCHES) if loader and type(start.value) is int else None


def first_item(over: ast.expr, lookup: Lookup) -> Known | None:
    """What a loop's variable is worth the first time round."""
    if isinstance(over, ast.Call):
        name = dotted_text(over.func).rpartition(".")[2]
        if name in {"range", "trange", "xrange"}:
            start = evaluate(over.args[0], lookup) if len(over.args) > 1 else Known(0)
            return Known(start.value, varies=True, counts=_counts(over, lookup)) if start else None
        if name == "enumerate" and over.args:
            given = over.args[1] if len(over.args) > 1 else next((k.value for k in over.keywords), None)
            start = evaluate(given, lookup) if given else Known(0)
            return (
                Known([start.value, None], varies=True, counts=_capped(over.args[0], start))
                if start
                else None
            )
        if name == "tqdm" and over.args:
            return first_item(over.args[0], lookup)
    listed = evaluate(over, lookup)
    if listed is None or not isinstance(listed.value, list) or not listed.value:
        return None
    items = cast("list[Any]", listed.value)
    return Known(items[0], varies=len(items) > 1)
