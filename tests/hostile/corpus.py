"""Hundreds of hostile files made by rules: tours, recordings and bundles as somebody with bad intentions writes them.

A tour's text carries escape sequences, markup of every output and commands; its paths
lead outside; its numbers, depths and counts are beyond all sense; its JSON is damaged. Nothing of it may be run,
shown raw, written outside or end in a traceback.
"""

from __future__ import annotations

import gzip
import io
import json
import stat
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from tests.hostile import corpus_details

WORDS = json.loads(Path(__file__).with_name("words.json").read_text("utf-8"))
EVIL: dict[str, str] = WORDS["texts"] | {
    "long": "A" * 60_000,
    "combining": "e" + "\u0301" * 5000,
    "newlines": "\n" * 10_000,
}
PATHS: list[str] = [*WORDS["paths"], "a" * 5000, "a/" * 2000 + "x"]
PATTERNS: list[str] = [
    *WORDS["patterns"],
    "(?=" * 200,
    "(" * 3000 + ")" * 3000,
    "(?i)(?x)(?s).*" * 200,
    "(?#" + "x" * 5000,
]
NUMBERS: list[str] = [*WORDS["numbers"], "9" * 399, "9" * 5000]


def a_tour(**step: Any) -> dict[str, Any]:
    """A valid tour with one step, which `step` changes."""
    return {"title": "T", "steps": [{"file": "train.py", "line": 2, "description": "d", **step}]}


def text_of(document: object) -> bytes:
    return json.dumps(document).encode()


def tours() -> Iterator[tuple[str, bytes]]:
    yield from _texts()
    for n, path in enumerate(PATHS):
        yield f"path-{n}", text_of(a_tour(file=path))
        yield f"directory-{n}", text_of({"title": "T", "steps": [{"directory": path, "description": "d"}]})
    for n, pattern in enumerate(PATTERNS):
        tour = a_tour(pattern=pattern)
        del tour["steps"][0]["line"]
        yield f"pattern-{n}", text_of(tour)
    for n, number in enumerate(NUMBERS):
        yield f"number-{n}", text_of(a_tour(line=123454321)).replace(b"123454321", number.encode())
    yield from _commands()
    yield from _shapes()
    yield from _damaged()
    yield from _ours()


