# expect: train
from .core import loop

if __name__ == "__main__":
    loop(None, None)
