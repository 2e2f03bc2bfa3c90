"""functools and what is built like it."""
import functools
from functools import cached_property, lru_cache, partial, partialmethod, reduce, singledispatch, wraps


def f(*args):
    return A()


class A:
    def g(self):
        pass


half = partial(f, 1)
half(2).g()  #> rules_functools.f rules_functools.A.g
whole = partial(half, 2)
whole()  #> rules_functools.f


def logged(function):
    @wraps(function)
    def inner(*args):
        return function(*args)  #> rules_functools.plain

    return inner


@logged  #> rules_functools.logged
def plain(x):
    pass


plain(1)  #> rules_functools.logged.inner


@lru_cache(maxsize=None)
def kept(x):
    return A()


kept(1).g()  #> rules_functools.kept rules_functools.A.g


def add(a, b):
    return a


reduce(add, [1, 2])  #> rules_functools.add


class B:
    def set(self, value, how):
        return A()

    on = partialmethod(set, True)

    @cached_property
    def lazy(self):
        return A()


B().on(1)  #> rules_functools.B.set
B().lazy.g()  #> rules_functools.B.lazy rules_functools.A.g


@singledispatch
def show(x):
    pass


@show.register
def _(x: int):
    pass


@show.register(str)
def show_text(x):
    pass


show(1)  #> rules_functools.show rules_functools._ rules_functools.show_text


def compare(a, b):
    return 0


sorted([2, 1], key=functools.cmp_to_key(compare))  #> rules_functools.compare


@functools.total_ordering
class Ordered:
    def __lt__(self, other):
        return True


Ordered() > Ordered()  #> rules_functools.Ordered.__lt__
