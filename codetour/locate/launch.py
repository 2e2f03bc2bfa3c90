"""How a file is started: the documented command line, its folder and module, made small enough for a CPU."""

from __future__ import annotations

import os
import posixpath
import re
from typing import Final

from codetour.knowledge.locate_tables import words
from codetour.locate.arguments import ask_for_evaluation, build, for_command, options_of
from codetour.locate.commands import Command
from codetour.locate.corpus import Corpus
from codetour.locate.ranking import command_role
from codetour.locate.reach import Reach
from codetour.locate.requirements import missing, quiet_services, read_files
from codetour.model.entry import Launch, Need
from codetour.model.stage import Role

_HELP: Final = frozenset({"-h", "--help", "--helpfull", "--version"})


def make_launch(
    corpus: Corpus,
    reach: Reach,
    file: str,
    commands: list[Command],
    role: Role,
    *,
    trains: bool = False,
    full: bool = True,
) -> Launch:
    """The launch of `file` in `role`.

    `trains`: the file trains unless an argument asks for evaluation. Without `full` the arguments are the documented
    ones and nothing is proposed or looked for.
    """
    command = best_command(commands, role)
    cwd = working_folder(corpus, file, command)
    module = command.module if command is not None else None
    if module is None and needs_package(corpus, file):
        module, cwd = package_module(corpus, file)
    if not full:
        argv, source = (
            (command.argv, f"{command.source}:{command.line}") if command is not None else ((), None)
        )
        return Launch(argv, cwd or ".", module, import_path(corpus, file, module, cwd), source)
    options, sub_command = for_command(options_of(corpus, reach, file), command, role)
    arguments = build(corpus, reach, file, command, options, cwd=cwd, sub_command=sub_command)
    asked = bool(sub_command) or (command is not None and command_role(command) == "eval")
    if role == "eval" and trains and not asked:
        ask_for_evaluation(arguments, options)
    env = import_path(corpus, file, module, cwd)
    overrides = [*arguments.overrides, *arguments.configured]
    for override in quiet_services(corpus, reach, file):
        name, _, value = override.arg.partition("=")
        env[name] = value
        overrides.append(override)
    return Launch(
        argv=tuple(arguments.argv),
        cwd=cwd or ".",
        module=module,
        env=env,
        source=f"{command.source}:{command.line}" if command is not None else None,
        overrides=tuple(overrides),
        needs=_each_once(
            [*arguments.needs, *missing(corpus, reach, file, cwd, hints=" ".join(arguments.argv))]
        ),
    )


def _each_once(needs: list[Need]) -> tuple[Need, ...]:
    """A file that an argument points at is not named again because the code opens it."""
    said: dict[str, Need] = {}
    for need in needs:
        kind, _, what = need.what.partition(" ")
        key = posixpath.basename(what) if kind == "file" else need.what
        said.setdefault(key, need)
    return tuple(said.values())[:10]


def best_command(commands: list[Command], role: Role) -> Command | None:
    """The command line that shows best how to run the file in a role."""
    real = [c for c in commands if c.kind not in ("mention", "ci") and not _HELP.intersection(c.argv)]
    rows = [c for c in real if command_role(c) in (role, "any")]
    named = any(_sub_command(c) in _values(role) for c in rows)
    rows.sort(
        key=lambda c: (
            not c.exact,
            named and _sub_command(c) not in _values(role),
            _another_mode(c),
            _cost(c),
            c.order,
        )
    )
    return rows[0] if rows else None


def _sub_command(command: Command) -> str:
    """The bare word that stands first among the arguments."""
    return command.argv[0].lower() if command.argv and command.argv[0].isidentifier() else ""


def _values(role: Role) -> frozenset[str]:
    return words().train_values if role == "train" else words().eval_values


def _another_mode(command: Command) -> bool:
    """Does it ask by name for a mode that neither trains nor evaluates, as `--mode align` does?"""
    modes = words().mode_arguments
    # `--run NAME` mostly names the run
    asked = (a[2:].partition("=")[0] in modes - {"run"} for a in command.argv if a.startswith("--"))
    return any(asked) and command_role(command) == "any"


def _cost(command: Command) -> int:
    """Small documented examples first: "I only have a CPU" beats eight GPUs; placeholders help nobody."""
    words = " ".join(command.argv).lower()
    place = f"{posixpath.basename(command.source)} {command.heading}".lower()
    cost = 3 * ("cpu" not in words and re.search(r"cpu(?!s)", place) is None)
    # what a shell script fills in is left out; a hole in the text is the reader's to fill
    cost += 3 * bool(re.search(r"<|(?<!\$)\{|/path|path/to|\.\.\.|\[-", words)) + ("$" in words)
    cost += 2 * bool(command.launcher)
    cost += command.kind not in ("readme", "dvc", "mlproject")
    cost += 2 * bool(re.search(r"resume|checkpoint|pretrained|finetune|distributed|multi", words)) - bool(
        re.search(r"debug|small|tiny|quick|cartpole|mnist|toy", words)
    )
    return cost


def working_folder(corpus: Corpus, file: str, command: Command | None) -> str:
    """The folder to start in, "" for the root: as documented, else as the file's own paths suggest."""
    if command is not None and not command.function:
        # a bare `python train.py` says little of the folder where the data that it reads is there from the root
        elsewhere = command.cwd and not command.argv and not read_files(corpus, file, command.cwd)
        return "" if elsewhere and read_files(corpus, file, "") else command.cwd
    own = posixpath.dirname(file)
    if not own or own == "src":
        return ""
    here, there = read_files(corpus, file, own), read_files(corpus, file, "")
    if here != there:
        return own if here > there else ""
    readme = any(
        f"{own}/{name}" in corpus.names
        for name in ("README.md", "README.rst", "README", "readme.md", "requirements.txt")
    )
    if readme and not corpus.is_package(own):
        return own
    return ""


def needs_package(corpus: Corpus, file: str) -> bool:
    """Does the file import relatively, so that it only runs as `python -m`?"""
    return file.endswith(".py") and any(name.startswith(".") for name in corpus.facts(file).modules)


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
    # relative to the start folder, so that a saved launch names no folder of this machine
    return {"PYTHONPATH": os.pathsep.join(posixpath.relpath(root or ".", cwd or ".") for root in roots)}


def _is_there(corpus: Corpus, folder: str, name: str) -> bool:
    path = posixpath.join(folder, name)
    return f"{path}.py" in corpus.names or (path in corpus.folders and _holds_python(corpus, path))


def _holds_python(corpus: Corpus, folder: str) -> bool:
    return corpus.is_package(folder) or any(
        f.startswith(folder + "/") and f.endswith(".py") for f in corpus.files
    )
