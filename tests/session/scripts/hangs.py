"""Ways not to end: sleep, spin, compiled (no bytecode runs), deaf (ignores SIGTERM)."""

import signal
import sys
import time

how = sys.argv[1]
ready = True
if how == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if how == "compiled":
    sum(range(10**12))
while how != "spin":
    time.sleep(0.2)
while True:
    pass
