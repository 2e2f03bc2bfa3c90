"""From a tour and options to the exact command: what will run, where, in which environment.

`Command.shown` is what the user is asked to agree to; the debugger's own wrapping is left out of it.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final

from codetour.environment.activation import activated
from codetour.errors import EnvironmentProblem, NoEntryPoint, SessionError
from codetour.model.entry import Launch, Override
from codetour.model.source import Tree
from codetour.model.tour import Tour, TourEntry
from codetour.session.config_copy import is_change, with_copies
from codetour.session.options import LaunchOptions
from codetour.session.overrides import Environment, environment
from codetour.session.paths import Paths
from codetour.session.sandbox import ISOLATED, OPEN, Bubblewrap, choose, obstacle
from codetour.source.reading import read_source

INSIDE: Final = Path(__file__).with_name("inside")

LAUNCHERS: Final[Mapping[tuple[str, ...], tuple[str, ...]]] = {
    ("torchrun",): ("-m", "torch.distributed.run"),
    ("accelerate", "launch"): ("-m", "accelerate.commands.launch"),
    ("deepspeed",): ("-m", "deepspeed.launcher.runner"),
}
"""commands that start a script in several processes -> the module that they are"""


@dataclass(frozen=True, slots=True)
class Command:
    """A program to run."""

    python: Path
    flags: tuple[str, ...]
    target: tuple[str, ...]
    """after the interpreter and its flags, as debugpy takes it: FILE ARGS... or -m MODULE ARGS..."""
    shown: tuple[str, ...]
    """the command as a person would write it"""
    cwd: Path
    environment: Environment
    paths: Paths
    scratch: Path
    """a folder of this run's own"""
    sandbox: Bubblewrap | None = None
    isolation: str = ""
    """one sentence on what the program can reach, where a sandbox was asked for"""
    changes: tuple[Override, ...] = ()
    """values that differ in the copies of configuration files which the program is given"""
    added: tuple[str, ...] = ()
    """NAME=VALUE of the launch: a tour that somebody else made may set any variable"""

    @property
    def support(self) -> tuple[Path, ...]:
        """Our own files that the program's interpreter reads."""
        return (INSIDE, debugpy_folder() / "debugpy")

    def debugged(
        self, address: str, token: str, patches: Mapping[str, int], places: Mapping[str, Sequence[int]]
    ) -> tuple[list[str], dict[str, str]]:
        """The command line and environment that run it under the debugger which connects to `address`.

        `places`: path -> the lines on which there may be breakpoints of the tour.
        """
        plan = {
            "debugpy": str(debugpy_folder()),
            "address": address,
            "token": token,
            "patches": dict(patches),
            "places": {path: list(lines) for path, lines in places.items()},
            "roots": list(self.paths.roots),
            "scratch": str(self.scratch),
        }
        env = {**self.environment.variables, "CODETOUR_PLAN": json.dumps(plan)}
        return [str(self.python), *self.flags, str(INSIDE / "bootstrap.py"), *self.target], env


def make_command(tree: Tree, tour: Tour, options: LaunchOptions, *, python: Path, scratch: Path) -> Command:
    """What `options` make of the tour's launch. A notebook's script is written to `scratch`.

    Raises NoEntryPoint when the entry's file is not there, SourceError when it cannot be read, EnvironmentProblem
    when there is no sandbox but one was asked for.
    """
    entry, launch = tour.entry, tour.launch
    if entry is None:
        raise NoEntryPoint("The tour does not say what to run.", hint="Make it anew with `codetour plan`.")
    root = Path(os.path.realpath(tree.root))
    if not (root / entry.file).is_file():
        raise NoEntryPoint(
            f"{entry.file} is not in {tree.name}.", hint="`codetour entries` lists what can be run."
        )
    scripts = _write_notebook(root, entry, scratch)
    paths = Paths(tree.root, scripts)
    argv = options.argv if options.argv is not None else launch.argv
    cwd = _folder(root, entry, launch, options)
    changes = tuple(
        o for o in launch.overrides if is_change(o) and o.arg.partition("=")[0] not in options.refused
    )
    given = with_copies(argv, changes, cwd, scratch)
    target, shown = _target(root, entry, launch, paths)
    launcher = launcher_arguments(options.launcher)
    sandbox = choose(options.sandbox)
    return Command(
        python=python,
        flags=launch.flags,
        target=(*launcher, *target, *given),
        shown=(str(python), *launch.flags, *launcher, *_relative(shown, root, cwd), *argv),
        cwd=cwd,
        environment=environment(options, launch.env, sandboxed=sandbox is not None),
        paths=paths,
        scratch=Path(os.path.realpath(scratch)),
        sandbox=sandbox,
        isolation=_isolation(options, sandbox),
        changes=changes if given != tuple(argv) else (),
        added=tuple(f"{name}={value}" for name, value in launch.env.items()),
    )


