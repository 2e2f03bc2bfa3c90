"""Isolation of the program with bubblewrap: what it may see, what it may write, what it cannot reach.

    sandbox = choose("bwrap")            # raises EnvironmentProblem where it cannot be had
    argv = sandbox.wrap(argv, command)   # copies the work tree, then the command line that starts the program in it

Inside there is no network, no other process, no home; the interpreter and the system are read-only. The repository
is a copy at its own path, so the program may write where it always does and nothing of it is kept. Large files and
virtual environments are not copied but shown read-only. The debugger's connections leave through one Unix socket.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from codetour.errors import EnvironmentProblem
from codetour.model.text import clean

if TYPE_CHECKING:
    from codetour.session.command import Command
    from codetour.session.options import Sandbox as Wish

PORT: Final = 47113
"""where the relay listens; the network inside is the sandbox's own, so nothing else can be there"""
SOCKET: Final = "debugger.sock"
RELAY: Final = "relay.py"

ISOLATED: Final = (
    "sandbox: no network, no home, the system read-only; what it writes into the tree is thrown away"
)
OPEN: Final = (
    "no sandbox: the program runs with your own rights; hidden tokens and offline switches are no isolation"
)

SYSTEM: Final = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/opt",
    "/nix/store",
    "/sys/devices/system",
)
SETTINGS: Final = (
    *("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/passwd", "/etc/group"),
    *(
        "/etc/nsswitch.conf",
        "/etc/hosts",
        "/etc/localtime",
        "/etc/alternatives",
        "/etc/fonts",
        "/etc/mime.types",
    ),
)
DEVICES: Final = ("nvidia*", "dri", "kfd")
DATA: Final = (
    *(".cache/huggingface/hub", ".cache/huggingface/datasets", ".cache/torch", ".cache/kagglehub", ".keras"),
    *("nltk_data", "scikit_learn_data", "tensorflow_datasets"),
)
"""folders of the home that hold downloaded models and data, and no credentials"""

COPIED_FILE: Final = 8 << 20
"""bytes up to which a file is copied; larger ones are data, shown read-only"""
COPIED_FILES: Final = 20_000
"""files after which further folders are shown read-only"""

PASSED_ON: Final = frozenset(
    {
        *("PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TERM", "NO_COLOR", "COLUMNS"),
        *("PYTHONPATH", "PYTHONHASHSEED", "PYTHONUTF8", "VIRTUAL_ENV", "CONDA_PREFIX", "LD_LIBRARY_PATH"),
        *("CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"),
    }
)
"""variables that the cleared environment keeps"""


def choose(wish: Wish) -> Bubblewrap | None:
    """The sandbox that was asked for; None for none. Raises EnvironmentProblem when `bwrap` cannot be had."""
    if wish == "none":
        return None
    problem = obstacle()
    if problem and wish == "bwrap":
        raise EnvironmentProblem(
            f"The sandbox cannot be had: {problem}.",
            hint="Install bubblewrap (apt install bubblewrap, dnf install bubblewrap), or leave --sandbox out.",
        )
    return None if problem else Bubblewrap()


