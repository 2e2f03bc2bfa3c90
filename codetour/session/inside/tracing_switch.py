"""Tracing, on in every thread while somebody needs it and off in all of them else: `new_switch().settle(db)`.

`db` is the debugger in the process. What needs tracing: a breakpoint that is its own, a step under way, a thread that
is to stand still and does not yet. From Python 3.12 on the debugger itself asks for no more events than it needs, and
there is little to switch.
Runs in the user's interpreter, Python 3.8 and later, standard library only.
"""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Callable
from typing import Any

RUNS = 1
"""the debugger's state of a thread that runs"""
EXACT = sys.version_info >= (3, 10)
"""before, a frame that was traced once does not know its line when it is traced no longer: tracing, once on, stays"""


class Switch:
    """Of one process."""

    def __init__(self) -> None:
        self.tracing: Any = importlib.import_module("pydevd_tracing")
        self.constants: Any = importlib.import_module("_pydevd_bundle.pydevd_constants")
        self.begin_anew()

    def begin_anew(self) -> None:
        """Also after a fork: the child gets a debugger of its own."""
        self.lock = threading.RLock()
        self.on = False
        self.standing: set[int | None] = set()
        """threads that stand, or are about to without being traced"""

    def settle(self, db: Any) -> None:
        """Look whether it is needed, and see that all other threads are as they should be."""
        with self.lock:
            wanted = self.wanted(db)
            if wanted and not self.on:
                self.on = True
                self.set_elsewhere(db, db.trace_dispatch)
            elif self.on and not wanted and (EXACT or not db.ready_to_run):
                self.on = False
                self.set_elsewhere(db, self.let_go)

    def wanted(self, db: Any) -> bool:
        """Something cannot be had without tracing."""
        if any(db.breakpoints.values()) or db.function_breakpoint_name_to_breakpoint:
            return True
        if db.break_on_caught_exceptions or db.break_on_user_uncaught_exceptions:
            return True
        return any(self.needs_tracing(thread) for thread in threads())

    def needs_tracing(self, thread: Any) -> bool:
        """It makes a step, or is to stand still and does not yet."""
        info = getattr(thread, "additional_info", None)
        if info is None or thread.ident in self.standing:
            return False
        return info.pydev_state != RUNS or info.pydev_step_cmd != -1

    def set_elsewhere(self, db: Any, function: Any) -> None:
        """The trace function of every other thread; the calling one sees to its own."""
        if not db.ready_to_run:
            return
        own = threading.get_ident()
        frames = sys._current_frames()  # pyright: ignore[reportPrivateUsage] # noqa: SLF001
        others = [t.ident for t in threads() if t.ident in frames and t.ident != own]
        if others:
            self.tracing.set_trace_to_threads(function, others, create_dummy_thread=False)
        for ident in others if self.on else ():
            db.set_trace_for_frame_and_parents(ident, frames[ident])

    def set_here(self, db: Any, frame: Any) -> None:
        """The calling thread as all others; `frame` is where the program is in it."""
        with self.lock:
            traced = sys.gettrace() is not None
            if self.on and not traced:
                self.tracing.SetTrace(db.trace_dispatch)
                db.set_trace_for_frame_and_parents(threading.get_ident(), frame)
            elif traced and not self.on:
                self.tracing.SetTrace(None)

    def asleep(self, wait: Callable[[], None]) -> None:
        """Wait without being traced; the debugger's note that it is at work in the thread does that here."""
        wait()

    def let_go(self, frame: Any, event: str, arg: Any) -> Any:
        """The trace function of a thread that is to be traced no longer."""
        db = self.constants.get_global_debugger()
        with self.lock:
            if not self.on or db is None:
                self.tracing.SetTrace(None)
                return None
        return db.trace_dispatch(frame, event, arg)

    def take_over(self, db_type: Any, api: Any) -> None:
        """Nobody traces but through here."""
        enable, set_frames = db_type.enable_tracing, db_type.set_trace_for_frame_and_parents
        suspend, wait, resume = db_type.set_suspend, db_type.do_wait_suspend, api.request_resume_thread

        def enable_tracing(db: Any, function: Any = None, apply_to_all_threads: bool = False) -> None:  # noqa: FBT001, FBT002 - as it is called
            with self.lock:
                if self.on:
                    enable(db, function, apply_to_all_threads)
                elif sys.gettrace() is not None:
                    self.tracing.SetTrace(None)

        def set_trace_for_frame_and_parents(db: Any, ident: int, frame: Any, **named: Any) -> None:
            if self.on:
                set_frames(db, ident, frame, **named)

        def set_suspend(db: Any, *args: Any, **named: Any) -> None:
            suspend(db, *args, **named)
            self.settle(db)

        def do_wait_suspend(db: Any, thread: Any, frame: Any, *args: Any, **named: Any) -> None:
            self.standing.add(thread.ident)
            try:
                wait(db, thread, frame, *args, **named)
            finally:
                self.standing.discard(thread.ident)
            self.settle(db)
            self.set_here(db, frame)

        def request_resume_thread(own: Any, thread_id: str) -> None:
            resume(own, thread_id)
            db = self.constants.get_global_debugger()
            if db is not None:
                self.settle(db)  # a thread in compiled code may never have stood still

        db_type.enable_tracing = enable_tracing
        db_type.set_trace_for_frame_and_parents = set_trace_for_frame_and_parents
        db_type.set_suspend = set_suspend
        db_type.do_wait_suspend = do_wait_suspend
        api.request_resume_thread = request_resume_thread


class Monitored:
    """From Python 3.12 on; the same calls."""

    on = True

    def __init__(self) -> None:
        package: Any = importlib.import_module("_pydevd_sys_monitoring")
        self.monitoring: Any = package.pydevd_sys_monitoring
        self.begin_anew()

    def begin_anew(self) -> None:
        self.standing: set[int | None] = set()

    def settle(self, db: Any) -> None:
        """The debugger does."""

    def set_here(self, db: Any, frame: Any) -> None:
        """The debugger does."""

    def asleep(self, wait: Callable[[], None]) -> None:
        """No events for what is evaluated meanwhile; afterwards those that a step needs, or none."""
        traced = self.monitoring.suspend_current_thread_tracing()
        try:
            wait()
        finally:
            if traced:
                self.monitoring.resume_current_thread_tracing()
        self.monitoring.update_monitor_events()

    def take_over(self, db_type: Any, api: Any) -> None:
        """There is nothing to be before."""


def new_switch() -> Switch | Monitored:
    """Of this process."""
    return Switch() if sys.version_info < (3, 12) else Monitored()


def threads() -> list[Any]:
    """The program's own; without taking the lock that the program may hold."""
    found = list(getattr(threading, "_active").values())  # noqa: B009 - it has no public name
    return [
        t
        for t in found
        if not getattr(t, "is_pydev_daemon_thread", False) and not getattr(t, "pydev_do_not_trace", False)
    ]
