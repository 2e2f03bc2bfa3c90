"""Holds values that do harm when anything of theirs is called, and looks at them through the helper."""

import json
import sys
import time
from datetime import date
from decimal import Decimal

called = []


def trap(name):
    def method(*args, **kwargs):
        called.append(name)
        raise SystemExit(name)

    return method


MAGIC = [
    "repr",
    "str",
    "len",
    "iter",
    "next",
    "getitem",
    "contains",
    "bool",
    "hash",
    "eq",
    "ne",
    "lt",
    "int",
    "float",
    "index",
    "format",
    "bytes",
    "dir",
    "sizeof",
    "reduce_ex",
    "call",
    "fspath",
    "add",
    "length_hint",
]


def trapped(kind, *bases, **more):
    body = {f"__{m}__": trap(f"{kind}.{m}") for m in MAGIC}
    body["__getattr__"] = trap(kind + ".getattr")
    body.update(more)
    return type(kind, bases, body)


class Sleeps:
    def __repr__(self):
        called.append("sleeps")
        time.sleep(3600)

    __str__ = __len__ = __repr__


class Endless:
    def __iter__(self):
        called.append("endless")
        return self

    def __next__(self):
        return 1

    def __len__(self):
        called.append("endless.len")
        return 1 << 62


class LiesAboutClass:
    @property
    def __class__(self):
        called.append("__class__")
        return dict

    def __getattribute__(self, name):
        called.append("getattribute " + name)
        raise MemoryError


class Meta(type):
    def __repr__(cls):
        called.append("meta.repr")
        return "x" * 10**8

    def __instancecheck__(cls, other):
        called.append("instancecheck")
        return True

    def __getattribute__(cls, name):
        called.append("meta." + name)
        return type.__getattribute__(cls, name)

    @property
    def __name__(cls):
        called.append("meta name")
        raise ValueError

    def mro(cls):
        return type.mro(cls)


Tricky = Meta("Tricky", (), {"value": 1})


class Descriptor:
    def __get__(self, owner, kind=None):
        called.append("descriptor")
        while True:
            pass

    def __set__(self, owner, value):
        called.append("set")


class Described:
    field = Descriptor()
    size = property(lambda self: called.append("property"))

    def __init__(self):
        self.__dict__["plain"] = 3


class Slotted:
    __slots__ = ("left", "right")

    def __init__(self):
        self.left = 1


def stopped(helper):
    explodes = trapped("Explodes")()
    sleeps = Sleeps()
    endless = Endless()
    lies_about_class = LiesAboutClass()
    tricky, tricky_class = Tricky(), Tricky
    described, slotted = Described(), Slotted()
    hostile_str = trapped("Text", str)("abc")
    hostile_list = trapped("List", list)((1, 2))
    hostile_tuple = trapped("Tuple", tuple)((1, 2))
    hostile_dict = trapped("Dict", dict, __hash__=None)(a=1)
    hostile_set = trapped("Set", set)((1, 2))
    hostile_int, hostile_float = trapped("Int", int)(5), trapped("Float", float)(5)
    hostile_number, hostile_day = trapped("Money", Decimal)("1.5"), trapped("Day", date)(2024, 1, 2)
    hostile_exception = trapped("Wrong", Exception)()
    huge_text, huge_bytes = "\x1b[31m" * 2_000_000, b"\0" * 10_000_000
    huge_list, huge_dict = [0] * 1_000_000, dict.fromkeys(range(200_000))
    huge_int = 1 << 1_000_000
    huge_key = {"k" * 1_000_000: 1, (1,) * 1000: 2, huge_int: 3}
    nested = []
    for _ in range(100_000):
        nested = [nested]
    cyclic = []
    cyclic.append(cyclic)
    wide = [[[[list(range(100))] * 100] * 100] * 100] * 100
    generator = (called.append("generator") for _ in [1])
    function, kind, surrogate = (lambda: called.append("function")), Sleeps, "\ud800"
    weird = float("nan"), float("inf"), 1j, None, ...
    # what the debugger would evaluate, from a frame that holds all of these
    names = [n for n in list(locals()) if n not in ("helper", "_", "function")]
    del _
    called.clear()
    started = time.perf_counter()
    answers = {
        "stack": helper.stack(
            (), ("explodes.missing", "lies_about_class.x", "huge_dict[3]", "call()", "(((")
        ),
        "value": helper.evaluate("1 + 2"),
        "raised": helper.evaluate("1 / 0"),
        "exit": helper.evaluate("raise SystemExit(3)"),
        "cyclic": helper.children(("cyclic", "0", "0")),
        "explodes": helper.children(("explodes",)),
        "nowhere": helper.children(("nothing", "at", "all")),
    }
    for name in names:
        answers["children of " + name] = helper.children((name,))
    seconds = time.perf_counter() - started
    trapped_calls = list(called)
    while nested:  # its own destruction would recurse
        nested = nested.pop()
    return answers, names, seconds, trapped_calls


def many(helper):
    for i in range(300):
        exec(f"name_{i} = {i}", globals_of_many)
    return eval("helper.stack()", globals_of_many)


def deep(helper, depth):
    return helper.stack() if depth == 0 else deep(helper, depth - 1)


def fails(divisor):
    return 1 / divisor


def calls(given):
    return fails(given - 7)


def main():
    kind = type(sys)
    sys.modules.setdefault("_codetour_capture", kind("_codetour_capture"))
    eval(sys.stdin.read())
    helper = sys.modules["_codetour_capture"]
    answers, names, seconds, trapped_calls = stopped(helper)
    # functions, modules and classes say little in a list of values
    names = [n for n in names if n not in ("kind", "tricky_class")]
    names = [n for n in names if n]
    answers["deep"] = deep(helper, 500)
    globals_of_many["helper"] = helper
    answers["many"] = many(helper)
    try:
        calls(7)
    except ZeroDivisionError:
        answers["crash"] = helper.crash(sys.exc_info())
    problems = {k: v[:200] for k, v in answers.items() if not v.startswith('{"codetour":1')}
    print(
        json.dumps(
            {
                "answers": answers,
                "names": names,
                "seconds": seconds,
                "called": trapped_calls,
                "problems": problems,
            }
        )
    )


globals_of_many = {}
if __name__ == "__main__":
    main()
