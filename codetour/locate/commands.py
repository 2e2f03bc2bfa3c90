"""Every command line of a repository that runs one of its own files, resolved to that file and its folder.

A document says `python train.py` and means a file that may stand elsewhere: tried are the folders after each `cd`,
the document's own folder, the root, and last the only file whose path ends that way.
"""

from __future__ import annotations

import posixpath
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from codetour.locate.corpus import Corpus
from codetour.locate.documents import Block, markdown_blocks, notebook_blocks, rst_blocks
from codetour.locate.launchers import Invocation, see_through
from codetour.locate.packaging import ConsoleScript, console_scripts
from codetour.locate.recipes import recipe_kind, recipes
from codetour.locate.shell import ShellCommand, parse_shell
from codetour.model.text import clean

_MOST_DOCUMENTS: Final = 400
_SECONDS: Final = 2.5
"""of CPU for documents, the nearest to the root first"""
_MOST_COMMANDS: Final = 4000
_WORTH_PARSING: Final = (
    "python",
    "torchrun",
    "accelerate",
    "deepspeed",
    ".py",
    ".ipynb",
    "mpiexec",
    "bash ",
    "sh ",
    ".sh",
)


@dataclass(frozen=True, slots=True)
class Command:
    """A command line and the file it runs."""

    kind: str
    """readme, docs, shell, makefile, just, dvc, mlproject, ci, docker, tox, vscode, notebook, mention"""
    source: str
    line: int
    text: str
    target: str
    """file of the repository"""
    argv: tuple[str, ...] = ()
    cwd: str = ""
    """folder the command runs in, "" for the root"""
    module: str | None = None
    env: dict[str, str] = field(default_factory=dict[str, str])
    launcher: str = ""
    exact: bool = True
    """the path was right as written"""
    function: str = ""
    """the console script's function"""
    order: int = 0
    """place among the commands of its source"""
    heading: str = ""


