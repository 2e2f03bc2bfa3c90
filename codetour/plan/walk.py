"""Walk a program in the order in which a default run goes through it, once round each loop.

Call sites lead on through the edges of the call graph; conditions are decided by option defaults and constants
where they can be, and what stays open is remembered as doubt. Bounded in depth, visits and moments.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from codetour.knowledge.words import assumed_truth
from codetour.model.graph import CallGraph, Edge, Node
from codetour.plan.constants import Known, Symbol, evaluate
from codetour.plan.defaults import Options
from codetour.plan.moments import Frame, Moment
from codetour.plan.program import Function, Module, Program, dotted_text, first_statement
from codetour.plan.roles import evaluates
from codetour.progress import Progress

DEEPEST: Final = 36
VISITS: Final = 6_000
MOMENTS: Final = 60_000
DOUBTFUL: Final = 4
"""branches with more open conditions than this are not followed"""
_NEVER: Final = 99
CROWD: Final = 6
"""a call that may lead to more places than this says nothing about which one runs"""

_INSTANCE: Final = frozenset(("forward", "__call__", "call"))

Ended = bool
"""the block was left (return, raise, break, continue)"""


class Walker:
    """One walk; `moments` holds the result."""

    def __init__(self, program: Program, graph: CallGraph, options: Options, progress: Progress) -> None:
        self.program, self.graph, self.options, self.progress = program, graph, options, progress
        self.moments: list[Moment] = []
        self.truncated = False
        self._best: dict[str, tuple[int, bool, bool]] = {}
        self._active: set[str] = set()
        self._visits = 0
        self._returns: dict[str, Known | None] = {}
        self._globals: dict[str, dict[str, Known | None]] = {}
        self._attributes: dict[str, dict[str, Known | None]] = defaultdict(dict)
        self._entry_file = ""
        self._made: dict[str, int] = {}
        """name of an instantiated class -> the least doubt under which it was"""

    def run(self) -> list[Moment]:
        """Walk from the graph's entry: the module body first, then the function it names."""
        entry = self.graph.nodes.get(self.graph.entry)
        if entry is None or entry.file is None:
            return []
        module = self.program.module(entry.file)
        if module is None:
            return []
        self._entry_file = entry.file
        if entry.kind != "module":
            self._enter(entry, None, None, None)
            return self.moments
        frame = Frame(entry, module, None, env=self._module_globals(module, empty=True))
        self._active.add(entry.id)
        self._block(module.tree.body, frame, 0, late=False)
        return self.moments

    # -- functions

    def _enter(self, node: Node, parent: Frame | None, edge: Edge | None, call: ast.Call | None) -> Known | None:
        """Walk a function if it is new, or surer than before; what it gives back, where that is known."""
        module = self.program.module(node.file) if node.file else None
        definition = module.functions.get(node.qualname) if module else None
        if module is None or definition is None or node.id in self._active:
            return None
        depth = parent.depth + 1 if parent else 0
        if depth > DEEPEST or self._visits > VISITS or len(self.moments) > MOMENTS:
            self.truncated = True
            return None
        frame = Frame(node, module, definition, parent, edge, depth=depth)
        if parent:
            frame.doubt, frame.late, frame.loops = self._now
            frame.line = edge.line if edge else 0
        frame.evaluating = evaluates(node) or bool(parent and parent.evaluating)
        state = (frame.doubt, frame.late, frame.evaluating)
        if node.id in self._best and self._best[node.id] <= state:
            return self._returns.get(node.id)
        self._best[node.id] = state
        self._visits += 1
        self.progress.check()
        self._bind(frame, call, parent)
        self._walk_body(frame, definition)
        values = frame.returned
        same = values[0] if values and all(v == values[0] for v in values) else None
        self._returns[node.id] = same
        return same

    def _walk_body(self, frame: Frame, definition: Function) -> None:
        first = first_statement(definition.body)
        if first is not None:
            self._record(frame, first, frame.doubt, frame.late, frame.loops, enter=True)
        self._active.add(frame.node.id)
        kept = self._now
        try:
            self._block(definition.body, frame, frame.doubt, late=frame.late)
        except RecursionError:
            self.truncated = True
        finally:
            self._active.discard(frame.node.id)
            self._now = kept

    def _bind(self, frame: Frame, call: ast.Call | None, parent: Frame | None) -> None:
        """Parameters from the call's arguments where they are known, else from their defaults."""
        assert frame.definition
        spec = frame.definition.args
        names = [a.arg for a in (*spec.posonlyargs, *spec.args)]
        nothing = self._lookup_in(frame)
        for name, default in zip(names[len(names) - len(spec.defaults) :], spec.defaults, strict=True):
            frame.env[name] = evaluate(default, nothing)
        for arg, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True):
            frame.env[arg.arg] = evaluate(default, nothing) if default else None
        if call is None or parent is None:
            # the arguments are out of sight: whatever has a default may be given
            for name in (*names, *(a.arg for a in spec.kwonlyargs)):
                frame.env[name] = self.options.get(name)
            return
        lookup = self._lookup_in(parent)
        shift = 1 if frame.owner and names[:1] in (["self"], ["cls"]) else 0
        for name, value in zip(names[shift:], call.args, strict=False):
            if isinstance(value, ast.Starred):
                break
            frame.env[name] = evaluate(value, lookup)
        for keyword in call.keywords:
            if keyword.arg:
                frame.env[keyword.arg] = evaluate(keyword.value, lookup)
            else:
                for name in names[shift:]:  # **options may give any of them
                    frame.env[name] = self.options.get(name) or frame.env.get(name)

    # -- what is known

    def _lookup_in(self, frame: Frame):  # noqa: ANN202 - the type is constants.Lookup
        def lookup(dotted: str) -> Known | None:
            if dotted in frame.env:
                found = frame.env[dotted]
                return found if found is not None else assumed(dotted)
            if dotted.startswith("@"):
                line, _, column = dotted[1:].partition(":")
                return frame.results.get((int(line), int(column)))
            return self._beyond(frame, dotted) or assumed(dotted)

        return lookup

    def _beyond(self, frame: Frame, dotted: str) -> Known | None:
        """A name that is no local: an attribute of self, an option, a global."""
        if dotted == "__name__":
            return Known("__main__" if frame.module.file == self._entry_file else frame.node.id)
        head, dot, rest = dotted.partition(".")
        if not dot:
            return self._module_globals(frame.module).get(dotted)
        if head in {"self", "cls"} and "." not in rest:
            own = self._attributes[f"{frame.module.file}:{frame.owner}"]
            if rest in own:
                return own[rest]
            values = [a[rest] for a in self._attributes.values() if rest in a]
            if values and all(v == values[0] for v in values):
                return values[0]
        return self.options.lookup(dotted)

    def _module_globals(self, module: Module, *, empty: bool = False) -> dict[str, Known | None]:
        """Constants assigned at the top of a module; the entry's own are filled in as it is walked."""
        known = self._globals.get(module.file)
        if known is None:
            known = self._globals[module.file] = {}
            for node in [] if empty else module.tree.body:
                if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                    known[node.targets[0].id] = evaluate(node.value, known.get)
        return known

    def _assign(self, frame: Frame, target: ast.expr, value: Known | None) -> None:
        if isinstance(target, (ast.Tuple, ast.List)):
            parts = value.value if value and isinstance(value.value, list) else []
            for i, item in enumerate(target.elts):
                part = Known(parts[i], value.varies) if value and len(parts) == len(target.elts) else None
                self._assign(frame, item, part)
            return
        name = dotted_text(target)
        if isinstance(target, ast.Starred) or not name or name.endswith("[]"):
            return
        holder, _, last = name.rpartition(".")
        if holder == "self":
            own = self._attributes[f"{frame.module.file}:{frame.owner}"]
            own[last] = value
        elif holder and self.options.lookup(name) is not None:
            self.options.set(last, value)
        else:
            frame.env[name] = value

    # -- statements

    def _block(self, body: Sequence[ast.stmt], frame: Frame, doubt: int, *, late: bool) -> Ended:
        for node in body:
            if len(self.moments) > MOMENTS:
                self.truncated = True
                return True
            if self._statement(node, frame, doubt + frame.leaving, late):
                return True
        return False

    def _statement(self, node: ast.stmt, frame: Frame, doubt: int, late: bool) -> Ended:
        if isinstance(node, ast.If):
            return self._if(node, frame, doubt, late)
        if isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            return self._loop(node, frame, doubt, late)
        if isinstance(node, (ast.With, ast.AsyncWith)):
            self._visit(node, [i.context_expr for i in node.items], frame, doubt, late)
            return self._block(node.body, frame, doubt, late=late)
        if isinstance(node, ast.Try):
            ended = self._block(node.body, frame, doubt, late=late)
            for handler in node.handlers:
                self._block(handler.body, frame, doubt + 3, late=late)
            ended = self._block(node.orelse, frame, doubt, late=late) or ended
            return self._block(node.finalbody, frame, doubt, late=late) or ended
        if isinstance(node, (ast.Pass, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal)):
            return False
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            return False
        return self._simple(node, frame, doubt, late)

    def _simple(self, node: ast.stmt, frame: Frame, doubt: int, late: bool) -> Ended:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return False
        self._visit(node, [node], frame, doubt, late)
        lookup = self._lookup_in(frame)
        if isinstance(node, ast.Assign):
            value = evaluate(node.value, lookup)
            for target in node.targets:
                self._assign(frame, target, value)
        elif isinstance(node, ast.AnnAssign) and node.value:
            self._assign(frame, node.target, evaluate(node.value, lookup))
        elif isinstance(node, ast.AugAssign):
            name = dotted_text(node.target)
            load = ast.Name(name) if isinstance(node.target, ast.Name) else node.target
            self._assign(frame, node.target, evaluate(ast.BinOp(load, node.op, node.value), lookup))
        elif isinstance(node, ast.Return):
            frame.returned.append(evaluate(node.value, lookup))
            return True
        return isinstance(node, (ast.Raise, ast.Break, ast.Continue))

    def _if(self, node: ast.If, frame: Frame, doubt: int, late: bool) -> Ended:
        self._visit(node, [node.test], frame, doubt, late)
        test = evaluate(node.test, self._lookup_in(frame))
        if test is None:
            # a bare flag is more often off than on
            flag = isinstance(node.test, (ast.Name, ast.Attribute)) and bool(node.orelse)
            careful = 2 if flag or _gives_up(node.body) else 1
            kept = frame.leaving
            frame.leaving = 0
            ended = self._block(node.body, frame, doubt + careful, late=late)
            both = self._block(node.orelse, frame, doubt + 1, late=late) and ended
            # what comes after a way out that may have been taken is less sure to run
            frame.leaving = min(2, kept + 1) if ended and _returns(node.body) else kept
            return both
        taken, other = (node.body, node.orelse) if test.value else (node.orelse, node.body)
        if _gives_up(taken) and not test.varies:
            # a useful run does not end here: what the condition rests on must be given by whoever launches it
            for part in ast.walk(node.test):
                if isinstance(part, ast.Attribute) and self.options.lookup(dotted_text(part)):
                    self.options.set(part.attr, None)
            return self._block(other, frame, doubt, late=late)
        if test.varies:
            kept = dict(frame.env)
            self._block(other, frame, doubt + (2 if _gives_up(other) else 0), late=True)
            frame.env = kept
        return self._block(taken, frame, doubt, late=late) and not test.varies

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, frame: Frame, doubt: int, late: bool) -> Ended:
        over = node.test if isinstance(node, ast.While) else node.iter
        self._visit(node, [over], frame, doubt, late)
        lookup = self._lookup_in(frame)
        changed = set(_assigned(node.body))
        for name in changed:
            known = frame.env.get(name)
            if known:
                frame.env[name] = Known(known.value, varies=True)
        if isinstance(node, ast.While):
            test = evaluate(node.test, lookup)
            if test is not None and not test.value and not test.varies:
                return self._block(node.orelse, frame, doubt, late=late)
        else:
            self._assign(frame, node.target, _first_item(node.iter, lookup))
        frame.loops += 1
        self._block(node.body, frame, doubt, late=late)
        frame.loops -= 1
        for name in changed:
            frame.env[name] = None
        endless = isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and not _leaves(node.body)
        return endless or self._block(node.orelse, frame, doubt, late=late)

    # -- call sites

    def _visit(self, node: ast.stmt, parts: Sequence[ast.AST], frame: Frame, doubt: int, late: bool) -> None:
        """Record the statement, then go where its calls lead."""
        if doubt > DOUBTFUL:
            return
        pairs = [(call, self._made_only(self._named(call, edges, frame))) for call, edges in self._calls(parts, frame)]
        edges = tuple(edge for _, edges in pairs for edge in edges)
        self._record(frame, node, doubt, late, frame.loops, callees=edges)
        for call, leads in pairs:
            if len(leads) > CROWD:
                continue
            value: Known | None = None
            for edge in leads:
                target = self.graph.nodes.get(edge.callee)
                if target is None or target.file is None:
                    continue
                self._note_made(target, doubt)
                unsure = 1 if edge.confidence == "may" else 0
                kept = getattr(self, "_now", (0, False, 0))
                self._now = (doubt + unsure, late, frame.loops)
                given = self._enter(target, frame, edge, call)
                self._now = kept
                value = given if len(leads) == 1 else None
            if call is not None:
                frame.results[call.lineno, call.end_col_offset or 0] = value

    def _calls(self, parts: Sequence[ast.AST], frame: Frame) -> Iterator[tuple[ast.Call | None, list[Edge]]]:
        """Calls in the order of evaluation with the edges that belong to each; edges of no call come last."""
        left: dict[int, list[Edge]] = defaultdict(list)
        lines = {
            n
            for p in parts
            for n in range(getattr(p, "lineno", 0), (getattr(p, "end_lineno", 0) or 0) + 1)
        }
        for edge in self.graph.out_of(frame.node.id):
            target = self.graph.nodes.get(edge.callee)
            if edge.line in lines and edge.file == frame.module.file and target and target.file:
                left[edge.line].append(edge)
        if not left:
            return
        unmatched: list[ast.Call] = []
        for call in _in_order(parts):
            name = dotted_text(call.func).rpartition(".")[2].removesuffix("()")
            lines_of = {call.lineno, call.func.end_lineno or call.lineno}
            mine = [e for line in sorted(lines_of) for e in left.get(line, []) if _fits(e, name)]
            if mine:
                for edge in mine:
                    left[edge.line].remove(edge)
                yield call, mine
            else:
                unmatched.append(call)
        rest = [e for line in sorted(left) for e in left[line]]
        # what is left are instances that were called: they pair up in order, where they pair up at all
        if len(unmatched) == 1:
            if rest:
                yield unmatched[0], rest
            return
        paired = len(rest) == len(unmatched) and all(e.callee.rpartition(".")[2] in _INSTANCE for e in rest)
        if not paired and len({e.line for e in rest}) == 1 and all(e.confidence == "may" for e in rest):
            yield None, rest
            return
        for i, edge in enumerate(rest):
            yield (unmatched[i] if paired else None), [edge]

    def _named(self, call: ast.Call | None, edges: list[Edge], frame: Frame) -> list[Edge]:
        """Of several targets the one that a table of the program names (`MODELS[args.model](...)`)."""
        if call is None or len(edges) < 2:
            return edges
        lookup = self._lookup_in(frame)
        func: ast.expr = call.func
        while True:
            known = evaluate(func, lookup)
            if known is not None and isinstance(known.value, Symbol):
                name = known.value.name.rpartition(".")[2]
                return [e for e in edges if name in e.callee.split(".")] or edges
            if not isinstance(func, (ast.Attribute, ast.Call)):
                return edges
            func = func.value if isinstance(func, ast.Attribute) else func.func

    def _note_made(self, target: Node, doubt: int) -> None:
        """Remember that a class was instantiated on the way here."""
        owner = target.qualname
        if target.kind != "class":
            owner, _, name = owner.rpartition(".")
            if name != "__init__":
                return
        key = owner.rpartition(".")[2]
        self._made[key] = min(doubt, self._made.get(key, doubt))

    def _made_only(self, edges: list[Edge]) -> list[Edge]:
        """Of the methods that one call may lead to, those of classes that were instantiated on this very walk."""
        if len(edges) < 2:
            return edges
        rivals: dict[str, list[tuple[int, Edge]]] = defaultdict(list)
        for edge in edges:
            node = self.graph.nodes[edge.callee]
            owner, _, name = node.qualname.rpartition(".")
            if owner and name != "__init__" and self.program.has_class(node.file, owner):
                made = [self._made[k] for k in self.program.heirs(node.file, owner) if k in self._made]
                rivals[name].append((min(made, default=_NEVER), edge))
        dropped: list[Edge] = []
        for group in rivals.values():
            best = min(cost for cost, _ in group)
            dropped.extend(edge for cost, edge in group if cost > best)
        return [edge for edge in edges if edge not in dropped]

    def _record(
        self,
        frame: Frame,
        node: ast.stmt,
        doubt: int,
        late: bool,
        loops: int,
        *,
        enter: bool = False,
        callees: tuple[Edge, ...] = (),
    ) -> None:
        self.moments.append(Moment(len(self.moments), frame, node, doubt, late, loops, enter, callees))

    _now: tuple[int, bool, int] = (0, False, 0)


