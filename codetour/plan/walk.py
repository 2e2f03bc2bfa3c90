"""Walk a program in the order in which a default run goes through it, once round each loop.

Call sites lead on through the edges of the call graph; conditions are decided by option defaults and constants
where they can be, and what stays open is remembered as doubt. Bounded in depth, visits and moments.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Final

from codetour.model.graph import CallGraph, Edge, Node
from codetour.plan.callsites import CallSites
from codetour.plan.constants import Known, evaluate, settled
from codetour.plan.counters import count_up
from codetour.plan.defaults import Options
from codetour.plan.known import Knowledge, first_item
from codetour.plan.moments import Chance, Frame, Moment
from codetour.plan.program import Function, Module, Program, dotted_text, first_statement
from codetour.plan.roles import evaluates
from codetour.plan.variants import Variant, telling, variant_of
from codetour.progress import Progress

SETTINGS: Final = re.compile(
    r"(?i)^(\w+_)?(config|configs|cfg|settings|hparams|hyper_?params|hyperparameters|constants|parameters|default_params)$"
)
"""names of files that hold nothing but the numbers of a run"""
DEEPEST: Final = 36
VISITS: Final = 6_000
MOMENTS: Final = 60_000
DOUBTFUL: Final = 4
"""branches with more open conditions than this are not followed"""

VARIANTS: Final = 3
"""ways in which one function is walked, told apart by its arguments"""

State = tuple[int, bool, bool]
"""how a function was reached: doubt, late, evaluating"""
Ended = bool
"""the block was left (return, raise, break, continue)"""


class Walker:
    """One walk; `moments` holds the result."""

    def __init__(self, program: Program, graph: CallGraph, options: Options, progress: Progress) -> None:
        self._program, self._graph, self._progress = program, graph, progress
        self._entry = graph.nodes.get(graph.entry)
        self._known = Knowledge(options, (self._entry.file if self._entry else None) or "", program)
        self._sites = CallSites(program, graph)
        self.moments: list[Moment] = []
        self.truncated = False
        self._best: dict[str, State] = {}
        self._walked: dict[str, dict[Variant, State]] = {}
        """function -> the ways in which it was walked, by the arguments that decide a branch of it"""
        self._active: set[str] = set()
        self._visits = 0
        self._returns: dict[tuple[str, Variant], Known | None] = {}

    def run(self) -> list[Moment]:
        """Walk from the graph's entry: a module's body, or the function that it names."""
        entry = self._entry
        module = self._program.module(entry.file) if entry and entry.file else None
        if entry is None or module is None:
            return []
        if entry.kind != "module":
            self._enter(entry, None, None, None, Chance())
            return self.moments
        frame = Frame(entry, module, None, env=self._known.module_globals(module, empty=True))
        self._active.add(entry.id)
        self._block(module.tree.body, frame, Chance())
        return self.moments

    # -- functions

    def _enter(
        self, node: Node, parent: Frame | None, edge: Edge | None, call: ast.Call | None, chance: Chance
    ) -> Known | None:
        """Walk a function if it is new, or surer than before; what it gives back, where that is known."""
        module = self._program.module(node.file) if node.file else None
        definition = module.functions.get(node.qualname) if module else None
        if module is None or definition is None or node.id in self._active:
            return None
        depth = parent.depth + 1 if parent else 0
        if depth > DEEPEST or self._visits > VISITS or self._full():
            self.truncated = True
            return None
        frame = Frame(node, module, definition, parent, edge, edge.line if edge else 0, chance, depth=depth)
        frame.loops = parent.loops if parent else 0
        frame.evaluating = evaluates(node) or bool(parent and parent.evaluating)
        state = (chance.doubt, chance.late, frame.evaluating)
        variant: Variant = ()
        if telling(definition):
            self._known.bind(frame, call, parent)
            variant = variant_of(definition, frame.env)
        if self._is_known(node, variant, state):
            return self._returns.get((node.id, variant))
        self._best[node.id] = min(state, self._best.get(node.id, state))
        self._walked.setdefault(node.id, {})[variant] = state
        self._visits += 1
        self._progress.check()
        self._known.bind(frame, call, parent)
        self._walk_body(frame, definition)
        values = frame.returned
        same = values[0] if values and all(v == values[0] for v in values) else None
        self._returns[node.id, variant] = same
        return same

    def _is_known(self, node: Node, variant: Variant, state: State) -> bool:
        """Was the function walked as surely as now, and in this way: `epoch("test")` is not `epoch("train")`?"""
        walked = self._walked.get(node.id, {})
        if variant in walked:
            return walked[variant] <= state
        return len(walked) >= VARIANTS and min(walked.values()) <= state

    def _walk_body(self, frame: Frame, definition: Function) -> None:
        first = first_statement(definition.body)
        if first is not None:
            self.moments.append(
                Moment(len(self.moments), frame, first, frame.chance, frame.loops, enter=True)
            )
        self._active.add(frame.node.id)
        try:
            self._block(definition.body, frame, frame.chance)
        finally:
            self._active.discard(frame.node.id)

    # -- statements

    def _full(self) -> bool:
        return len(self.moments) > MOMENTS

    def _block(self, body: Sequence[ast.stmt], frame: Frame, chance: Chance) -> Ended:
        for node in body:
            if self._full():
                self.truncated = True
                return True
            try:
                ended = self._statement(node, frame, chance.doubted(frame.leaving))
            except RecursionError:
                # an expression or a call chain deeper than Python's stack: go on behind it
                self.truncated, ended = True, False
            if ended:
                return True
        return False

    def _statement(self, node: ast.stmt, frame: Frame, chance: Chance) -> Ended:
        if isinstance(node, ast.If):
            return self._if(node, frame, chance)
        if isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            return self._loop(node, frame, chance)
        if isinstance(node, (ast.With, ast.AsyncWith)):
            self._visit(node, [i.context_expr for i in node.items], frame, chance)
            return self._block(node.body, frame, chance)
        if isinstance(node, ast.Try):
            return self._try(node, frame, chance)
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            self._settings(node, frame, chance)
            self._note_imported(node, frame)
            return False
        if isinstance(node, (ast.Pass, ast.Global, ast.Nonlocal)):
            return False
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            return False
        return self._simple(node, frame, chance)

    def _settings(self, node: ast.Import | ast.ImportFrom, frame: Frame, chance: Chance) -> None:
        """Importing a file of settings is where its constants are set; of other files only the functions matter."""
        for name in _imported(node):
            if not SETTINGS.search(name.rpartition(".")[2]):
                continue
            module = self._program.find_module(frame.module, name)
            start = self._module_node(module) if module else None
            if module is None or start is None or start.id in self._best or start.id in self._active:
                continue
            self._best[start.id] = (chance.doubt, chance.late, frame.evaluating)
            self._active.add(start.id)
            edge_line = node.lineno
            inner = Frame(start, module, None, frame, None, edge_line, chance, depth=frame.depth + 1)
            inner.env = self._known.module_globals(module)
            self._block(module.tree.body, inner, chance)
            self._active.discard(start.id)

    def _note_imported(self, node: ast.Import | ast.ImportFrom, frame: Frame) -> None:
        if isinstance(node, ast.ImportFrom) and node.module:
            origin = self._program.find_module(frame.module, "." * node.level + node.module)
            if origin is not None:
                for alias in node.names:
                    self._sites.note_import(frame.module.file, alias.asname or alias.name, origin.file)

    def _module_node(self, module: Module) -> Node | None:
        """The graph's node for the body of a file, or one like it where no call leaves that body."""
        found = next(
            (n for n in self._graph.nodes.values() if n.kind == "module" and n.file == module.file), None
        )
        name = module.file.removesuffix(".py").replace("/", ".")
        return found or Node(name, module.file, line=1, kind="module")

    def _try(self, node: ast.Try, frame: Frame, chance: Chance) -> Ended:
        ended = self._block(node.body, frame, chance)
        for handler in node.handlers:
            self._block(handler.body, frame, chance.doubted(3))
        ended = self._block(node.orelse, frame, chance) or ended
        return self._block(node.finalbody, frame, chance) or ended

    def _simple(self, node: ast.stmt, frame: Frame, chance: Chance) -> Ended:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return False
        self._visit(node, [node], frame, chance)
        lookup = self._known.lookup(frame)
        if isinstance(node, ast.Assign):
            value = evaluate(node.value, lookup)
            for target in node.targets:
                self._known.assign(frame, target, value)
        elif isinstance(node, ast.AnnAssign) and node.value:
            self._known.assign(frame, node.target, evaluate(node.value, lookup))
        elif isinstance(node, ast.AugAssign):
            load = ast.Name(dotted_text(node.target)) if isinstance(node.target, ast.Name) else node.target
            self._known.assign(frame, node.target, evaluate(ast.BinOp(load, node.op, node.value), lookup))
        elif isinstance(node, ast.Return):
            frame.returned.append(evaluate(node.value, lookup))
            return True
        return isinstance(node, (ast.Raise, ast.Break, ast.Continue))

    def _if(self, node: ast.If, frame: Frame, chance: Chance) -> Ended:
        self._visit(node, [node.test], frame, chance)
        lookup = self._known.lookup(frame)
        test = evaluate(node.test, lookup)
        if test is None:
            return self._open(node, frame, chance)
        if test.varies:
            test = settled(node.test, lookup) or test
        taken, other = (node.body, node.orelse) if test.value else (node.orelse, node.body)
        if _gives_up(taken) and not test.varies and not _asks_how_started(node.test):
            # a useful run does not end here: what the condition rests on must be given by whoever launches it
            self._known.forget_given(node.test)
            return self._block(other, frame, chance)
        if test.varies:
            kept = dict(frame.env)
            self._block(other, frame, chance.later().doubted(2 if _gives_up(other) else 0))
            frame.env = kept
        return self._block(taken, frame, chance) and not test.varies

    def _open(self, node: ast.If, frame: Frame, chance: Chance) -> Ended:
        """A condition that nothing decides: both ways are possible."""
        # a bare flag is more often off than on
        flag = isinstance(node.test, (ast.Name, ast.Attribute)) and bool(node.orelse)
        kept, frame.leaving = frame.leaving, 0
        ended = self._block(node.body, frame, chance.doubted(2 if flag or _gives_up(node.body) else 1))
        both = self._block(node.orelse, frame, chance.doubted(1)) and ended
        # what comes after a way out that may have been taken is less sure to run
        frame.leaving = min(2, kept + 1) if ended and isinstance(node.body[-1], ast.Return) else kept
        return both

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, frame: Frame, chance: Chance) -> Ended:
        self._visit(node, [node.test if isinstance(node, ast.While) else node.iter], frame, chance)
        lookup = self._known.lookup(frame)
        changed = set(_assigned(node.body))
        for name in changed:
            known = frame.env.get(name)
            if known:
                frame.env[name] = Known(known.value, varies=True, counts=count_up(node, name, known, lookup))
        if isinstance(node, ast.While):
            test = evaluate(node.test, lookup)
            if test is not None and not test.value and not test.varies:
                return self._block(node.orelse, frame, chance)
        else:
            self._known.assign(frame, node.target, first_item(node.iter, lookup))
        frame.loops += 1
        self._block(node.body, frame, chance)
        frame.loops -= 1
        frame.env.update(dict.fromkeys(changed))
        endless = (
            isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and not _leaves(node.body)
        )
        return endless or self._block(node.orelse, frame, chance)

    # -- call sites

    def _visit(self, node: ast.stmt, parts: Sequence[ast.AST], frame: Frame, chance: Chance) -> None:
        """Record the statement, then go where its calls lead."""
        if chance.doubt > DOUBTFUL:
            return
        inner: Sequence[ast.stmt] = getattr(node, "body", ())
        beside = [n for n in inner if n.lineno == node.lineno]
        leads = self._sites.leads(parts, frame, self._known.lookup(frame), beside=beside)
        edges = tuple(edge for _, found in leads for edge in found)
        self.moments.append(Moment(len(self.moments), frame, node, chance, frame.loops, callees=edges))
        for call, found in leads:
            values: list[Known | None] = []
            for edge in found:
                target = self._graph.nodes[edge.callee]
                if self._sites.ruled_out(target, self._best):
                    continue
                self._sites.note_made(target, chance.doubt)
                unsure = chance.doubted(1 if edge.confidence == "may" else 0)
                unsure = unsure.doubted(2 if self._sites.never_made(target) else 0)
                values.append(self._enter(target, frame, edge, call, unsure))
            if call is not None:
                frame.results[call.lineno, call.end_col_offset or 0] = values[0] if len(values) == 1 else None


