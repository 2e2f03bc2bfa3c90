"""Shapes of code that are hard to bind and to count."""

import functools


def doubled(function):
    @functools.wraps(function)
    def inner(*args):
        return function(*args) * 2

    return inner


# a comment before a decorated function
@doubled
@functools.lru_cache(None)
def decorated(a, b):
    """A docstring.

    Of several lines.
    """
    total = (
        a
        + b
        + 1
    )
    return total


def listed(n):
    squares = [
        i * i
        for i in range(n)
    ]
    return sum(squares)


class Box:
    size: int
    limit = 5

    def get(self): return self.limit


def choose(x, verbose):
    if verbose:
        message = "loud"
    elif x > 10:
        message = "large"
    else:
        # a comment in a branch
        message = "small"
    try:
        value = int(message == "small")
    finally:
        done = True
    return value, done


def never(x):
    return x + 1


def counted(items):
    total = 0
    for item in items:
        total += (
            item
            * 2
        )
    return total


print(decorated(1, 2), listed(3), Box().get(), choose(1, False), counted([1, 2, 3]))
