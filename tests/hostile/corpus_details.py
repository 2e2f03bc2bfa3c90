"""More of the hostile corpus: Markdown that costs or runs something, what a tour says of its run, zip entries that lie.

Made by rules as `corpus` is, for the fields that it has no rule for.
"""

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile
from collections.abc import Iterator
from typing import Any

EVIL = "\x1b[31m<script>pwn()</script>\u202e"
MARKDOWN: dict[str, str] = {
    "script-links": "[a](javascript:pwn()) <javascript:pwn()> ![x](javascript:pwn()) [r][q]\n\n[q]: javascript:pwn()",
    "entities": '[a](&#x6a;avascript:pwn()) <svg onload=pwn()> &lt;script&gt; <a href="x" onclick=y>z</a>',
    "data-links": "![x](data:text/html;base64,PHNjcmlwdD4=) [y](data:text/html,<script>pwn()</script>) [v](vbscript:x)",
    "html": "<details open ontoggle=pwn()><style>@import 'http://evil.invalid'</style><iframe srcdoc='<script>'>",
    "shell": ">> rm -rf /\n>> $(touch pwned)\n",
    "quotes": "> " * 10_000 + "x",
    "lists": "\n".join("  " * n + "- x" for n in range(1500)),
    "stars": "*" * 15_000 + "a" + "*" * 4000,
    "brackets": "[" * 15_000,
    "images": "![[" * 6000,
    "ticks": "".join("`" * n + " " for n in range(180)),
    "references": "\n".join(f"[{n}]: /x" for n in range(1500)) + "\n[1]",
    "half-links": "[a](b " * 4000,
    "table": "|a" * 2000 + "|\n" + "|-" * 2000 + "|\n" + "|x" * 2000 + "|",
    "half-tags": "<div " * 5000,
    "links-to-stops": "[#1]" * 4000,
    "links-to-tours": "[x][T#1]" * 2500,
    "backslashes": "\\" * 15_000,
    "joined": "\U0001f468\u200d\U0001f469" * 3000,
}
_ENTRY = {"file": "train.py", "qualname": "<module>", "role": "train"}


def _tour(ours: dict[str, Any] | None = None, whole: dict[str, Any] | None = None, **step: Any) -> bytes:
    made: dict[str, Any] = {
        "title": "T",
        "steps": [{"file": "train.py", "line": 2, "description": "d", **step}],
    }
    if ours is not None:
        made["steps"][0]["x-codetour"] = {"id": "a", "stage": "loss", **ours}
    if whole is not None:
        made["x-codetour"] = {"version": 1, **whole}
    return json.dumps(made).encode()


def tours() -> Iterator[tuple[str, bytes]]:
    for name, text in MARKDOWN.items():
        ours = {"id": "a", "stage": "loss", "look": text, "why": text, "watch": [text[:200]]}
        step = {"file": "train.py", "line": 2, "title": text[:300], "description": text, "x-codetour": ours}
        yield (
            f"text-md-{name}",
            json.dumps({"title": text[:400], "description": text, "steps": [step]}).encode(),
        )
    files = ["/etc/passwd", "../secret.txt", "linked/secret.txt", "fifo", "a" * 9000, "train.py\x00x"]
    for n, file in enumerate(files):
        yield f"entry-{n}", _tour(whole={"entry": {**_ENTRY, "file": file}})
    launches: list[dict[str, Any]] = [
        {"cwd": "../.."},
        {"cwd": "/"},
        {"module": "os;touch pwned"},
        {"env": {"LD_PRELOAD": "/tmp/x.so", "A\x00": "b"}},
        {"argv": ["\x00", "--x", "$(touch pwned)"]},
        {"argv": ["x"] * 100_000},
    ]
    for n, launch in enumerate(launches):
        yield f"launch-{n}", _tour(whole={"entry": _ENTRY, "launch": launch})
    extensions = [{"kind": "x", "file": "../secret.txt", "line": 1, "symbol": EVIL, "how": EVIL}]
    yield "extensions", _tour(whole={"extensions": extensions * 500})
    paths = [{"symbol": EVIL, "file": "../secret.txt", "line": 10**30, "reason": EVIL}]
    yield "call-path", _tour({"path": paths * 200})
    for n, hit in enumerate([10**30, 1.5, True]):
        yield f"hit-{n}", _tour({"hit": hit})
    selections: list[Any] = [
        {"start": {"line": -5, "character": -1}, "end": {"line": 10**12, "character": 10**12}},
        {"start": {"line": 3}, "end": {"line": 1}},
        {"start": {"line": 1.5}, "end": {"line": 2}},
        {"start": [1], "end": "x"},
        {"end": {"line": True}},
    ]
    for n, selection in enumerate(selections):
        yield f"selected-{n}", _tour(selection=selection)
    for n, when in enumerate(
        ["(" * 5000 + ")" * 5000, "isLinux && " * 20_000 + "true", "! " * 9999, ["x"], "1/0"]
    ):
        yield f"when-{n}", json.dumps({**json.loads(_tour()), "when": when}).encode()
    for n, marker in enumerate(["", "(.*)+$", "x" * 99_999, 7, EVIL]):
        steps = [{"file": "train.py", "description": "d"}]
        yield f"marker-{n}", json.dumps({"title": "1 - T", "stepMarker": marker, "steps": steps}).encode()
    yield "follows-itself", json.dumps({**json.loads(_tour()), "nextTour": "T"}).encode()
    yield (
        "every-kind",
        _tour(uri="file:///etc/passwd", directory="src", view="x", contents=EVIL, commands=["x"]),
    )
    yield "prototype", _tour({"__proto__": {}}, {"__proto__": {"x": 1}, "constructor": {"y": 1}})
    ids = ["../x", '"><img src=x onerror=1>', "__proto__", " " * 999, "a" * 99_999, "\x00", "a", "a"]
    steps = [
        {"file": "train.py", "line": 1, "description": "d", "x-codetour": {"id": i, "stage": "loss"}}
        for i in ids
    ]
    yield "text-ids", json.dumps({"title": "T", "steps": steps}).encode()
    for n, end in enumerate(["\r\n", "\r", "\u0085"]):
        yield f"line-ends-{n}", json.dumps(json.loads(_tour()), indent=2).replace("\n", end).encode()
    steps = [{"file": "train.py", "pattern": f"(a+)+$x{n}", "description": "d"} for n in range(500)]
    yield "many-patterns", json.dumps({"title": "T", "steps": steps}).encode()