def _assigned(body: Sequence[ast.stmt]) -> Iterator[str]:
    for top in body:
        for node in ast.walk(top):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    origin = node.module or ""
    inside = [f"{origin}.{a.name}" if origin else a.name for a in node.names if a.name != "*"]
    return [origin, *inside] if origin else inside


def _gives_up(body: Sequence[ast.stmt]) -> bool:
    return any(isinstance(n, ast.Raise) or (isinstance(n, ast.Expr) and _only_exits(n.value)) for n in body)


def _asks_how_started(test: ast.expr) -> bool:
    """`__name__ == "__main__"`: what stands under it is the program, also where it ends with an exit code."""
    return any(isinstance(n, ast.Name) and n.id == "__name__" for n in ast.walk(test))


def _only_exits(call: ast.expr) -> bool:
    """`sys.exit("why")`; not `sys.exit(main())`, which does the whole work first."""
    exits = {"exit()", "sys.exit()", "quit()", "parser.error()", "os._exit()"}
    if not isinstance(call, ast.Call) or dotted_text(call) not in exits:
        return False
    return not any(isinstance(n, ast.Call) for a in call.args for n in ast.walk(a))


def _leaves(body: Sequence[ast.stmt]) -> bool:
    return any(isinstance(n, (ast.Break, ast.Return)) for top in body for n in ast.walk(top))
