"""Programs that cannot be stopped by asking: `stuck.py held|stopped|exit|children|thread MARK`."""

import atexit
import os
import signal
import subprocess
import sys
import threading
import time


def forever():
    while True:
        time.sleep(0.1)


def compiled():
    return sum(range(10**12))


how = sys.argv[1]
begun = True
if how == "held":
    compiled()
elif how == "stopped":
    os.kill(os.getpid(), signal.SIGSTOP)
elif how == "exit":
    atexit.register(forever)
elif how == "children" and os.fork() == 0:
    forever()
elif how == "children":
    atexit.register(os.wait)
elif how == "launches":
    subprocess.run([sys.executable, __file__, "fails"], check=True)
elif how == "fails":
    raise ValueError("the cause")
elif how == "thread":
    thread = threading.Thread(target=lambda: {}["missing"])
    thread.start()
    thread.join()
