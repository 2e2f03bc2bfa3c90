"""Writes many lines fast."""

for i in range(200_000):
    print("line", i, "loss 0.1234 and some more text to make a usual line of a log")
print("last line")