def recordings() -> Iterator[tuple[str, bytes]]:
    deep: dict[str, Any] = {"name": "x", "kind": "list"}
    inner = deep
    for _ in range(400):
        inner["items"] = [{"name": "y", "kind": "list"}]
        inner = inner["items"][0]
    values: list[Any] = [
        [deep],
        [
            {
                "name": EVIL,
                "type": EVIL,
                "kind": EVIL,
                "shape": [10**40, -1, "x"],
                "facts": {EVIL: EVIL},
                "scalar": EVIL,
            }
        ],
        [{"name": "a", "scalar": 10**300}],
        [{"name": "a", "shape": [1] * 100_000}],
        [{"name": "a", "items": [{"name": "b"}] * 50_000}],
        [{"name": 7}],
        [{"name": "a", "stats": 7, "facts": [], "items": {}}],
    ]
    frame = {"symbol": "<module>", "file": "train.py", "line": 2, "inside": True, "values": []}
    seen: list[Any] = [{"frames": [{**frame, "values": v}], "hits": 1} for v in values]
    seen += [
        {"frames": [frame] * 20_000},
        {"frames": [{**frame, "file": "../secret.txt", "symbol": EVIL}]},
        {"frames": [], "hits": -5, "seconds": 1e308},
        {"frames": [{**frame, "line": "x"}], "hits": 10**40, "seconds": "x"},
        {"frames": [frame], "changes": [{"mark": EVIL, "name": EVIL, "text": EVIL}] * 3000},
        {"frames": [{**frame, "inside": "yes", "values": None, "line": -(10**20)}]},
    ]
    whole: list[dict[str, Any]] = [{"seen": [{"stop": "step-1", **s}]} for s in seen]
    whole += [
        {"end": {"how": EVIL, "message": EVIL, "mend": EVIL, "code": 10**30}},
        {"anchors": {"step-1": "9" * 30 + ":x"}},
        {"missed": {"step-1": EVIL}},
        {"command": [EVIL] * 5000},
        {"timing": {"a": float("nan")}},
        {"python": EVIL, "commit": EVIL, "repo": EVIL},
    ]
    for n, more in enumerate(whole):
        document = {"schema": "codetour.recording/1", "tour": "T", **more}
        yield f"detail-{n}", gzip.compress(json.dumps(document).encode())


def bundles() -> Iterator[tuple[str, bytes]]:
    tour, source = ("tour.tour", _tour()), ("files/train.py", b"x = 1\ny = 2\n")
    plain = _zip(tour, source)
    at = plain.find(source[0].encode())
    yield "other-name-inside", plain[:at] + b"../../evil.pyx"[: len(source[0])] + plain[at + len(source[0]) :]
    yield "same-bytes-often", _shared(_zip(tour, ("files/train.py", b"0" * 100_000)))
    yield "comment", _zip(tour, source, comment=b"\x1b[31m" * 100)
    yield "wide-letters", _zip(tour, (source[0], "x = 1\n".encode("utf-16")))
    yield "nul-source", _zip(tour, (source[0], b"\x00" * 5000))
    yield "one-line", _zip(tour, (source[0], b"x" * 3_000_000))
    yield "bad-tour", _zip(("tour.tour", b'{"title":7,"steps":[{"file":1},{"line":"x"}]}'))
    notebook = _tour(file="n.ipynb")
    cells = b'{"n.ipynb":[[0,1,1e9,-4]]}'
    yield "cells-outside", _zip(("tour.tour", notebook), ("cells.json", cells), ("files/n.ipynb", b"x = 1\n"))
    for name, data in recordings():
        yield f"recorded-{name}", _zip(tour, source, ("recording.json.gz", data))


def _zip(*members: tuple[str, bytes], comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
        archive.comment = comment
    return out.getvalue()


def _shared(data: bytes) -> bytes:
    """The archive with sixty more names for the bytes of its last member: small here, large when it is unpacked."""
    end = data.rfind(b"PK\x05\x06")
    (start,) = struct.unpack("<I", data[end + 16 : end + 20])
    directory = data[start:end]
    last = directory[directory.rfind(b"PK\x01\x02") :]
    directory += b"".join(last.replace(b"train.py", b"tra%02d.py" % n) for n in range(60))
    count = 62
    sizes = struct.pack("<HHII", count, count, len(directory), start)
    return data[:start] + directory + data[end : end + 8] + sizes + data[end + 20 :]
