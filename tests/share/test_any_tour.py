"""Whatever a tour file holds: it is refused by name of the place, or shared in every format without harm."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any

import nbformat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codetour.errors import UsageProblem
from codetour.model.source import SourceText
from codetour.model.tour import Tour
from codetour.share.writing import share
from codetour.tourfile.read import loads

HOSTILE = st.sampled_from(
    ["<script>alert(1)</script>", "\x1b[31mred", "\u202egpj.exe", "](javascript:alert(1))", "`" * 9, "```\n<b>", "&lt;",
     "\x00", "\ud800", "[#1]", "[#999999]", ">> rm -rf /", "[x][Other#2]", "../../etc/passwd", "-->", "]]>", "|"]
)  # fmt: skip
TEXT = HOSTILE | st.text(max_size=30) | st.lists(HOSTILE, max_size=4).map("".join)
LINE = st.integers(1, 60)
POSITION = st.fixed_dictionaries({"line": LINE | st.just(10**9)}, optional={"character": LINE})
FILE = st.sampled_from(["a.py", "b.yaml", "gone.py", "<b>.py", "a b/`.py"])
CALL = st.fixed_dictionaries({"symbol": TEXT, "file": FILE, "line": LINE})
ANCHOR = st.fixed_dictionaries(
    {"line": LINE}, optional={"text": TEXT, "symbol": TEXT, "print": st.just({"near": ["x"]})}
)
OURS = st.fixed_dictionaries(
    {},
    optional={
        "stage": st.sampled_from(["loss", "data"]),
        "watch": st.lists(TEXT, max_size=3),
        "look": TEXT,
        "path": st.lists(CALL, max_size=4),
        "anchor": ANCHOR,
    },
)
STEP = st.fixed_dictionaries(
    {"description": TEXT},
    optional={
        **dict.fromkeys(("title", "pattern", "directory", "uri", "view", "contents", "icon"), TEXT),
        "file": st.sampled_from(
            ["a.py"] * 3 + ["b.yaml", "gone.py", "<b>.py", "a b/`.py", "../../etc/passwd"]
        ),
        "line": LINE,
        "commands": st.lists(TEXT, max_size=3),
        "selection": st.fixed_dictionaries({}, optional={"start": POSITION, "end": POSITION}),
        "x-codetour": OURS,
    },
)
TOUR = st.fixed_dictionaries(
    {"title": TEXT, "steps": st.lists(STEP, max_size=5)},
    optional={"description": TEXT, "ref": TEXT, "nextTour": TEXT, "isPrimary": st.booleans(), "when": TEXT,
              "x-codetour": st.fixed_dictionaries({}, optional={"repo": TEXT, "url": TEXT, "commit": TEXT,
                  "axes": st.dictionaries(TEXT, TEXT, max_size=2), "notes": st.lists(TEXT, max_size=2)})},
)  # fmt: skip


class Sources:
    def read(self, file: str) -> SourceText | None:
        texts = {"a.py": "x = '''\n" * 30 + "<b>\x1b[31m\n", "b.yaml": "a: 1\n"}
        return (
            SourceText(file, texts[file], "python" if file == "a.py" else "text") if file in texts else None
        )


@given(TOUR)
@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_any_tour_is_refused_or_shared_without_harm(document: dict[str, Any]) -> None:
    try:
        tour = loads(json.dumps(document), "t.tour")
    except UsageProblem as refused:
        where = refused.message
    else:
        _shared_without_harm(tour)
        return
    assert re.search(r"t\.tour:\d+:\d+: ", where)


def _shared_without_harm(tour: Tour) -> None:
    page = share(tour, None, Sources(), "html").data.decode()
    assert page.count("<script") == 1
    assert not re.search(r"<(?:img|iframe|object|embed|link|form|base)\b", page)
    assert not re.search(r"\son\w+=", re.sub(r"(?s)<(style|script)>.*?</\1>|>[^<]*<", "><", page))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", page)
    text = share(tour, None, Sources(), "md").data.decode()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", text)
    nbformat.validate(nbformat.reads(share(tour, None, Sources(), "notebook").data.decode(), as_version=4))
    again = loads(share(tour, None, Sources(), "tour").data.decode())
    assert [s.idea for s in again.stops] == [s.idea for s in tour.stops]
    with zipfile.ZipFile(io.BytesIO(share(tour, None, Sources(), "bundle").data)) as bundle:
        assert all(not n.startswith(("/", "..")) and ".." not in n.split("/") for n in bundle.namelist())
