"""Branches, loops, try, match, generators, async, context managers made by functions."""
import contextlib


def a():
    return b


def b():
    pass


def give():
    yield a
    yield b


@contextlib.contextmanager
def opened():
    yield a


async def work():
    return a


async def main():
    function = await work()  #> flow.work
    function()  #> flow.a


if a is b:
    f = a
else:
    f = b
f()  #> flow.a flow.b
g = a
for _ in range(2):
    g = g()  #> flow.a flow.b
try:
    h = a
except ValueError:
    h = b
h()  #> flow.a flow.b
for function in give():  #> flow.give
    function()  #> flow.a flow.b
with opened() as inside:  #> flow.opened
    inside()  #> flow.a
if (k := a()):  #> flow.a
    k()  #> flow.b
main()  #> flow.main
