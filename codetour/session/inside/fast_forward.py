"""The program runs untraced while nobody needs more of it than the places that have a hook: `install(...)`.

Up to Python 3.11 the debugger is called for each call of every function (`sys.settrace`), which makes loops of plain
Python seven to eight times as slow; from 3.12 on for each line of a function that holds a breakpoint, which makes that
one fifty times as slow. The places at which a tour may want to stop are known before it starts, so each gets a hook
when its file is compiled (`hooks`), and a breakpoint on such a line is kept from the debugger: the hook waits for it,
and halts the program in the debugger's own way. Everything else (a breakpoint elsewhere, a step, a pause, another
thread that stands still) is traced as ever (`tracing_switch`), for as long as it takes.

Whatever is in doubt is the debugger's too: a file that came to run without its hooks, a line that takes none, the
second turn of a loop whose own line is meant, an error in here.
Runs in the user's interpreter, Python 3.8 and later, standard library only.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

ALWAYS = "CODETOUR_TRACE_ALWAYS"
"""set in the environment, tracing stays on"""
COMPILED = "TORCHDYNAMO_DISABLE"
"""where this is not set, functions may be compiled from their bytecode, hooks and all"""
LOGGED = 10_000
RUNS = 1
"""the debugger's state of a thread that runs"""
NEAR = 8
"""bytes of instructions between the begin of a line and the call of the hook that begins it"""


class File:
    """A file in which there are places to come."""

    def __init__(self, path: str, lines: list[int]) -> None:
        self.path = path
        self.lines = set(lines)
        """those on which a hook waits, or will once the file was compiled"""
        self.hooks: dict[int, Any] = {}
        self.armed: dict[int, Any] = {}
        """line -> what the debugger wants there"""

    def covers(self, breakpoint_: Any) -> bool:
        """A hook does what the debugger would."""
        return breakpoint_.line in self.lines and not breakpoint_.is_logpoint

    def arm(self, wanted: dict[int, Any]) -> dict[int, Any]:
        """Take those that are covered; the others."""
        self.armed = {line: b for line, b in wanted.items() if self.covers(b)}
        for line, hook in self.hooks.items():
            hook.breakpoint = self.armed.get(line)
        return {line: b for line, b in wanted.items() if line not in self.armed}


