"""Ways to end: exit, raise, hard, signal, caught."""

import ctypes
import os
import sys

how = sys.argv[1]
print("start", how)
if how == "exit":
    sys.exit(3)
elif how == "raise":

    def divide(number):
        below = number * 0
        return number / below

    divide(1)
elif how == "hard":
    os._exit(5)
elif how == "signal":
    ctypes.string_at(0)
elif how == "caught":
    for _ in range(3):
        try:
            int("x")
        except ValueError:
            pass
print("end")
