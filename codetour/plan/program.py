"""The syntax of the files that a tour may touch: trees, imports, classes, statements; parsed when asked for.

Standard `ast` only. A file that does not parse (Python 2, templates) is simply not there.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from codetour.graph.syntax import parse
from codetour.model.source import Sources, SourceText

Function = ast.FunctionDef | ast.AsyncFunctionDef

DEEPEST_IMPORT: Final = 6
"""re-exports followed to find a class"""
LONGEST_CHAIN: Final = 60
"""links of a call chain that still say where it starts; generated code has thousands"""


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """A class of the project."""

    name: str
    file: str
    qualname: str
    node: ast.ClassDef
    bases: tuple[str, ...]
    """dotted names, imports resolved where they lead out of the file"""
    methods: dict[str, Function]


@dataclass(slots=True)
class Module:
    """One parsed file."""

    source: SourceText
    tree: ast.Module
    imports: dict[str, str] = field(default_factory=dict[str, str])
    """local name -> dotted name (`F` -> `torch.nn.functional`)"""
    stars: list[str] = field(default_factory=list[str])
    functions: dict[str, Function] = field(default_factory=dict[str, Function])
    """by qualname without `<locals>.`"""
    classes: dict[str, ClassFacts] = field(default_factory=dict[str, ClassFacts])

    @property
    def file(self) -> str:
        """POSIX path."""
        return self.source.file

    def dotted(self, text: str) -> str:
        """`F.cross_entropy` with its first name replaced by what it was imported as."""
        head, dot, rest = text.partition(".")
        return self.imports.get(head, head) + dot + rest


class Program:
    """Reads and parses files on demand."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._modules: dict[str, Module | None] = {}
        self._heirs: dict[str, list[str]] | None = None

    def module(self, file: str) -> Module | None:
        """The parsed file, or None where it cannot be read or parsed."""
        if file not in self._modules:
            source = self._sources.read(file)
            self._modules[file] = _parse(source) if source else None
        return self._modules[file]

    def loaded(self) -> list[Module]:
        """Every file parsed so far, by path."""
        return [m for _, m in sorted(self._modules.items()) if m]

    def find_class(self, module: Module, dotted: str, depth: int = 0) -> ClassFacts | None:
        """The project class that `dotted` names in `module`, through imports and re-exports."""
        if dotted in module.classes:
            return module.classes[dotted]
        if depth > DEEPEST_IMPORT:
            return None
        head, _, rest = dotted.partition(".")
        if head in module.imports:
            full = module.imports[head] + ("." + rest if rest else "")
            return self._find_absolute(module, full, depth)
        for star in module.stars:
            found = self._find_absolute(module, f"{star}.{dotted}", depth)
            if found:
                return found
        return None

    def _find_absolute(self, origin: Module, full: str, depth: int) -> ClassFacts | None:
        parts = full.split(".")
        for cut in range(len(parts) - 1, 0, -1):
            other = self._imported(origin, parts[:cut])
            if other and other is not origin:
                return self.find_class(other, ".".join(parts[cut:]), depth + 1)
        return None

    def _imported(self, origin: Module, parts: list[str]) -> Module | None:
        """The project file of a dotted module: beside the importing file, or in a folder above it."""
        tail = "/".join(parts)
        for folder in PurePosixPath(origin.file).parents:
            stem = tail if str(folder) == "." else f"{folder}/{tail}"
            for name in (f"{stem}.py", f"{stem}/__init__.py", f"src/{stem}.py"):
                found = self.module(name)
                if found:
                    return found
        return None

    def find_module(self, origin: Module, dotted: str) -> Module | None:
        """The project file that `dotted` names when it is imported from `origin`."""
        found = self._imported(origin, dotted.split("."))
        return found if found is not origin else None

    def has_class(self, file: str | None, qualname: str) -> bool:
        """Is there such a class in the file?"""
        module = self.module(file) if file else None
        return module is not None and qualname in module.classes

    def heirs(self, file: str | None, qualname: str) -> tuple[str, ...]:
        """Names of a class and of its subclasses among the files parsed so far."""
        if self._heirs is None:
            self._heirs = {}
            for module in self.loaded():
                for facts in module.classes.values():
                    for base in {b.rpartition(".")[2] for b in self.ancestry(facts)}:
                        self._heirs.setdefault(base, []).append(facts.name)
        name = qualname.rpartition(".")[2]
        return (name, *self._heirs.get(name, ()))

    def ancestry(self, facts: ClassFacts) -> tuple[str, ...]:
        """The class's bases and their bases, dotted, nearest first; bounded."""
        names: list[str] = []
        todo, seen = [facts], {(facts.file, facts.qualname)}
        while todo and len(names) < 40:
            current = todo.pop(0)
            module = self.module(current.file)
            for base in current.bases:
                names.append(base)
                found = self.find_class(module, base) if module else None
                found = found or (module.classes.get(base.rsplit(".", 1)[-1]) if module else None)
                if found and (found.file, found.qualname) not in seen:
                    seen.add((found.file, found.qualname))
                    todo.append(found)
        return tuple(names)