class Gatherer:
    """Collects the commands of a corpus."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.scripts: dict[str, ConsoleScript] = {}
        self.commands: list[Command] = []
        self._names: frozenset[str] = frozenset()
        self.through: dict[str, list[str]] = {}
        """shell script -> documents that run it"""
        self._aliases = {corpus.tree.root.name.lower(), corpus.tree.name.rpartition("/")[2].lower()}

    def gather(self) -> list[Command]:
        """All commands, documents first."""
        self._packaging()
        self._names = frozenset(self.scripts)
        documents = [f for f in self.corpus.files if document_kind(f)]
        documents.sort(key=lambda f: (f.count("/"), "readme" not in f.lower(), f))
        until = time.process_time() + _SECONDS
        for done, file in enumerate(documents[:_MOST_DOCUMENTS]):
            if time.process_time() > until:
                self.corpus.notes.append(
                    f"time was up: {len(documents) - done} documents were not looked into"
                )
                break
            text = self.corpus.text(file)
            if text and any(word in text for word in _WORTH_PARSING + tuple(self.scripts)):
                self._document(file, document_kind(file), text)
        if len(documents) > _MOST_DOCUMENTS:
            self.corpus.notes.append(f"{len(documents) - _MOST_DOCUMENTS} documents were not looked into")
        for file in self.corpus.files:
            kind = recipe_kind(file)
            if kind and len(self.commands) < _MOST_COMMANDS:
                self.corpus.progress.check()
                self._recipes(file, kind)
        return self.commands

    def _packaging(self) -> None:
        for file in self.corpus.files:
            if file.count("/") <= 2 and file.rpartition("/")[2] in (
                "pyproject.toml",
                "setup.cfg",
                "setup.py",
            ):
                for script in console_scripts(file, self.corpus.text(file) or ""):
                    self.scripts.setdefault(script.name, script)

    def _document(self, file: str, kind: str, text: str) -> None:
        ending = file.rpartition(".")[2].lower()
        if ending == "ipynb":
            blocks: Iterator[Block] = notebook_blocks(text)
        elif ending in ("rst", "txt"):
            blocks = rst_blocks(text)
        else:
            blocks = markdown_blocks(text)
        for block in blocks:
            self._block(file, kind, block)

    def _block(self, file: str, kind: str, block: Block) -> None:
        found = False
        for shell in parse_shell(block.text, block.line, names=self._names):
            found = self._add(file, kind, shell, heading=block.heading) or found
        if block.inline and not found:
            target = self._file_of(block.text.split("#")[0].strip(), self._folders(file, ()))
            if target and target[0].endswith((".py", ".ipynb")):
                self._keep(
                    Command(
                        "mention", file, block.line, clean(block.text, 200), target[0], heading=block.heading
                    )
                )

    def _recipes(self, file: str, kind: str) -> None:
        text = self.corpus.text(file)
        if not text or len(text) > 300_000:
            return
        for recipe in recipes(kind, text):
            for shell in parse_shell(recipe.text, recipe.line, recipe.variables, names=self._names):
                at = replace(shell, cwd=(recipe.cwd, *shell.cwd)) if recipe.cwd else shell
                self._add(file, kind, at, heading=recipe.name)

    def _add(self, file: str, kind: str, shell: ShellCommand, *, heading: str = "") -> bool:
        run = see_through(shell.words)
        if run is None:
            return False
        folders = self._folders(file, shell.cwd)
        text = clean(" ".join(shell.text.split()), 300)
        common = Command(
            kind, file, shell.line, text, "", run.argv, env=shell.env, launcher=run.launcher, heading=heading
        )
        if run.what == "shell":
            script = self._file_of(run.target, folders)
            if script:
                self.through.setdefault(script[0], []).append(file)
            return bool(script)
        if run.what == "name":
            return self._console(common, run.target)
        if run.what == "module":
            return self._module(common, run, folders)
        if run.what in ("script", "notebook"):
            found = self._file_of(run.target, folders)
            if found:
                self._keep(replace(common, target=found[0], cwd=found[1], exact=found[2]))
            return bool(found)
        return False

    def _console(self, common: Command, name: str) -> bool:
        script = self.scripts.get(name)
        if script is None:
            return False
        found = self.corpus.index.find(script.module, script.file)
        if found is None or found[1]:
            return False
        self._keep(replace(common, target=found[0], function=script.function))
        return True

    def _module(self, common: Command, run: Invocation, folders: list[str]) -> bool:
        parts = run.target.replace("/", ".").strip(".").split(".")
        for folder in folders:
            path = "/".join([folder, *parts] if folder else parts)
            for candidate in (f"{path}.py", f"{path}/__main__.py"):
                if candidate in self.corpus.names:
                    self._keep(replace(common, target=candidate, cwd=folder, module=".".join(parts)))
                    return True
        found = self.corpus.index.find(".".join(parts), "")
        if found is None or found[1]:
            return False
        file = found[0]
        main = file.replace("__init__.py", "__main__.py")
        if file.endswith("__init__.py") and main not in self.corpus.names:
            return False
        # the folder from which the dotted name leads to the file
        stem = main.removesuffix("/__main__.py").removesuffix(".py")
        cwd = stem.removesuffix("/".join(parts)).strip("/")
        self._keep(replace(common, target=main, cwd=cwd, module=".".join(parts), exact=False))
        return True

    def _folders(self, file: str, cds: tuple[str, ...]) -> list[str]:
        """Folders in which a command of `file` may run, likeliest first."""
        own = file.rpartition("/")[0]
        starts = [own, ""] if own else [""]
        out: list[str] = []
        for start in starts:
            folder, followed = start, False
            for step in cds:
                there = self._step(folder, step)
                if there is not None:
                    folder, followed = there, True
            if followed:
                out.insert(0, folder)
            out.append(start)
        # a recipe below `scripts/` is mostly run from the root
        if own and not cds and recipe_kind(file) in ("shell", "ci", "docker", "vscode"):
            out = ["", *out]
        return list(dict.fromkeys(out))

    def _step(self, folder: str, step: str) -> str | None:
        if step.startswith(("~", "$", "/", "-")):
            tail = step.rstrip("/").rpartition("/")[2]
            return "" if tail.lower() in self._aliases else None
        there = posixpath.normpath(posixpath.join(folder, step))
        there = "" if there == "." else there
        if there.startswith(".."):
            return ""
        if there in self.corpus.folders:
            return there
        if step.strip("./") in self.corpus.folders:
            return step.strip("./")
        parts = step.strip("./").split("/")
        if parts[0].lower() in self._aliases:
            rest = "/".join(parts[1:])
            return rest if rest in self.corpus.folders else ""
        ending = [f for f in self.corpus.folders if f.endswith("/" + step.strip("./"))]
        return ending[0] if len(ending) == 1 else None

    def _file_of(self, path: str, folders: list[str]) -> tuple[str, str, bool] | None:
        """(file, folder to run in, exact) for a path as written."""
        path = path.strip("\"'<>[]()").replace("\\", "/").split("?")[0]
        if "//" in path or len(path) > 300 or not path or path.endswith("/"):
            return None
        if path.startswith(("/", "~", "$", "{")):
            path = path.split("/", 1)[1] if "/" in path and not path.startswith("/") else path.lstrip("/")
        candidates = (
            [path] if path.endswith((".py", ".ipynb", ".sh")) else [f"{path}.py", f"{path}/__main__.py"]
        )
        for folder in folders:
            for name in candidates:
                whole = posixpath.normpath(posixpath.join(folder, name))
                if whole in self.corpus.names:
                    return whole, folder, True
        return self._by_ending(candidates[0])

    def _by_ending(self, path: str) -> tuple[str, str, bool] | None:
        parts = [p for p in path.split("/") if p not in (".", "..")]
        if not parts or not parts[-1].endswith((".py", ".sh", ".ipynb")):
            return None
        if len(parts) > 1 and parts[0].lower() in self._aliases and "/".join(parts[1:]) in self.corpus.names:
            return "/".join(parts[1:]), "", True
        for start in range(len(parts)):
            tail = "/".join(parts[start:])
            hits = [f for f in self.corpus.by_name.get(parts[-1], ()) if f == tail or f.endswith("/" + tail)]
            if len(hits) == 1 and (start == 0 or len(parts) - start > 1 or start == len(parts) - 1):
                return hits[0], hits[0].removesuffix(tail).strip("/"), False
            if hits:
                return None
        return None

    def _keep(self, command: Command) -> None:
        if len(self.commands) < _MOST_COMMANDS:
            self.commands.append(replace(command, order=len(self.commands)))


def document_kind(file: str) -> str:
    """readme, docs or notebook; "" for what is no document."""
    name = file.rpartition("/")[2].lower()
    if name.endswith((".md", ".mdx", ".rst", ".markdown", ".qmd")) or name in ("readme", "readme.txt"):
        return "readme" if name.startswith("readme") else "docs"
    return "notebook" if name.endswith(".ipynb") else ""
