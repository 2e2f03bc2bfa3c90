"""Tries what a sandbox must not allow, tells how each ended, then starts a child."""

import os
import socket
import subprocess
import sys
from pathlib import Path


def attempt(name, action):
    try:
        print(name, "->", action())
    except OSError as error:
        print(name, "->", type(error).__name__)


def connect():
    with socket.create_connection(("192.0.2.1", 80), 3):
        return "connected"


attempt("network", connect)
attempt("home", lambda: os.listdir(Path.home()))
attempt("outside", lambda: Path(sys.argv[1]).read_text())
attempt("system", lambda: Path("/usr/from-the-tour").write_text("x"))
attempt("own", lambda: Path("out.txt").write_text("x"))
attempt("processes", lambda: sum(name.isdigit() for name in os.listdir("/proc")) < 12)
attempt("secret", lambda: sorted(n for n in os.environ if n.startswith("MY_")))
attempt("large", lambda: Path("large.bin").stat().st_size)
attempt("large again", lambda: Path("large.bin").write_bytes(b""))


def inner(number):
    here = number + 1
    return here


if len(sys.argv) > 2:
    print(inner(3))
else:
    subprocess.run([sys.executable, __file__, sys.argv[1], "child"], check=True)
end = True
