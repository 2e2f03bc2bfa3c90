"""Runs in the interpreter that is asked, with `-I -S`: what it is, and which top-level modules it could import.

Standard library of Python 3.8 and later only; nothing is imported from where it looks. `.pth` files that are code are
read, never run.
"""

import ast
import importlib.machinery
import json
import os
import sys
import sysconfig
from typing import Any, List, Set, Tuple


def package_folders(extra: List[str]) -> List[str]:
    """Where this interpreter would look for packages if `site` had run."""
    executable = sys.argv[1]
    folders = [f for f in extra if os.path.isdir(f)]
    environment = os.path.dirname(os.path.dirname(executable))
    settings = os.path.join(environment, "pyvenv.cfg")
    shares = True
    if os.path.isfile(settings):
        with open(settings, encoding="utf-8", errors="replace") as file:
            shares = "include-system-site-packages = true" in file.read().lower()
        version = "python%d.%d" % sys.version_info[:2]
        for library in ("lib", "lib64"):
            folders.append(os.path.join(environment, library, version, "site-packages"))
        folders.append(os.path.join(environment, "Lib", "site-packages"))
    if shares:
        paths = sysconfig.get_paths()
        folders += [paths["purelib"], paths["platlib"]]
        prefix = "/usr/lib/python3/dist-packages"  # Debian's own place
        if paths["purelib"].startswith("/usr"):
            folders.append(prefix)
        folders.append(os.path.expanduser("~/.local/lib/python%d.%d/site-packages" % sys.version_info[:2]))
    return [f for f in dict.fromkeys(folders) if os.path.isdir(f)]


def read_links(folder: str) -> Tuple[List[str], Set[str]]:
    """Folders and module names that `.pth` files and editable installs add."""
    folders: List[str] = []
    names: Set[str] = set()
    for entry in sorted(os.listdir(folder)):
        path = os.path.join(folder, entry)
        if entry.endswith(".pth"):
            with open(path, encoding="utf-8", errors="replace") as file:
                for line in map(str.strip, file.read(65536).splitlines()):
                    if line and not line.startswith(("#", "import ", "import\t")):
                        folders.append(os.path.join(folder, line))
        elif entry.startswith("__editable__") and entry.endswith("_finder.py"):
            names.update(mapping_of(path))
    return [f for f in folders if os.path.isdir(f)], names


def mapping_of(path: str) -> Set[str]:
    """Names that an editable install's finder maps to folders."""
    try:
        with open(path, encoding="utf-8") as file:
            tree = ast.parse(file.read(1 << 20))
        for node in tree.body:
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                if isinstance(target, ast.Name) and target.id == "MAPPING":
                    return set(ast.literal_eval(node.value))
    except (OSError, ValueError, SyntaxError):
        pass
    return set()


def standard(name: str) -> bool:
    """The name belongs to this version's standard library."""
    known = getattr(sys, "stdlib_module_names", None)
    if known is not None:
        return name in known
    if name in sys.builtin_module_names:
        return True
    library = sysconfig.get_paths()["stdlib"]
    return (
        importlib.machinery.PathFinder.find_spec(name, [library, os.path.join(library, "lib-dynload")])
        is not None
    )


def main() -> None:
    asked: Any = json.loads(sys.stdin.read())
    folders = package_folders(asked["extra"])
    names: Set[str] = set()
    for folder in list(folders):
        more, editable = read_links(folder)
        folders += [f for f in more if f not in folders]
        names |= editable
    find = importlib.machinery.PathFinder.find_spec
    missing = [n for n in asked["names"] if n not in names and not standard(n) and find(n, folders) is None]
    answer = {
        "version": list(sys.version_info[:3]),
        "implementation": sys.implementation.name,
        "executable": sys.executable,
        "missing": missing,
    }
    sys.stdout.write(json.dumps(answer))


main()
