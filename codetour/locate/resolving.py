"""Which function or class of the repository a dotted name means, seen from a scope.

Names go through imports, local definitions and the classes that variables were made from; where nothing says what
the receiver of a method is, the classes in sight that have such a method are a guess.
"""

from __future__ import annotations

from typing import Final

from codetour.knowledge.locate_tables import words
from codetour.locate.corpus import Corpus
from codetour.locate.dynamic import files_of
from codetour.locate.facts import MODULE, Call, Scope

Key = tuple[str, str]
"""(file, qualname)"""

_MOST_IN_SIGHT: Final = 120
_SHALLOW: Final = 2
"""depth of a look-up down to which its answer is remembered"""


class Names:
    """Resolves names for one corpus; remembers the classes in sight of each file."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self._sights: dict[str, list[Key]] = {}
        self._dynamic: dict[str, list[str]] = {}
        self._below: dict[str, list[Key]] = {}
        """last part of a base's name -> classes that name it"""
        self._methods: dict[tuple[Key, str], list[Key]] = {}
        self._indexed = 0
        """files of which the classes are in `_below`"""

    def scope(self, key: Key) -> Scope:
        """The scope of a key."""
        return self.corpus.facts(key[0]).scopes[key[1]]

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
            owner = self.owner(file, qualname)
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
        owner = self.owner(file, qualname)
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
        if (cls, name) not in self._methods:
            found = self._inherited(cls, name, depth)
            if depth > _SHALLOW:  # perhaps cut by the limit
                return found
            self._methods[cls, name] = found
        return self._methods[cls, name]

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

    def owner(self, file: str, qualname: str) -> Key | None:
        facts = self.corpus.facts(file)
        for prefix in _outwards(qualname):
            if prefix in facts.scopes and facts.scopes[prefix].kind == "class":
                return (file, prefix)
        return None

    def _subclasses(self, cls: Key) -> list[Key]:
        """Subclasses in files already read."""
        for file, facts in self.corpus.facts_since(self._indexed):
            self._indexed += 1
            for scope in facts.scopes.values():
                for base in scope.bases if scope.kind == "class" else ():
                    self._below.setdefault(base.rpartition(".")[2], []).append((file, scope.qualname))
        return self._below.get(cls[1].rpartition(".")[2], [])[:12]

    def made_functions(self, file: str, qualname: str, name: str) -> list[Key]:
        """What calling variable `name` runs: a function inside the factory that made it (`step = make_step(model)`)."""
        out: list[Key] = []
        for made in sorted(self.corpus.facts(file).instances.get(name, ()))[:6]:
            for key in self.resolve(file, qualname, made.removeprefix("=")):
                scope, scopes = self.scope(key), self.corpus.facts(key[0]).scopes
                if made.startswith("=") and scope.kind == "function":
                    out.append(key)
                out.extend((key[0], f"{key[1]}.{r}") for r in scope.returns if f"{key[1]}.{r}" in scopes)
        return out

    def guess(self, file: str, call: Call) -> list[Key]:
        """A method of some class in sight, when nothing says what the receiver is."""
        if not self.may_guess(call):
            return []
        name = call.name.rpartition(".")[2]
        return [k for cls in self.in_sight(file) for k in self.method(cls, name)][:4]

    @staticmethod
    def may_guess(call: Call) -> bool:
        receiver, _, name = call.name.rpartition(".")
        if not receiver or name in words().guess_methods or call.handed or not name or name.startswith("__"):
            return False
        return receiver.split(".")[0] not in words().guess_libraries

    def imported_by_name(self, file: str) -> list[str]:
        """The files that dynamic imports in `file` may mean."""
        if file not in self._dynamic:
            patterns = dict.fromkeys(pattern for _, _, pattern in self.corpus.facts(file).dynamic)
            found = [f for p in patterns for f in files_of(self.corpus.files, file, p)]
            self._dynamic[file] = list(dict.fromkeys(found))
        return self._dynamic[file]

    def named_there(self, file: str) -> list[Key]:
        """Functions of modules that `file` imports by name and that it speaks of: `get_module(name).learn`."""
        wanted = self.corpus.facts(file).attributes - words().guess_methods
        return [
            (other, scope.qualname)
            for other in self.imported_by_name(file)
            for scope in self.corpus.facts(other).scopes.values()
            if scope.kind == "function" and scope.qualname in wanted
        ]

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
            for other in self.imported_by_name(file):
                scopes = self.corpus.facts(other).scopes.values()
                found.extend((other, s.qualname) for s in scopes if s.kind == "class")
            self._sights[file] = list(dict.fromkeys(found))[:_MOST_IN_SIGHT]
        return self._sights[file]


def _outwards(qualname: str) -> list[str]:
    """`a.b.c` -> `a.b.c`, `a.b`, `a`, ""."""
    if qualname == MODULE:
        return [""]
    parts = qualname.split(".")
    return [".".join(parts[:n]) for n in range(len(parts), -1, -1)]
