"""Starts processes that would outlive it: a child, a grandchild that has left the session, a daemon."""

import os
import subprocess
import sys
import time

SLEEP = [sys.executable, "-S", "-c", "import time; time.sleep(600)", sys.argv[1]]
child = subprocess.Popen(SLEEP)
detached = subprocess.Popen(SLEEP, start_new_session=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(SLEEP[0], SLEEP)
    os._exit(0)
started = True
if len(sys.argv) > 2:
    time.sleep(600)
