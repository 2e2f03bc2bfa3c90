"""Starts the program inside a sandbox: `python -I -S relay.py SOCKET PORT LIMITS COMMAND...`.

The sandbox has a network of its own with nothing in it. The debugger in each process of the program connects to PORT
on that network's loopback; each connection is passed on through the Unix socket SOCKET, which the sandbox can see.
LIMITS is a JSON object of resource names and numbers (`{"RLIMIT_CPU": 3600}`). Ends as the program ended.

Runs in the user's interpreter, Python 3.8 and later, standard library only.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import socket
import sys
import threading


def pump(source: socket.socket, target: socket.socket) -> None:
    """Pass bytes on until one side has no more."""
    with contextlib.suppress(OSError):
        while True:
            data = source.recv(1 << 16)
            if not data:
                break
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def serve(server: socket.socket, path: str) -> None:
    """Pass every connection on."""
    while True:
        near, _ = server.accept()
        near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        far = socket.socket(socket.AF_UNIX)
        try:
            far.connect(path)
        except OSError:
            near.close()
            continue
        for ends in ((near, far), (far, near)):
            threading.Thread(target=pump, args=ends, daemon=True).start()


def limit(name: str, wanted: int) -> None:
    """Lower a limit; one that is lower already stays."""
    kind = getattr(resource, name, None)
    if kind is None:
        return
    _, hard = resource.getrlimit(kind)
    value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(kind, (value, value))


def main() -> None:
    path, port, limits, *command = sys.argv[1:]
    server = socket.create_server(("127.0.0.1", int(port)), backlog=64)
    program = os.fork()
    if not program:
        for name, wanted in json.loads(limits).items():
            limit(name, wanted)
        try:
            os.execvp(command[0], command)  # noqa: S606 - no shell is meant
        except OSError as error:
            os.write(2, f"{command[0]}: {error.strerror}\n".encode())
        os._exit(127)
    threading.Thread(target=serve, args=(server, path), daemon=True).start()
    _, status = os.waitpid(program, 0)
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    os._exit(os.WEXITSTATUS(status))


if __name__ == "__main__":
    main()
