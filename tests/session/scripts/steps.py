"""A small loop to walk about in: a generator, a lambda, a module found by an edit of sys.path."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "more"))
import found_late


def numbers(n):
    for i in range(n):
        yield i * 2


def total_of(n):
    total = 0
    for value in numbers(n):
        total += value
    return total


def main():
    state = {"lr": 0.1, "steps": [1, 2, 3]}
    square = lambda v: v * v
    first = total_of(4)
    second = square(first)
    third = found_late.twice(second)
    several = max(
        first,
        second,
        found_late.twice(
            1
        ),
    )
    print("done", first, second, third)
    return state


main()
