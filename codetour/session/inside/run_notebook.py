"""Runs a notebook's code as a script: `run_notebook.py SCRIPT FOLDER ARGS...`.

Runs in the user's interpreter, Python 3.8 and later, standard library only. The script lies in a scratch folder, but
imports and `__main__` are as if it lay in FOLDER, where the notebook is. `display` and `get_ipython`, which a kernel
provides, exist and do nothing.
"""

import builtins
import sys
import types


class Nothing:
    """Answers every call and attribute with itself."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *args, **kwargs):
        return self


def main():
    script, folder = sys.argv[1:3]
    sys.argv = [script, *sys.argv[3:]]
    sys.path[0] = folder
    for name in ("display", "get_ipython"):
        if not hasattr(builtins, name):
            setattr(builtins, name, Nothing())
    module = types.ModuleType("__main__")
    module.__file__ = script
    module.__builtins__ = builtins
    sys.modules["__main__"] = module
    with open(script, "rb") as file:
        code = compile(file.read(), script, "exec")
    exec(code, module.__dict__)


if __name__ == "__main__":
    main()