def assumed(dotted: str) -> Known | None:
    """What is taken for granted of a condition's name; the other way stays open."""
    truth = assumed_truth(dotted)
    return None if truth is None else Known(truth, varies=True)


def _fits(edge: Edge, name: str) -> bool:
    """Does the edge belong to a call of `name`, as far as names tell?"""
    parts = edge.callee.split(".")
    if parts[-1] in {"__init__", "__new__", "__post_init__"}:
        return parts[-2:-1] == [name]
    return parts[-1] == name


def _in_order(parts: Sequence[ast.AST]) -> list[ast.Call]:
    """The calls inside, innermost and leftmost first; not those in nested functions."""
    found: list[ast.Call] = []

    def go(node: ast.AST) -> None:
        if isinstance(node, (ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            return
        for child in ast.iter_child_nodes(node):
            go(child)
        if isinstance(node, ast.Call):
            found.append(node)

    for part in parts:
        go(part)
    return found


def _assigned(body: Sequence[ast.stmt]) -> Iterator[str]:
    for top in body:
        for node in ast.walk(top):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id


def _gives_up(body: Sequence[ast.stmt]) -> bool:
    exits = {"exit()", "sys.exit()", "quit()", "parser.error()", "os._exit()"}
    return any(
        (isinstance(n, ast.Raise) and not _hands_on(n.exc))
        or (isinstance(n, ast.Expr) and dotted_text(n.value) in exits and not _hands_on(n.value))
        for n in body
    )


def _hands_on(way_out: ast.expr | None) -> bool:
    """`sys.exit(main())`, `raise SystemExit(main())`: the exit code is what the program's work gives back."""
    if not isinstance(way_out, ast.Call) or not dotted_text(way_out.func).lower().endswith("exit"):
        return False
    calls = [a.func for a in way_out.args if isinstance(a, ast.Call)]
    return any(isinstance(f.value if isinstance(f, ast.Attribute) else f, ast.Name) for f in calls)


def _returns(body: Sequence[ast.stmt]) -> bool:
    return bool(body) and isinstance(body[-1], ast.Return)


def _leaves(body: Sequence[ast.stmt]) -> bool:
    return any(isinstance(n, (ast.Break, ast.Return)) for top in body for n in ast.walk(top))


def _first_item(over: ast.expr, lookup) -> Known | None:  # noqa: ANN001 - the type is constants.Lookup
    if isinstance(over, ast.Call):
        name = dotted_text(over.func).rpartition(".")[2]
        if name in {"range", "trange", "xrange"}:
            start = evaluate(over.args[0], lookup) if len(over.args) > 1 else Known(0)
            return Known(start.value, varies=True) if start else None
        if name == "enumerate" and over.args:
            given = over.args[1] if len(over.args) > 1 else next((k.value for k in over.keywords), None)
            start = evaluate(given, lookup) if given else Known(0)
            return Known([start.value, None], varies=True) if start else None
        if name == "tqdm" and over.args:
            return _first_item(over.args[0], lookup)
    listed = evaluate(over, lookup)
    if listed and isinstance(listed.value, list) and listed.value:
        return Known(listed.value[0], varies=len(listed.value) > 1)
    return None