class FastForward:
    """What is known in one process; the debugger's methods come here first."""

    def __init__(self, files: dict[str, list[int]], hooks: Any, switch: Any) -> None:
        self.places = files
        """for the processes to come too: a function that they get by value has no hook there either"""
        self.hooks = hooks
        self.switch = switch
        self.constants: Any = importlib.import_module("_pydevd_bundle.pydevd_constants")
        self.commands: Any = importlib.import_module("_pydevd_bundle.pydevd_comm_constants")
        paths: Any = importlib.import_module("pydevd_file_utils")
        self.canonical: Callable[[str], str] = paths.canonical_normalized_path
        self.files = {self.canonical(path): File(path, lines) for path, lines in files.items()}
        self.named: dict[str, File | None] = {}
        """a code's name of its file -> the file, if it is one of ours"""
        self.made: dict[int, Any] = {}
        """id -> code with hooks in it"""
        self.updating = 0
        self.begin_anew()

    def begin_anew(self) -> None:
        """Also after a fork: the child hears of its breakpoints from the debugger that it gets."""
        self.turn = threading.Lock()
        """one thread at a time stands at a hook, so that each pass is a halt of its own"""
        self.halted: dict[int, tuple[int, int, int]] = {}
        """thread -> (frame, line, instruction) where the debugger halted it last"""
        self.updating = 0
        for file in self.files.values():
            file.arm({})

    # -- files

    def file_of(self, name: str) -> File | None:
        """The file that a code names as its own."""
        try:
            return self.named[name]
        except KeyError:
            if len(self.named) > LOGGED:
                self.named.clear()
            try:
                found = None if name.startswith("<") else self.files.get(self.canonical(name))
            except (OSError, ValueError):
                found = None  # no name of a file
            self.named[name] = found
            return found

    def concerns(self, path: str) -> bool:
        file = self.file_of(path)
        return file is not None and bool(file.lines)

    def step(self, raw: bytes, path: str) -> Any:
        """For `compiling`: the change of the tree that puts the hooks of a file in, and what is left to do."""
        file = self.file_of(path)
        if file is None:
            return None
        placed: dict[int, bool] = {}

        def hook_of(line: int) -> Any:
            return self.hook(file, line, loop=placed.get(line, False))

        def change(tree: Any) -> Any:
            placed.update(self.hooks.insert(tree, file.lines, raw))
            return finish if placed else None

        def finish(code: Any) -> Any:
            made = self.hooks.with_hooks(code, hook_of)
            self.made[id(made)] = made
            if not file.lines <= set(placed):
                self.leave(file, file.lines - set(placed))
            return made

        return change

    def hook(self, file: File, line: int, *, loop: bool) -> Any:
        found = file.hooks.get(line)
        if found is None:
            found = file.hooks[line] = self.hooks.Hook(file.path, line, self.halt, loop=loop)
            found.breakpoint = file.armed.get(line)
        return found

    def again(self, path: str, line: int, loop: bool) -> Any:  # noqa: FBT001 - as it is called
        """For `hooks`: a function came from another process by value, its file may never be read in this one."""
        file = self.file_of(path)
        return self.hook(file, line, loop=loop) if file is not None and line in file.lines else 0

    def elsewhere(self, code: Any) -> None:
        """For `compiling`: code came to be another way than by `step`; a file of ours may come to run without hooks."""
        name = getattr(code, "co_filename", None)
        file = self.file_of(name) if type(name) is str else None
        if file is not None and file.lines and id(code) not in self.made:
            self.leave(file, set(file.lines))

    def leave(self, file: File, lines: set[int]) -> None:
        """These are the debugger's again."""
        file.lines -= lines
        self.places[file.path] = sorted(file.lines)
        db = self.constants.get_global_debugger()
        if db is not None and any(line in file.armed for line in lines):
            self.share(db)
            db.on_breakpoints_changed()
            self.switch.set_here(db, sys._getframe())  # pyright: ignore[reportPrivateUsage] # noqa: SLF001

    def give_up(self) -> None:
        """Something is wrong in here: everything is traced as ever."""
        for file in self.files.values():
            with contextlib.suppress(Exception):
                self.leave(file, set(file.lines))

    # -- breakpoints

    def share(self, db: Any) -> None:
        """Give the hooks what is theirs of the debugger's breakpoints."""
        for path, file in self.files.items():
            wanted = {b.line: b for b in list(db.file_to_id_to_line_breakpoint.get(path, {}).values())}
            rest = file.arm(wanted)
            if wanted:
                db.breakpoints[path] = rest

    # -- halts

    def halt(self, hook: Any, frame: Any) -> None:
        """The program has come to a place at which somebody waits."""
        try:
            db = self.constants.get_global_debugger()
            if db is None or db.pydb_disposed:
                return
            thread = threading.current_thread()
            if getattr(thread, "is_pydev_daemon_thread", False):
                return
            info = db.set_additional_thread_info(thread)
            if info.is_tracing or self.stood_here(frame):
                return
            info.is_tracing += 1
            try:
                with self.turn:
                    self.switch.standing.add(thread.ident)
                    self.switch.asleep(lambda: self.stand(db, thread, info, hook, frame))
            finally:
                self.switch.standing.discard(thread.ident)
                info.is_tracing -= 1
        except Exception:  # noqa: BLE001 - the program must not fail because of us
            self.give_up()

    def stood_here(self, frame: Any) -> bool:
        """The debugger, tracing, halted this thread at the begin of the line, and it has been seen there."""
        where = self.halted.pop(threading.get_ident(), None)
        if where is None or where[:2] != (id(frame), frame.f_lineno):
            return False
        return 0 < frame.f_lasti - where[2] <= NEAR

    def stand(self, db: Any, thread: Any, info: Any, hook: Any, frame: Any) -> None:
        while info.pydev_state != RUNS:
            # the others stand still by now: with them first
            db.do_wait_suspend(thread, frame, "line", None)
        wanted = hook.breakpoint
        if wanted is not None and (
            not wanted.has_condition or db.handle_breakpoint_condition(info, wanted, frame)
        ):
            reason = self.commands.CMD_SET_BREAK
            everybody = wanted.suspend_policy == "ALL"
            db.set_suspend(thread, reason, suspend_other_threads=everybody, suspend_requested=True)
            info.hit_breakpoint_ids = [wanted.breakpoint_id]
            db.do_wait_suspend(thread, frame, "line", None)
            if hook.loop:
                self.leave(self.files[self.canonical(hook.path)], {hook.line})
        self.halted.pop(threading.get_ident(), None)

    # -- the debugger's own methods

    def take_over(self, pydevd: Any, processor: Any) -> None:
        """Put ourselves before the methods of the debugger that are concerned."""
        kind = pydevd.PyDB
        consolidate, changed, wait = (
            kind.consolidate_breakpoints,
            kind.on_breakpoints_changed,
            kind.do_wait_suspend,
        )
        request = processor.on_setbreakpoints_request

        def consolidate_breakpoints(db: Any, path: str, by_id: Any, by_file: Any) -> None:
            consolidate(db, path, by_id, by_file)
            file = self.files.get(path)
            if file is not None and by_file is db.breakpoints:
                by_file[path] = {line: b for line, b in by_file[path].items() if not file.covers(b)}

        def on_breakpoints_changed(db: Any, removed: bool = False) -> None:  # noqa: FBT001, FBT002 - as it is called
            if not self.updating:
                self.share(db)
            changed(db, removed)
            if not self.updating:
                self.switch.settle(db)

        def on_setbreakpoints_request(own: Any, db: Any, asked: Any) -> Any:
            # all at once: a pass between taking the old ones away and setting the new ones is not missed
            self.updating += 1
            try:
                return request(own, db, asked)
            finally:
                self.updating -= 1
                self.share(db)
                self.switch.settle(db)

        def do_wait_suspend(db: Any, thread: Any, frame: Any, event: str, *args: Any, **named: Any) -> None:
            if event == "line":
                self.halted[threading.get_ident()] = (id(frame), frame.f_lineno, frame.f_lasti)
            wait(db, thread, frame, event, *args, **named)

        kind.consolidate_breakpoints = consolidate_breakpoints
        kind.on_breakpoints_changed = on_breakpoints_changed
        kind.do_wait_suspend = do_wait_suspend
        processor.on_setbreakpoints_request = on_setbreakpoints_request


