"""The call graph against calls that really happened.

    PYTHON tests/benchmarks/callgraph_recorded.py record calls.json ROOT SCRIPT [ARGS...]
    python tests/benchmarks/callgraph_recorded.py score calls.json ROOT

`record` runs SCRIPT in any Python from 3.11 on, which needs no codetour, and writes who called whom below ROOT:
the nearest function of the repository on the stack counts as the caller, `through` says whether a library stood
between. `score` builds the graph and says what it lacks (recall, apart for calls through libraries) and what it
has too much: precision looks only at functions of which every line ran, since elsewhere a call may just not have
happened. Comprehensions count as the function round them; module bodies are never callees; threads are followed.
"""

from __future__ import annotations

import json
import re
import runpy
import subprocess
import sys
import threading
from collections import defaultdict
from pathlib import Path
from types import CodeType, FrameType

INNER = {"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"}
OPTIMIZED = 0x1
"""flag of functions: class bodies lack it"""
LAMBDA = re.compile(r"<lambda\d*>")


class Recorder:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.names: dict[CodeType, str | None] = {}
        self.calls: dict[tuple[str, str], bool] = {}
        self.lines: defaultdict[CodeType, set[int]] = defaultdict(set)

    def name(self, code: CodeType) -> str | None:
        if code not in self.names:
            self.names[code] = self._name(code)
        return self.names[code]

    def _name(self, code: CodeType) -> str | None:
        path = Path(code.co_filename)
        if not path.is_relative_to(self.root) or "site-packages" in path.parts or path.suffix != ".py":
            return None
        module = path.relative_to(self.root).as_posix()[:-3].removesuffix("/__init__").replace("/", ".")
        parts = [p for p in code.co_qualname.replace(".<locals>", "").split(".") if p not in INNER]
        inside = code.co_flags & OPTIMIZED and parts != ["<module>"]
        return ".".join([module, *parts]) if inside and parts else module

    def profile(self, frame: FrameType, event: str, _arg: object) -> None:
        code = frame.f_code
        if event != "call" or not code.co_flags & OPTIMIZED or code.co_name in INNER:
            return
        callee = self.name(code)
        above = frame.f_back
        while callee and above is not None:
            caller = self.name(above.f_code)
            if caller:
                through = above is not frame.f_back
                self.calls[caller, callee] = self.calls.get((caller, callee), True) and through
                return
            above = above.f_back

    def trace(self, frame: FrameType, event: str, _arg: object) -> object:
        if self.name(frame.f_code) is None:
            return None
        self.lines[frame.f_code].add(frame.f_lineno)
        return self.trace

    def whole(self) -> list[str]:
        """Functions of which every line ran."""
        complete: dict[str, bool] = {}
        for code, ran in self.lines.items():
            nested = {n for c in code.co_consts if isinstance(c, CodeType) for _, _, n in c.co_lines()}
            lines = {n for _, _, n in code.co_lines() if n and n != code.co_firstlineno} - nested
            name = self.name(code)
            if name and code.co_flags & OPTIMIZED and code.co_name not in INNER:
                complete[name] = complete.get(name, True) and lines <= ran
        return sorted(name for name, done in complete.items() if done)


def record(out: str, root: str, script: str, args: list[str]) -> None:
    recorder = Recorder(Path(root).resolve())
    sys.argv = [script, *args]
    sys.path[0] = str(Path(script).resolve().parent)
    threading.setprofile(recorder.profile)
    threading.settrace(recorder.trace)
    sys.setprofile(recorder.profile)
    sys.settrace(recorder.trace)
    try:
        runpy.run_path(str(Path(script).resolve()), run_name="__main__")
    finally:
        sys.setprofile(None)
        sys.settrace(None)
        entry = Path(script).resolve().relative_to(recorder.root).as_posix()
        rows = [[a, b, through] for (a, b), through in sorted(recorder.calls.items())]
        Path(out).write_text(json.dumps({"entry": entry, "calls": rows, "whole": recorder.whole()}))


def score(file: str, root: str) -> None:
    told = json.loads(Path(file).read_text())
    command = [
        sys.executable,
        "-m",
        "codetour",
        "graph",
        "-q",
        f"{root}/{told['entry']}",
        "--root",
        root,
        "--json",
    ]
    graph = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    plain = {n["id"]: LAMBDA.sub("<lambda>", n["id"]) for n in graph["nodes"] if n["file"]}
    found = {(plain[e["caller"]], plain[e["callee"]]) for e in graph["edges"] if e["callee"] in plain}
    happened = {(a, b): through for a, b, through in told["calls"]}
    judged = {e for e in found if e[0] in told["whole"]}
    for title, wanted in (
        ("recall", set(happened)),
        ("recall through libraries", {e for e, through in happened.items() if through}),
    ):
        missed = sorted(wanted - found)
        print(f"{title}: {len(wanted) - len(missed)} of {len(wanted)}", *missed, sep="\n  missed ")
    wrong = sorted(judged - set(happened))
    print(f"precision: {len(judged) - len(wrong)} of {len(judged)}", *wrong, sep="\n  too many ")


if __name__ == "__main__":
    if sys.argv[1] == "record":
        record(sys.argv[2], sys.argv[3], sys.argv[4], sys.argv[5:])
    else:
        score(sys.argv[2], sys.argv[3])
