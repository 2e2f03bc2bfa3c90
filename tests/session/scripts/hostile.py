"""Objects that must not be touched."""

import time


class Hanging:
    def __repr__(self):
        while True:
            time.sleep(0.1)

    def __getattr__(self, name):
        raise RuntimeError("touched " + name)

    def __len__(self):
        raise SystemExit(9)


class Loud:
    def __repr__(self):
        print("REPR CALLED")
        return "loud"


def main(thing, loud, big, endless):
    compile = open = exec = False
    here = 1
    return here


main(Hanging(), Loud(), "x" * 100_000_000, iter(int, 1))
print("done")
