# expect: train
import sys

from toolbox.fit import setup as fit
from toolbox.export import setup as export


def main():
    table = {"fit": fit, "export": export}
    table[sys.argv[1]]()


if __name__ == "__main__":
    main()
