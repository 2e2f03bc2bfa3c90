"""Who calls whom, roughly, and where along that the training or evaluation loop is.

Names are resolved through imports, local definitions and the classes that variables were made from. This is no
call graph to show; it only has to tell an entry that trains from one that merely imports a trainer.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from codetour.locate.corpus import Corpus
from codetour.locate.facts import MODULE, Call, Scope

Key = tuple[str, str]
"""(file, qualname)"""

_MOST_NODES: Final = 1500
_MOST_IN_SIGHT: Final = 120
_COMMON: Final = frozenset(
    [
        "append",
        "extend",
        "items",
        "keys",
        "values",
        "get",
        "pop",
        "update",
        "copy",
        "format",
        "join",
        "split",
        "strip",
        "read",
        "write",
        "close",
        "open",
        "to",
        "cuda",
        "cpu",
        "size",
        "view",
        "reshape",
        "mean",
        "sum",
        "max",
        "min",
        "add_argument",
        "parse_args",
        "save",
        "load",
        "state_dict",
        "load_state_dict",
        "parameters",
        "eval",
        "item",
        "detach",
        "numpy",
        "info",
        "debug",
        "warning",
        "error",
        "print",
        "log",
        "set_description",
        "sort",
        "index",
        "count",
        "replace",
        "encode",
        "decode",
        "lower",
        "upper",
        "startswith",
        "endswith",
        "exists",
        "mkdir",
        "flush",
        "squeeze",
        "unsqueeze",
        "permute",
        "transpose",
        "float",
        "int",
        "long",
        "contiguous",
        "expand",
        "repeat",
        "backward",
        "zero_grad",
        "forward",
        "reset",
        "seed",
        "apply",
        "register",
        "build",
    ]
)
"""method names too common to guess the class from"""


_LIBRARIES: Final = frozenset(
    [
        "self",
        "np",
        "torch",
        "tf",
        "os",
        "sys",
        "nn",
        "F",
        "plt",
        "jax",
        "jnp",
        "math",
        "random",
        "time",
        "nnx",
        "optax",
        "pd",
        "logging",
    ]
)
"""receivers that are modules"""


@dataclass(slots=True)
class Edge:
    """A call that leads on inside the repository."""

    to: Key
    line: int
    loop: bool
    weak: bool


@dataclass(slots=True)
class Reached:
    """Everything reached from one start."""

    start: Key
    depth: dict[Key, int] = field(default_factory=dict[Key, int])
    weak: set[Key] = field(default_factory=set[Key])
    """reached only through guesses"""
    edges: dict[Key, list[Edge]] = field(default_factory=dict[Key, "list[Edge]"])
    """calls out of each key, seen from this start"""


class Reach:
    """Answers for one corpus; remembers what it resolved."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self._edges: dict[Key, list[Edge]] = {}
        self._open: dict[Key, list[Call]] = {}
        """calls whose receiver nothing in their own file explains"""
        self._imports: dict[tuple[str, int], list[str]] = {}
        self._sights: dict[str, list[Key]] = {}

    def scope(self, key: Key) -> Scope:
        """The scope of a key."""
        return self.corpus.facts(key[0]).scopes[key[1]]

    def walk(self, start: Key) -> Reached:
        """Breadth first from `start`, bounded."""
        reached = Reached(start, {start: 0})
        queue = deque([start])
        while queue and len(reached.depth) < _MOST_NODES:
            key = queue.popleft()
            for edge in self.out_of(reached, key):
                weak = edge.weak or key in reached.weak
                if edge.to not in reached.depth:
                    reached.depth[edge.to] = reached.depth[key] + 1
                    if weak:
                        reached.weak.add(edge.to)
                    queue.append(edge.to)
                elif not weak and edge.to in reached.weak:
                    reached.weak.discard(edge.to)
                    queue.append(edge.to)
        return reached

    def out_of(self, reached: Reached, key: Key) -> list[Edge]:
        """Calls out of `key`, with those on receivers that only the start's own classes can explain."""
        if key not in reached.edges:
            edges = self.edges(key)
            more = [
                Edge(to, call.line, call.loop, weak=True)
                for call in self._open.get(key, ())
                for cls in self.in_sight(reached.start[0])
                for to in self.method(cls, call.name.rpartition(".")[2])
            ]
            reached.edges[key] = [*edges, *more[:12]]
        return reached.edges[key]

    def edges(self, key: Key) -> list[Edge]:
        """Calls out of `key` that stay inside the repository."""
        if key not in self._edges:
            self._edges[key] = []  # a cycle of re-exports sees no edges
            self._edges[key] = self._find_edges(key)
        return self._edges[key]

    def _find_edges(self, key: Key) -> list[Edge]:
        file, qualname = key
        facts = self.corpus.facts(file)
        scope = facts.scopes[qualname]
        out: list[Edge] = []
        for call in scope.calls:
            strong = self.resolve(file, qualname, call.name)
            targets, weak = (strong, False) if strong else (self._guess(file, call), True)
            if not targets and self._may_guess(call):
                self._open.setdefault(key, []).append(call)
            for target in targets:
                out.extend(Edge(to, call.line, call.loop, weak) for to in self._entered(target))
            if call.name.endswith("app.run") and call.args == 0 and "main" in facts.scopes:
                # TensorFlow's and absl's own start: `main` by name
                out.append(Edge((file, "main"), call.line, call.loop, weak=False))
        if qualname == MODULE or scope.kind == "function":
            out.extend(self._decorated(key, scope))
        return out

    def _entered(self, key: Key) -> list[Key]:
        """What runs when `key` is called: for a class its constructor."""
        if self.scope(key).kind != "class":
            return [key]
        return [found for name in ("__init__", "__post_init__") for found in self.method(key, name)[:1]]

    def _decorated(self, key: Key, scope: Scope) -> list[Edge]:
        """Sub-commands hang on their group by a decorator: `@cli.command()` under `cli`; sacred's `@ex.automain`."""
        facts = self.corpus.facts(key[0])
        name = key[1]
        out: list[Edge] = []
        for other in facts.scopes.values():
            for decorator in other.decorators:
                plain = decorator.replace("()", "")
                head, _, last = plain.rpartition(".")
                if (last in ("automain", "main") and name == MODULE and head and head in facts.instances) or (
                    last in ("command", "callback")
                    and (head == name or (name == MODULE and self._is_called(scope, head)))
                ):
                    out.append(Edge((key[0], other.qualname), other.line, loop=False, weak=False))
        return out

    @staticmethod
    def _is_called(scope: Scope, name: str) -> bool:
        return any(call.name == name for call in scope.calls)

    # -- names

    def resolve(self, file: str, qualname: str, name: str, depth: int = 0) -> list[Key]:
        """The functions and classes that dotted `name` means inside scope `qualname` of `file`."""
        if depth > 6 or name.startswith("?"):
            return []
        facts = self.corpus.facts(file)
        head, _, rest = name.partition(".")
        bare = head.replace("()", "").replace("[]", "")
        called = head != bare
        if bare in ("self", "cls"):
            return self._on_self(file, qualname, rest, depth)
        if bare == "super":
            owner = self._owner(file, qualname)
            return self._inherited(owner, rest, depth) if owner and rest else []
        for prefix in _outwards(qualname):
            inner = f"{prefix}.{bare}" if prefix else bare
            if inner in facts.scopes and facts.scopes[inner].kind != "module":
                return self._descend((file, inner), rest, depth)
        if bare in facts.imports:
            target = facts.imports[bare] + ("." + rest if rest and not called else "")
            found = self._imported(target, file, depth)
            if called and rest:
                return [hit for key in found for hit in self._descend(key, rest, depth)]
            if found:
                return found
        if rest:
            return self._on_variable(file, qualname, bare, rest, depth)
        if bare in facts.instances and head == bare:
            made = [n[1:] for n in facts.instances[bare] if n.startswith("=")]
            return [k for n in made if n != bare for k in self.resolve(file, qualname, n, depth + 1)]
        for star in facts.stars:
            found = self._imported(f"{star}.{bare}" if not star.endswith(".") else star + bare, file, depth)
            if found:
                return found
        return []

    def _imported(self, target: str, importer: str, depth: int) -> list[Key]:
        clean = target.replace("()", "").replace("[]", "")
        found = self.corpus.index.find(clean, importer)
        if found is None:
            return []
        file, rest = found
        if not rest:
            return []
        return self._inside(file, rest, depth + 1)

    def _inside(self, file: str, rest: str, depth: int) -> list[Key]:
        """`rest` looked up in module `file`, through re-exports."""
        if depth > 6:
            return []
        facts = self.corpus.facts(file)
        head, _, tail = rest.partition(".")
        if head in facts.scopes:
            return self._descend((file, head), tail, depth)
        if head in facts.imports:
            target = facts.imports[head] + ("." + tail if tail else "")
            return self._imported(target, file, depth)
        for star in facts.stars:
            found = self._imported(star + rest if star.endswith(".") else f"{star}.{rest}", file, depth)
            if found:
                return found
        if tail and head in facts.instances:
            return self._on_variable(file, MODULE, head, tail, depth)
        return []

    def _descend(self, key: Key, rest: str, depth: int) -> list[Key]:
        """`rest` below a function or class."""
        if not rest:
            return [key]
        scope = self.scope(key)
        name = rest.partition(".")[0].replace("()", "").replace("[]", "")
        if scope.kind == "class":
            return self.method(key, name, depth)
        return []

    def _on_self(self, file: str, qualname: str, rest: str, depth: int) -> list[Key]:
        owner = self._owner(file, qualname)
        if owner is None or not rest:
            return []
        name, _, more = rest.partition(".")
        if more:
            return self._on_variable(file, qualname, f"self.{name}", more, depth)
        found = self.method(owner, name, depth)
        # a template method is filled in by a subclass
        below = [(f, q) for f, q in self._subclasses(owner) if f"{q}.{name}" in self.corpus.facts(f).scopes]
        return [*found, *((f, f"{q}.{name}") for f, q in below)]

    def _on_variable(self, file: str, qualname: str, variable: str, rest: str, depth: int) -> list[Key]:
        """`variable.rest`, by what the variable was made from."""
        facts = self.corpus.facts(file)
        method = rest.split(".", maxsplit=1)[0].replace("()", "").replace("[]", "")
        out: list[Key] = []
        for made in sorted(facts.instances.get(variable, ()))[:6]:
            name = made.removeprefix("=")
            if name.split(".")[0] == variable.split(".", maxsplit=1)[0] and depth > 2:
                continue
            for key in self.resolve(file, qualname, name, depth + 1):
                if self.scope(key).kind == "class":
                    out.extend(self.method(key, method, depth + 1))
        return out

    def method(self, cls: Key, name: str, depth: int = 0) -> list[Key]:
        """Method `name` of a class, found along its bases."""
        qualname = f"{cls[1]}.{name}"
        if qualname in self.corpus.facts(cls[0]).scopes:
            return [(cls[0], qualname)]
        return self._inherited(cls, name, depth)

    def _inherited(self, cls: Key, name: str, depth: int) -> list[Key]:
        if depth > 6:
            return []
        for base in self.scope(cls).bases:
            for key in self.resolve(cls[0], MODULE, base.replace("[]", ""), depth + 1):
                if key != cls and self.scope(key).kind == "class":
                    found = self.method(key, name.split(".", maxsplit=1)[0].replace("()", ""), depth + 1)
                    if found:
                        return found
        return []

    def _owner(self, file: str, qualname: str) -> Key | None:
        facts = self.corpus.facts(file)
        for prefix in _outwards(qualname):
            if prefix in facts.scopes and facts.scopes[prefix].kind == "class":
                return (file, prefix)
        return None

    def _subclasses(self, cls: Key) -> list[Key]:
        """Subclasses in files already read."""
        short = cls[1].rpartition(".")[2]
        out: list[Key] = []
        for file, facts in list(self.corpus.known_facts()):
            out.extend(
                (file, scope.qualname)
                for scope in facts.scopes.values()
                if scope.kind == "class" and any(base.rpartition(".")[2] == short for base in scope.bases)
            )
        return out[:12]

    def _guess(self, file: str, call: Call) -> list[Key]:
        """A method of some class in sight, when nothing says what the receiver is."""
        if not self._may_guess(call):
            return []
        name = call.name.rpartition(".")[2]
        return [k for cls in self.in_sight(file) for k in self.method(cls, name)][:4]

    @staticmethod
    def _may_guess(call: Call) -> bool:
        receiver, _, name = call.name.rpartition(".")
        if not receiver or name in _COMMON or call.handed or not name or name.startswith("__"):
            return False
        return receiver.split(".")[0] not in _LIBRARIES

    def in_sight(self, file: str) -> list[Key]:
        """Classes that `file` defines or imports."""
        if file not in self._sights:
            self._sights[file] = []
            facts = self.corpus.facts(file)
            found = [(file, s.qualname) for s in facts.scopes.values() if s.kind == "class"]
            for name in facts.imports:
                found.extend(k for k in self.resolve(file, MODULE, name) if self.scope(k).kind == "class")
            for star in facts.stars:
                module = self.corpus.index.find(star, file)
                if module is not None and not module[1]:
                    found.extend(self.in_sight(module[0]))
            self._sights[file] = list(dict.fromkeys(found))[:_MOST_IN_SIGHT]
        return self._sights[file]

    def imports_of(self, file: str, most: int = 300) -> list[str]:
        """Files of the repository that `file` imports, directly or not, nearest first; itself left out."""
        if (file, most) in self._imports:
            return self._imports[file, most]
        seen = {file}
        queue = deque([file])
        out: list[str] = []
        self._imports[file, most] = out
        while queue and len(out) < most:
            at = queue.popleft()
            for name in self.corpus.facts(at).modules:
                found = self.corpus.index.find(name, at)
                if found is not None and found[0] not in seen:
                    seen.add(found[0])
                    out.append(found[0])
                    queue.append(found[0])
        return out


def _outwards(qualname: str) -> list[str]:
    """`a.b.c` -> `a.b.c`, `a.b`, `a`, ""."""
    if qualname == MODULE:
        return [""]
    parts = qualname.split(".")
    return [".".join(parts[:n]) for n in range(len(parts), -1, -1)]