def obstacle() -> str:
    """Why there is no sandbox on this machine; empty when there is one."""
    found = shutil.which("bwrap")
    if found is None:
        return "bubblewrap (bwrap) is not installed"
    trial = (found, "--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "--proc", "/proc", "true")
    try:
        done = subprocess.run(
            trial, capture_output=True, text=True, errors="replace", timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return "bubblewrap does not start"
    said = clean((done.stderr.strip().splitlines() or ["no reason given"])[-1], 200)
    return f"bubblewrap does not work here ({said})" if done.returncode else ""


def cleared(variables: dict[str, str]) -> dict[str, str]:
    """Of our own environment what the program needs to run at all."""
    return {k: v for k, v in variables.items() if k in PASSED_ON or k.startswith("LC_")}


@dataclass(frozen=True, slots=True)
class Bubblewrap:
    """A way to run a command under bubblewrap."""

    def wrap(self, argv: list[str], command: Command, scratch: Path) -> list[str]:
        """`argv` inside the sandbox. The work tree is copied below `scratch`, which also holds the socket.

        Raises OSError when the copy cannot be made, EnvironmentProblem when the interpreter does not answer.
        """
        root = command.paths.root
        copy = scratch / "tree"
        kept = copy_tree(root, copy)
        readable = [*interpreter_folders(command.python), *command.support, scratch]
        readable += [p for p in search_path(command.environment.variables) if p != root]
        if root not in (command.cwd, *command.cwd.parents):
            readable.append(command.cwd)
        words = ["bwrap", "--die-with-parent", "--new-session", "--unshare-all", "--cap-drop", "ALL"]
        for path in (*SYSTEM, *SETTINGS):
            words += ["--ro-bind-try", path, path]
        words += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--tmpfs", str(Path.home())]  # noqa: S108
        for pattern in DEVICES:
            words += [
                w for p in sorted(Path("/dev").glob(pattern)) for w in ("--dev-bind-try", str(p), str(p))
            ]
        words += [w for d in DATA for w in ("--ro-bind-try", str(Path.home() / d), str(Path.home() / d))]
        words += _bound(p for p in readable if root not in (p, *p.parents))
        words += ["--bind", str(copy), str(root)]
        words += _bound([*kept, *(p for p in readable if root in p.parents)])
        relay = Path(__file__).with_name("inside") / RELAY
        words += ["--chdir", str(command.cwd), "--", str(command.python), "-I", "-S", str(relay)]
        return [*words, str(scratch / SOCKET), str(PORT), json.dumps(limits()), *argv]


def _bound(paths: Iterable[Path]) -> list[str]:
    """Read-only mounts, outer folders before those inside them."""
    found = sorted(set(paths), key=lambda p: (len(p.parts), p))
    return [w for p in found for w in ("--ro-bind-try", str(p), str(p))]


def limits() -> dict[str, int]:
    """Resource limits of each process inside: memory of its own (address space is no measure: CUDA reserves far
    more than it uses), processor time, size of one file, number of processes.
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "RLIMIT_DATA": max(memory, 4 << 30),
        "RLIMIT_CPU": 6 * 3600,
        "RLIMIT_FSIZE": 32 << 30,
        "RLIMIT_NPROC": 4096,
        "RLIMIT_CORE": 0,
    }


def search_path(variables: dict[str, str]) -> list[Path]:
    """Folders of PYTHONPATH; never one that would bring the home or the whole disk in."""
    found = [Path(p) for p in variables.get("PYTHONPATH", "").split(os.pathsep) if p.startswith(os.sep)]
    return [p for p in found if _is_narrow(p)]


def interpreter_folders(python: Path) -> list[Path]:
    """What the interpreter needs to be seen: its prefixes and every folder that it imports from."""
    question = (
        "import json, sys; print(json.dumps([sys.prefix, sys.base_prefix, sys.exec_prefix, *sys.path]))"
    )
    try:
        done = subprocess.run(
            [str(python), "-I", "-c", question], capture_output=True, text=True, timeout=30, check=True
        )
        told = [Path(p) for p in json.loads(done.stdout.splitlines()[-1]) if p]
    except (OSError, subprocess.SubprocessError, ValueError, IndexError, TypeError) as error:
        raise EnvironmentProblem(f"{clean(str(python))} does not say where its libraries are.") from error
    told += [python.parent, Path(os.path.realpath(python)).parent]
    found = [q for p in told for q in (p, Path(os.path.realpath(p))) if p.is_absolute() and _is_narrow(q)]
    return [p for p in dict.fromkeys(found) if not str(p).startswith("/usr/") or p.parts[2:3] == ("local",)]


def _is_narrow(path: Path) -> bool:
    home = Path.home()
    return path != home and path not in home.parents and path.exists()


def copy_tree(root: Path, copy: Path) -> list[Path]:
    """Copy a work tree; what was not copied (large files, `.git`, virtual environments, folders beyond the bound).

    Links are copied as links; one that leads out of the tree leads nowhere inside.
    """
    kept: list[Path] = []
    count = 0
    for folder, names, files in os.walk(root):
        here = Path(folder)
        target = copy / here.relative_to(root)
        target.mkdir(parents=True, exist_ok=True)
        for name in list(names):
            path = here / name
            if path.is_symlink():
                names.remove(name)
                (target / name).symlink_to(path.readlink())
            elif name == ".git" or (path / "pyvenv.cfg").exists() or count > COPIED_FILES:
                names.remove(name)
                (target / name).mkdir()
                kept.append(path)
        for name in files:
            path = here / name
            count += 1
            if path.is_symlink():
                (target / name).symlink_to(path.readlink())
            elif not path.is_file():
                continue  # a pipe, a socket, a device
            elif path.stat().st_size > COPIED_FILE:
                (target / name).touch()
                kept.append(path)
            else:
                shutil.copy2(path, target / name)
    return kept
