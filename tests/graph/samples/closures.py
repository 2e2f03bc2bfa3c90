"""Closures, decorators with and without arguments, partials, functools, nonlocal."""
import functools


def timed(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)  #> closures.work closures.other
    return wrapper


def named(name):
    def decorate(function):
        return function
    return decorate


@timed  #> closures.timed
def work(x):
    pass


@named("x")  #> closures.named closures.named.decorate
def plain():
    pass


@timed  #> closures.timed
def other():
    pass


def counter():
    def count():
        nonlocal current
        current = plain

    current = None
    count()  #> closures.counter.count
    return current


work(1)  #> closures.timed.wrapper
plain()  #> closures.plain
other()  #> closures.timed.wrapper
functools.partial(work, 1)()  #> closures.timed.wrapper
counter()()  #> closures.counter closures.plain
sorted([1], key=lambda x: plain())  #> closures.<lambda1> closures.plain
list(map(plain, [1]))  #> closures.plain
functools.reduce(work, [1, 2])  #> closures.timed.wrapper


def optional(*args, **options):
    if len(args) == 1 and callable(args[0]):
        return optional()(args[0])  #> closures.optional closures.optional.keep

    def keep(function):
        return function
    return keep


@optional  #> closures.optional
def bare():
    pass


@optional(level=1)  #> closures.optional closures.optional.keep
def given():
    pass


bare()  #> closures.bare
given()  #> closures.given