def _texts() -> Iterator[tuple[str, bytes]]:
    for name, text in EVIL.items():
        step = {"file": "train.py", "line": 2, "title": text, "description": text, "icon": text, text: text}
        ours = {
            "id": "a",
            "stage": "loss",
            "look": text,
            "why": text,
            "concept": text,
            "watch": [text],
            "path": [{"symbol": text, "file": "train.py", "line": 1, "reason": text}],
            "anchor": {
                "line": 2,
                "symbol": text,
                "text": text,
                "print": {text: text, "near": [text], "statement": text},
            },
        }
        launch = {"argv": [text], "cwd": text, "module": text, "env": {text: text}, "source": text}
        tour = {
            "title": text,
            "description": text,
            "nextTour": text,
            "ref": text,
            "stepMarker": text,
            text: text,
            "steps": [step, {**step, "x-codetour": ours}],
            "x-codetour": {
                "version": 1,
                "repo": text,
                "url": text,
                "commit": text,
                "axes": {text: text},
                "notes": [text],
                "launch": launch,
                "print": {"files": {text: {"scopes": text, "sketch": text}}, "paths": text},
            },
        }
        yield f"text-{name}", text_of(tour)
        yield f"text-raw-{name}", json.dumps(tour, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _commands() -> Iterator[tuple[str, bytes]]:
    for n, line in enumerate(
        [
            ">> touch pwned",
            "[x](command:workbench.action.terminal.sendSequence?%7B%22text%22%3A%22touch%20pwned%22%7D)",
            "[x](file:///etc/passwd)",
            "```sh\ntouch pwned\n```",
            "{{HOME}} ${HOME} $HOME",
            "[[#1]][#999999999][T#0]",
        ]
    ):
        yield f"run-{n}", text_of(a_tour(description=line))
    for n, more in enumerate(
        [
            {"commands": ["touch pwned"]},
            {"commands": "touch pwned"},
            {"commands": [["x"] * 1000]},
            {"uri": "file:///etc/passwd"},
            {"uri": "http://evil.invalid"},
            {"view": "terminal"},
            {"contents": EVIL["csi"]},
            {"contents": 7},
        ]
    ):
        yield f"field-{n}", text_of(a_tour(**more))
    yield "when", text_of({**a_tour(), "when": "process.exit(1)"})
    for n, ref in enumerate(
        ["--upload-pack=touch pwned", "-h", "HEAD:../../x", "a b", "\x1b[31m", "@{-1}", "x" * 5000]
    ):
        yield f"ref-{n}", text_of({**a_tour(), "ref": ref})


def _shapes() -> Iterator[tuple[str, bytes]]:
    yield "deep-lists", b"[" * 200_000
    yield "deep-objects", b'{"a":' * 200_000
    yield "deep-closed", b'{"title":"T","steps":' + b"[" * 5000 + b"]" * 5000 + b"}"
    yield "deep-a-little", b'{"title":"T","steps":' + b"[" * 100 + b"]" * 100 + b"}"
    yield "deep-unknown", text_of(a_tour())[:-3] + b',"x":' + b"[" * 60 + b"]" * 60 + b"}]}"
    yield "many-steps", b'{"title":"T","steps":[' + b",".join([b'{"description":"d"}'] * 5000) + b"]}"
    yield "many-keys", json.dumps({**a_tour(), **{f"k{n}": n for n in range(50_000)}}).encode()
    yield "many-problems", b'{"title":7,"steps":[' + b",".join([b'{"file":7,"line":"x"}'] * 1900) + b"]}"
    yield "long-string", b'{"title":"' + b"x" * 2_000_000 + b'","steps":[]}'
    yield "too-large", b'{"title":"' + b"x" * (17 * 2**20) + b'","steps":[]}'
    values: list[Any] = [None, True, 7, "x", [], {}, [None], [[]], [7], ["x"], {"0": {}}]
    for n, value in enumerate(values):
        yield f"steps-{n}", text_of({"title": "T", "steps": value})
        yield f"root-{n}", text_of(value)
        yield f"selection-{n}", text_of(a_tour(selection=value))
    yield "deep-million", b"[" * 1_000_000
    yield "utf-32", text_of(a_tour()).decode().encode("utf-32")
    yield "nul-between", text_of(a_tour()).replace(b",", b",\x00")
    yield "twice-key", b'{"title":"T","title":"U","steps":[]}'
    yield "twice-inner", b'{"title":"T","steps":[{"description":"d","description":"e"}]}'


def _damaged() -> Iterator[tuple[str, bytes]]:
    good = text_of(a_tour())
    bad = [
        b"",
        b" ",
        b"\x00",
        b"\xff\xfe" + good,
        good.decode().encode("utf-16"),
        b"\xef\xbb\xbf" * 2 + good,
        good[:-1],
        good + good,
        good + b"x",
        b"// c\n" + good,
        good.replace(b'"', b"'"),
        good.replace(b'"d"', b'"\\ud800\\u0000"'),
        good.replace(b'"d"', b'"\\x41"'),
        good.replace(b'"d"', b'"\xff"'),
        good.replace(b'"d"', b'"\xed\xa0\x80"'),
        good.replace(b'"d"', b'"a\nb"'),
        b"\x1f\x8b" + good,
        b"PK\x03\x04" + good,
        b"PK",
        b"%PDF-1.4",
    ]
    for n, data in enumerate(bad):
        yield f"damaged-{n}", data


def _ours() -> Iterator[tuple[str, bytes]]:
    base: dict[str, Any] = {"version": 1}
    values: list[Any] = [
        None,
        7,
        "x",
        [],
        [7],
        {"a": 7},
        -1,
        1e308,
        "\x1b[31m",
        "../x",
        [[[[[[[[[[1]]]]]]]]]],
    ]
    for key in ("version", "entry", "launch", "extensions", "axes", "notes", "print", "commit", "url"):
        for n, value in enumerate(values[:6]):
            yield f"ours-{key}-{n}", text_of({**a_tour(), "x-codetour": {**base, key: value}})
    for key in ("id", "stage", "anchor", "look", "watch", "hit", "path", "also"):
        for n, value in enumerate(values):
            yield (
                f"step-{key}-{n}",
                text_of(a_tour(**{"x-codetour": {"id": "a", "stage": "loss", key: value}})),
            )
    anchors: list[dict[str, Any]] = [
        {"skeleton": "f" * 800_000, "at": 5},
        {"skeleton": "zz", "at": -1},
        {"skeleton": [1] * 1000},
        {"at": 10**9, "skeleton": "00000000"},
        {"into": -(10**9)},
        {"into": 10**9},
        {"near": ["x" * 100_000] * 50},
        {"near": {"a": 1}},
        {"statement": "(" * 100_000},
        {"statement": 7},
        {"copies": -5},
        {"commit": "--output=pwned"},
        {"commit": "0" * 40},
        {"commit": 7},
        {"sole": "x"},
    ]
    for n, kept in enumerate(anchors):
        ours = {"id": "a", "stage": "loss", "anchor": {"line": 2, "text": "loss = 1", "print": kept}}
        yield f"print-{n}", text_of(a_tour(**{"x-codetour": ours}))
    yield (
        "watch-calls",
        text_of(
            a_tour(
                **{
                    "x-codetour": {
                        "id": "a",
                        "stage": "loss",
                        "watch": ["__import__('os').system('touch pwned')"],
                    }
                }
            )
        ),
    )


def recordings() -> Iterator[tuple[str, bytes]]:
    """What lies beside a valid tour as its recording."""
    pack = gzip.compress
    yield "empty", b""
    yield "no-gzip", b"{}"
    yield "cut", pack(b"{}")[:-4]
    yield "bomb", pack(b"[" + b"0," * (40 * 2**20) + b"0]")
    yield "bomb-twice", pack(pack(b"0" * 50_000_000))
    yield "deep", pack(b"[" * 100_000)
    yield "two-members", pack(b"{}") + pack(b"{}")
    yield "wrong-crc", pack(b"{}")[:-8] + b"\x00" * 8
    yield "garbage-after", pack(b"{}") + b"\xff" * 100
    shapes: list[Any] = [
        None,
        7,
        [],
        "x",
        {},
        {"schema": "codetour.recording/1"},
        {"schema": "codetour.recording/99"},
        {"schema": 7},
    ]
    seen: list[Any] = [7, {}, [7], [{}], [{"stop": 7}], [{"stop": "step-1", "frames": 7}]]
    shapes += [{"schema": "codetour.recording/1", "tour": "T", "seen": value} for value in seen]
    shapes += [
        {"schema": "codetour.recording/1", "tour": t, "output": t, "missed": {t: t}, "timing": {t: t}}
        for t in EVIL.values()
    ]
    for n, shape in enumerate(shapes):
        yield f"shape-{n}", pack(text_of(shape))


def bundles() -> Iterator[tuple[str, bytes]]:
    good = text_of(a_tour())
    for n, name in enumerate(
        [
            "../evil",
            "/evil",
            "files/../../evil",
            "files/..\\..\\evil",
            "C:\\evil",
            "files/C:/evil",
            "files/\x00",
            "files/a\x00.py",
            "files/" + "a/" * 500 + "x",
            "files/" + "x" * 60_000,
            "files/-rf",
            "files/\x1b[31m.py",
            "files/\u202e.py",
            "files/con",
            "FILES/train.py",
            "files//etc/passwd",
            "files/./../train.py",
            "files/train.py/",
        ]
    ):
        yield f"name-{n}", _zip([("tour.tour", good), (name, b"x")])
    yield "no-tour", _zip([("files/train.py", b"x")])
    yield "nothing", _zip([])
    yield "twice", _zip([("tour.tour", good), ("tour.tour", b"{}")])
    yield "twice-file", _zip([("tour.tour", good), ("files/train.py", b"a"), ("files/train.py", b"b")])
    yield "bomb", _zip([("tour.tour", good), ("files/train.py", b"0" * (200 * 2**20))])
    yield "bomb-tour", _zip([("tour.tour", b" " * (100 * 2**20))])
    yield "many", _zip([("tour.tour", good), *((f"files/{n}.py", b"") for n in range(5000))])
    for n, mode in enumerate([stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFDIR, stat.S_IFSOCK]):
        yield f"kind-{n}", _zip([("tour.tour", good), ("files/train.py", b"/etc/passwd")], mode=mode | 0o777)
    whole = _zip([("tour.tour", good), ("files/train.py", b"x = 1\n")])
    for n, at in enumerate((2, 10, len(whole) // 2, len(whole) - 30, len(whole) - 4)):
        yield f"cut-{n}", whole[:at]
        yield f"flip-{n}", whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
    yield "lied-size", whole.replace(zlib.crc32(b"x = 1\n").to_bytes(4, "little"), b"\x00" * 4)
    yield (
        "encrypted",
        whole.replace(b"PK\x03\x04\x14\x00\x00\x00", b"PK\x03\x04\x14\x00\x01\x00").replace(
            b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00"
        ),
    )
    yield (
        "case",
        _zip([("tour.tour", good), ("files/train.py", b"a"), ("files/TRAIN.py", b"b"), ("TOUR.tour", good)]),
    )
    for n, kind in enumerate((zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)):
        yield f"packed-{n}", _zip([("tour.tour", good), ("files/train.py", b"x" * 9000)], packed=kind)
    lzma = _zip([("tour.tour", good), ("files/train.py", b"x")], packed=zipfile.ZIP_LZMA)
    yield "lzma-dictionary", lzma.replace(b"\x00\x00\x80\x00", b"\xff\xff\xff\xff")
    size = len(b"x = 1\n").to_bytes(4, "little")
    yield (
        "declared-ten-gigabytes",
        whole.replace(size * 2, (10 * 10**9 & 0xFFFFFFFF).to_bytes(4, "little") * 2),
    )
    yield "zip64-lie", _zip([("tour.tour", good), ("files/train.py", b"x")], extra=ZIP64)
    yield "zip64-cut", _zip([("tour.tour", good), ("files/train.py", b"x")], extra=ZIP64[:6])
    yield "before-and-after", b"#!/bin/sh\ntouch pwned\n" + whole + b"\n<script>alert(1)</script>"
    yield "nested", _zip([("tour.tour", good), ("files/x.zip", whole)])
    yield (
        "recording-bomb",
        _zip([("tour.tour", good), ("recording.json.gz", gzip.compress(b"0" * 100_000_000))]),
    )
    yield (
        "cells",
        _zip(
            [
                ("tour.tour", good),
                ("cells.json", b'{"train.py": [[1e400, -1, "x"]]}'),
                ("files/train.py", b"x"),
            ]
        ),
    )
    for name, text in EVIL.items():
        tour = {"title": text, "steps": [{"file": "train.py", "line": 1, "title": text, "description": text}]}
        yield (
            f"text-{name}",
            _zip([("tour.tour", text_of(tour)), ("files/train.py", text.encode("utf-8", "surrogatepass"))]),
        )


ZIP64 = struct.pack("<HHQQQL", 1, 28, 2**40, 2**40, 2**50, 7)
"""an extra field that claims a terabyte"""


def _zip(
    members: list[tuple[str, bytes]],
    *,
    mode: int | None = None,
    packed: int = zipfile.ZIP_DEFLATED,
    extra: bytes = b"",
) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            info = zipfile.ZipInfo("x")
            info.filename = name  # as given: the constructor would make it harmless
            info.compress_type = packed
            info.extra = extra
            if mode is not None and name != "tour.tour":
                info.create_system, info.external_attr = 3, mode << 16
            archive.writestr(info, data)
    return out.getvalue()


KINDS: dict[str, tuple[Callable[[], Iterator[tuple[str, bytes]]], ...]] = {
    "tour": (tours, corpus_details.tours),
    "recording": (recordings, corpus_details.recordings),
    "bundle": (bundles, corpus_details.bundles),
}


@cache
def files(kind: str) -> dict[str, bytes]:
    """All hostile files of a kind, made once."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Duplicate name")
        found = [item for make in KINDS[kind] for item in make()]
    assert len({name for name, _ in found}) == len(found)
    return dict(found)
