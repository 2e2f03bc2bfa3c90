"""How a file is started: the documented command line, its folder and module, made small enough for a CPU."""

from __future__ import annotations

import posixpath

from codetour.locate.commands import Command
from codetour.locate.corpus import Corpus
from codetour.locate.ranking import command_role
from codetour.model.entry import Launch
from codetour.model.stage import Role


def make_launch(
    corpus: Corpus, file: str, commands: list[Command], role: Role, *, eval_flags: tuple[str, ...] = ()
) -> Launch:
    """The launch of `file` in `role`."""
    command = best_command(commands, role)
    cwd = working_folder(corpus, file, command)
    module = command.module if command is not None else None
    if module is None and needs_package(corpus, file):
        module, cwd = package_module(corpus, file)
    return Launch(
        argv=command.argv if command is not None else (),
        cwd=cwd or ".",
        module=module,
        env=import_path(corpus, file, module, cwd),
        source=f"{command.source}:{command.line}" if command is not None else None,
    )


def best_command(commands: list[Command], role: Role) -> Command | None:
    """The command line that shows best how to run the file in a role."""
    real = [c for c in commands if c.kind != "mention" and (c.kind != "ci")]
    rows = [c for c in real if command_role(c) in (role, "any")]
    rows.sort(key=lambda c: (command_role(c) != role, not c.exact, c.kind not in ("readme", "dvc", "mlproject"), c.order))
    return rows[0] if rows else None


def working_folder(corpus: Corpus, file: str, command: Command | None) -> str:
    """The folder to start in, "" for the root: as documented, else as the file's own paths suggest."""
    if command is not None and not command.function:
        return command.cwd
    own = posixpath.dirname(file)
    if not own or own == "src":
        return ""
    readme = any(f"{own}/{name}" in corpus.names for name in ("README.md", "README.rst", "README", "readme.md", "requirements.txt"))
    if readme and not corpus.is_package(own):
        return own
    return ""


def needs_package(corpus: Corpus, file: str) -> bool:
    """Does the file import relatively, so that it only runs as `python -m`?"""
    return file.endswith(".py") and any(
        name.startswith(".") for name in corpus.facts(file).modules
    )


def package_module(corpus: Corpus, file: str) -> tuple[str, str]:
    """(dotted module, folder to start in) for a file inside a package."""
    folder = posixpath.dirname(file)
    parts = [posixpath.basename(file).removesuffix(".py")]
    if parts == ["__main__"]:
        parts = []
    levels = max((len(n) - len(n.lstrip(".")) for n in corpus.facts(file).modules), default=1)
    while folder and (corpus.is_package(folder) or len(parts) < levels or not parts):
        parts.insert(0, posixpath.basename(folder))
        folder = posixpath.dirname(folder)
    return ".".join(parts), folder


def import_path(corpus: Corpus, file: str, module: str | None, cwd: str) -> dict[str, str]:
    """PYTHONPATH for imports of the repository that neither the script's folder nor the start folder serves."""
    if not file.endswith((".py", ".ipynb")):
        return {}
    base = cwd if module else posixpath.dirname(file)
    roots: list[str] = []
    for name in corpus.facts(file).modules:
        if name.startswith("."):
            continue
        first = name.split(".")[0]
        if _is_there(corpus, base, first):
            continue
        for root in ("", "src", posixpath.dirname(base)):
            if root != base and _is_there(corpus, root, first):
                if root not in roots:
                    roots.append(root)
                break
    if not roots:
        return {}
    return {"PYTHONPATH": ":".join(str(corpus.tree.root / root) if root else str(corpus.tree.root) for root in roots)}


def _is_there(corpus: Corpus, folder: str, name: str) -> bool:
    path = posixpath.join(folder, name)
    return f"{path}.py" in corpus.names or (path in corpus.folders and _holds_python(corpus, path))


def _holds_python(corpus: Corpus, folder: str) -> bool:
    return corpus.is_package(folder) or any(f.startswith(folder + "/") and f.endswith(".py") for f in corpus.files)