def with_activation(command: Command) -> Command:
    """With the variables that the environment's own scripts set; they are run, so only when the program is started."""
    variables = activated(command.python, command.environment.variables)
    return replace(command, environment=replace(command.environment, variables=variables))


def _isolation(options: LaunchOptions, sandbox: Bubblewrap | None) -> str:
    if sandbox is not None:
        return ISOLATED
    return f"{obstacle()}; {OPEN}" if options.sandbox == "auto" else ""


def command_text(command: Command) -> str:
    """The command as it could be typed."""
    return shlex.join(command.shown)


def debugpy_folder() -> Path:
    """The folder that holds the debugpy package."""
    spec = importlib.util.find_spec("debugpy")
    if spec is None or spec.origin is None:
        raise SessionError(
            "debugpy is missing from codetour's own environment.", hint="Install codetour again."
        )
    return Path(spec.origin).parent.parent


def launcher_arguments(words: tuple[str, ...]) -> tuple[str, ...]:
    """A launcher as interpreter arguments."""
    for names, module in LAUNCHERS.items():
        if words[: len(names)] == names:
            return (*module, *words[len(names) :])
    if words and words[0].startswith("python"):
        words = words[1:]
    if words and words[0] != "-m":
        raise EnvironmentProblem(
            f"{words[0]} is not a launcher that codetour knows.", hint="Name it as `-m MODULE ARGUMENTS`."
        )
    return words


def _write_notebook(root: Path, entry: TourEntry, scratch: Path) -> dict[str, Path]:
    if not entry.file.endswith(".ipynb"):
        return {}
    script = scratch / (PurePosixPath(entry.file).stem + ".py")
    script.write_text(read_source(root, entry.file).text, encoding="utf-8")
    return {entry.file: Path(os.path.realpath(script))}


def _folder(root: Path, entry: TourEntry, launch: Launch, options: LaunchOptions) -> Path:
    if options.cwd is not None:
        return options.cwd.absolute()
    if entry.file.endswith(".ipynb") and launch.cwd in {"", "."}:
        return (root / entry.file).parent  # where a notebook server would run it
    folder = root / launch.cwd
    return folder if folder.is_dir() else root


def _target(
    root: Path, entry: TourEntry, launch: Launch, paths: Paths
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What debugpy runs, and how a person would say it."""
    path = paths.program_path(entry.file)
    if entry.file.endswith(".ipynb"):
        folder = str((root / entry.file).parent)
        return (str(INSIDE / "run_notebook.py"), path, folder), (str(root / entry.file),)
    bare = entry.qualname != "<module>" and not _starts_itself(root, entry.file, entry.qualname)
    if launch.module and not bare:
        return ("-m", launch.module), ("-m", launch.module)
    if bare:
        top, module = importable(root, entry.file)
        folders = os.pathsep.join(dict.fromkeys((str(top), str(root))))
        function = f"{module}:{entry.qualname}"
        runner = (str(INSIDE / "run_function.py"), function, module.partition(".")[0], folders)
        return runner, ("-c", f"from {module} import {entry.qualname}; {entry.qualname}()")
    return (path,), (path,)


def importable(root: Path, file: str) -> tuple[Path, str]:
    """The folder to import from and the dotted name of a file: up while there are packages."""
    path = root / PurePosixPath(file)
    parts = [] if path.stem == "__init__" else [path.stem]
    folder = path.parent
    while folder != root.parent and (folder / "__init__.py").exists():
        parts.insert(0, folder.name)
        folder = folder.parent
    return folder, ".".join(parts)


def _starts_itself(root: Path, file: str, function: str) -> bool:
    """The file calls the function, or guards a start, when it is run as a script or module (`__main__.py`)."""
    try:
        body = ast.parse(read_source(root, file).text).body
    except (SyntaxError, ValueError, RecursionError):
        return True
    if any(isinstance(s, ast.If) and "__name__" in ast.dump(s.test) for s in body):
        return True
    calls = (n for s in body if isinstance(s, (ast.Expr, ast.Assign)) for n in ast.walk(s))
    return any(isinstance(n, ast.Call) and ast.unparse(n.func) == function for n in calls)


def _relative(words: tuple[str, ...], root: Path, cwd: Path) -> list[str]:
    """Files of the tree as they are written from the working directory."""
    return [os.path.relpath(w, cwd) if w.startswith(str(root) + os.sep) else w for w in words]