def can_be_had() -> bool:
    """Nothing else reads the bytecode of the program; tracing can be switched on from outside a thread."""
    if os.environ.get(ALWAYS) or os.environ.get(COMPILED) != "1":
        return False
    if sys.version_info >= (3, 12):
        return True
    evaluation: Any = importlib.import_module("_pydevd_frame_eval.pydevd_frame_eval_main")
    tracing: Any = importlib.import_module("pydevd_tracing")
    return evaluation.frame_eval_func is None and tracing._load_python_helper_lib() is not None  # noqa: SLF001


def install(
    files: dict[str, list[int]], load: Callable[[str], Any], load_as_debugger: Callable[[str], Any]
) -> Any:
    """The switch of this process; None where it cannot be had.

    `files`: path -> every line on which there may be a breakpoint of the tour. The two last give a file beside this one
    as a module.
    """
    if not files or not can_be_had():
        return None
    switch = load_as_debugger("tracing_switch").new_switch()
    hooks = load_as_debugger("hooks")
    found = FastForward(files, hooks, switch)
    hooks.places[:] = [found.again]
    for module in list(sys.modules.values()):
        name = getattr(module, "__file__", None)
        file = found.file_of(name) if isinstance(name, str) else None
        if file is not None:
            found.leave(file, set(file.lines))  # it came before us
    pydevd: Any = importlib.import_module("pydevd")
    json: Any = importlib.import_module("_pydevd_bundle.pydevd_process_net_command_json")
    switch.take_over(pydevd.PyDB, importlib.import_module("_pydevd_bundle.pydevd_api").PyDevdAPI)
    found.take_over(pydevd, json.PyDevJsonCommandProcessor)
    compiling = load("compiling")
    compiling.add(found.concerns, found.step)
    compiling.watch(str(Path(pydevd.__file__).parent) + os.sep, found.elsewhere)
    os.register_at_fork(after_in_child=switch.begin_anew)
    os.register_at_fork(after_in_child=found.begin_anew)
    load_as_debugger("crashes").tell(pydevd)
    return switch