def _parse(source: SourceText) -> Module | None:
    try:
        tree = parse(source.text)
    except SyntaxError:
        return None
    module = Module(source, tree)
    _imports(module, tree)
    _definitions(module, tree.body, "", 0)
    return module


def _imports(module: Module, tree: ast.Module) -> None:
    package = PurePosixPath(module.file).parent.parts
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                module.imports[name] = alias.name if alias.asname else name
        elif isinstance(node, ast.ImportFrom):
            origin = node.module or ""
            if node.level:
                # a relative import, spelled from the root, is what `_imported` looks for in the top folder
                above = package[: len(package) - node.level + 1]
                origin = ".".join([*above, *([origin] if origin else [])])
            for alias in node.names:
                if alias.name == "*":
                    module.stars.append(origin)
                else:
                    module.imports[alias.asname or alias.name] = (
                        f"{origin}.{alias.name}" if origin else alias.name
                    )


def _definitions(module: Module, body: list[ast.stmt], prefix: str, depth: int) -> None:
    if depth > 30:
        return
    for node in body:
        if isinstance(node, ast.ClassDef):
            qualname = prefix + node.name
            methods = {m.name: m for m in node.body if isinstance(m, Function)}
            bases = tuple(filter(None, (dotted_text(b) for b in node.bases)))
            facts = ClassFacts(
                node.name, module.file, qualname, node, tuple(map(module.dotted, bases)), methods
            )
            module.classes.setdefault(qualname, facts)
            _definitions(module, node.body, qualname + ".", depth + 1)
        elif isinstance(node, Function):
            # a later definition of the same name is the one that runs
            module.functions[prefix + node.name] = node
            _definitions(module, node.body, prefix + node.name + ".", depth + 1)
        else:
            for part in blocks(node):
                _definitions(module, part, prefix, depth + 1)


def blocks(node: ast.stmt) -> list[list[ast.stmt]]:
    """The statement lists inside a compound statement, in source order."""
    if isinstance(node, (ast.If, ast.For, ast.AsyncFor, ast.While)):
        return [node.body, node.orelse]
    if isinstance(node, ast.Try):
        return [node.body, *(h.body for h in node.handlers), node.orelse, node.finalbody]
    if isinstance(node, ast.Match):
        return [case.body for case in node.cases]
    if isinstance(node, (ast.With, ast.AsyncWith, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [node.body]
    return []


def dotted_text(node: ast.AST) -> str:
    """`a.b.c` of a name, attribute, call or subscript chain (`make(x).fit` -> `make().fit`); "" for others."""
    links: list[str] = []
    while isinstance(node, (ast.Attribute, ast.Call, ast.Subscript)):
        if len(links) == LONGEST_CHAIN:
            return ""
        if isinstance(node, ast.Attribute):
            links.append(f".{node.attr}")
            node = node.value
        elif isinstance(node, ast.Call):
            links.append("()")
            node = node.func
        else:
            links.append("[]")
            node = node.value
    text = node.id if isinstance(node, ast.Name) else ""
    for link in reversed(links):
        if text:
            text += link
        elif link.startswith("."):
            text = f"?{link}"
    return text


def first_statement(body: list[ast.stmt]) -> ast.stmt | None:
    """The first statement of a body on which a breakpoint binds: no docstring, definition or bare declaration."""
    for i, node in enumerate(body):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if _is_super_init(node) and first_statement(body[i + 1 :]):
            continue
        if isinstance(node, (ast.Global, ast.Nonlocal, ast.Pass, ast.Import, ast.ImportFrom)):
            continue
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        if isinstance(node, ast.AnnAssign) and node.value is None:
            continue
        if isinstance(node, ast.Try) or (isinstance(node, ast.While) and isinstance(node.test, ast.Constant)):
            # no instruction of its own on that line in every Python version
            return first_statement(node.body)
        return node
    return None


def _is_super_init(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and dotted_text(node.value) in {
        "super().__init__()",
        "nn.Module.__init__()",
    }
