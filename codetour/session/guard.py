"""Runs a command so that nothing of it outlives the one who asked: `python -I -S guard.py FD FOLDER COMMAND...`.

Started as a script in codetour's own interpreter, standard library only. The command gets a session of its own. FD is
one end of a socket: when it closes (the asker died, however) or "kill" comes, every process that the command started
is killed, however far it has detached (Linux: orphans are adopted by this process). When the command ends by itself,
what it left behind is killed too. FOLDER, which was made for this one run, is removed at the end. Tells "pid N" at
the start and "exit N" at the end (negative: the signal).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
KILL_ROUNDS = 200


def prctl(option: int, value: int) -> None:
    """Linux only; elsewhere nothing happens and the process group has to do."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def parents() -> dict[int, int]:
    """Pid -> parent of every process."""
    if Path("/proc/self/stat").exists():
        return dict(_proc_parents())
    listing = subprocess.run(["ps", "-axo", "pid=,ppid="], capture_output=True, text=True, check=False).stdout
    return {int(pid): int(parent) for pid, parent in (line.split() for line in listing.splitlines())}


def _proc_parents() -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for name in os.listdir("/proc"):  # noqa: PTH208 - names are enough, and cheaper
        if name.isdigit():
            try:
                # the command's name may hold blanks and brackets: fields count from the last bracket
                state, parent = (
                    Path(f"/proc/{name}/stat").read_text(errors="replace").rsplit(")", 1)[1].split()[:2]
                )
            except (OSError, IndexError, ValueError):
                continue
            if state not in "ZX":
                found.append((int(name), int(parent)))
    return found


def descendants(root: int) -> list[int]:
    """Every living process below `root`."""
    below: dict[int, list[int]] = {}
    for pid, parent in parents().items():
        below.setdefault(parent, []).append(pid)
    found: list[int] = []
    todo = list(below.get(root, ()))
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += below.get(pid, ())
    return found


def kill_all(child: int) -> None:
    """Kill the command's process group and every descendant, until none is left."""
    for _ in range(KILL_ROUNDS):
        left = descendants(os.getpid())
        for pid in left:
            _kill(pid)
        try:
            os.killpg(child, signal.SIGKILL)
        except OSError:
            if not left:
                return
        reap(child)
        time.sleep(0.005)


def _kill(pid: int) -> None:
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGKILL)


def reap(child: int) -> int | None:
    """Collect what has ended; the exit code of the command when it is among them."""
    code = None
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return code
        if pid == 0:
            return code
        if pid == child:
            code = os.waitstatus_to_exitcode(status)


def start(command: list[str]) -> int:
    """Start the command in a session of its own; its pid."""
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        os.execvp(command[0], command)  # noqa: S606 - no shell is meant
    except OSError as error:
        os.write(2, f"{command[0]}: {error.strerror}\n".encode())
    os._exit(127)


def main() -> None:
    control = int(sys.argv[1])
    os.set_inheritable(control, False)
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    awake, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, _ignore)
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    child = start(sys.argv[3:])
    for fd in (0, 1, 2):  # the command's pipes must close when the command does
        os.dup2(os.open(os.devnull, os.O_RDWR), fd)
    _tell(control, f"pid {child}\n")
    code = watch(control, awake, child)
    kill_all(child)
    remove(sys.argv[2])
    _tell(control, f"exit {code}\n")


def watch(control: int, awake: int, child: int) -> int:
    """Wait until the command ends or is to be killed; its exit code."""
    while True:
        ready, _, _ = select.select([control, awake], [], [])
        if awake in ready:
            os.read(awake, 512)
            code = reap(child)
            if code is not None:
                return code
        if control in ready:
            with contextlib.suppress(OSError):
                os.read(control, 512)
            return -signal.SIGKILL


def remove(folder: str) -> None:
    """Nobody else may be left to do it."""
    import shutil  # only at the end: it would delay every start

    shutil.rmtree(folder, ignore_errors=True)


def _ignore(_number: int, _frame: object) -> None:
    """A handler must exist for the wake-up descriptor to be written."""


def _tell(control: int, text: str) -> None:
    with contextlib.suppress(OSError):
        os.write(control, text.encode())


if __name__ == "__main__":
    main()
