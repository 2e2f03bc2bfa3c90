"""Links between stops and tours, conditions, and the tours of a repository."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codetour.tourfile.collection import find, next_of, primary, titles
from codetour.tourfile.links import bare, links, number_of, renumbered, shown
from codetour.tourfile.when import holds


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see [#2]", [("stop 2", "", 2)]),
        ("see [the loss][#2].", [("the loss", "", 2)]),
        ("[Basics]", [("Basics", "Basics", 0)]),
        ("[Basics#3]", [("Basics, stop 3", "Basics", 3)]),
        ("[more][Basics#3] and [#1]", [("more", "Basics", 3), ("stop 1", "", 1)]),
        ("[B, T, C]", []),
        ("[Unknown#3]", []),
        ("[text](#2) [#2](x)", []),
        ("`a[#1]` and\n```\n[#2]\n```", []),
        ("[ ] [x] []", []),
    ],
)
def test_links_are_found_as_codetour_finds_them(text: str, found: list[tuple[str, str, int]]) -> None:
    assert [(link.label, link.tour, link.step) for link in links(text, ["1 - Basics"])] == found


def test_links_read_as_words() -> None:
    assert shown("see [#2], [the loss][#3], [Basics#1], [b][Basics]", ["Basics"]) == (
        "see stop 2, the loss (stop 3), tour Basics, stop 1, b (tour Basics)"
    )


def test_numbers_follow_and_others_stay() -> None:
    assert renumbered("[#1] [a][#2] [#3] [#9]", {1: 2, 2: None, 3: 3}) == "[#2] a [#3] [#9]"


@given(st.text(st.sampled_from("[]#12 aB`\n(")))
def test_any_text_keeps_its_words(text: str) -> None:
    assert renumbered(text, {}) == text
    for link in links(text, ["a"]):
        assert text[link.start] == "["
        assert text[link.end - 1] == "]"


def test_titles_have_numbers() -> None:
    assert (bare("2 - Details"), bare("#2 - D - e"), bare("Details")) == ("Details", "D - e", "Details")
    assert (number_of("#12 - x"), number_of("12. x")) == (12, None)


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ("isLinux", True),
        ("!isLinux", False),
        ("isWindows || isLinux", True),
        ("isWindows && isLinux", False),
        ("!(isWindows || isMac) && isLinux", True),
        ("isLinux == true", True),
        ("isWeb != false", False),
        ("", True),
        ("isLinux && ", None),
        ("process.exit()", None),
        ("isBSD", None),
        ("(" * 200 + "isLinux" + ")" * 200, None),
        ("isLinux; 1", None),
        ("!" * 100 + "isLinux", None),
    ],
)
def test_a_condition_is_understood_or_not(condition: str, answer: bool | None) -> None:
    names = {"isLinux": True, "isMac": False, "isWindows": False, "isWeb": False}
    assert holds(condition, names) is answer


@given(st.text(st.sampled_from("!()&|= isLnux'\"")))
def test_no_condition_makes_a_traceback(condition: str) -> None:
    assert holds(condition) in (True, False, None)


def write(root: Path, name: str, **document: object) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"steps": [], **document}))
    return path


def test_the_tours_of_a_repository_come_in_their_order(tmp_path: Path) -> None:
    write(tmp_path, ".tours/z.tour", title="Zoo")
    write(tmp_path, ".vscode/tours/deep/2.tour", title="2 - Second")
    write(tmp_path, ".github/tours/1.tour", title="1 - First")
    write(tmp_path, "main.tour", title="main")
    (tmp_path / ".tours/broken.tour").write_text("{")
    found = find(tmp_path)
    assert [f.title for f in found] == ["1 - First", "2 - Second", "main", "Zoo", "broken.tour"]
    assert found[-1].tour is None
    assert "1:2" in found[-1].problem
    assert primary(found) is found[0]
    assert found[0].tour is not None
    following = next_of(found[0].tour, found)
    assert following is not None
    assert following.title == "2 - Second"
    write(tmp_path, ".tours/p.tour", title="Primary", isPrimary=True, nextTour="Zoo")
    found = find(tmp_path)
    assert found[0].title == "Primary"
    assert found[0].tour is not None
    following = next_of(found[0].tour, found)
    assert following is not None
    assert following.title == "Zoo"
    assert "broken.tour" not in titles(found)


def test_a_tour_for_another_system_is_not_the_first(tmp_path: Path) -> None:
    write(tmp_path, ".tours/1.tour", title="1 - Elsewhere", when="isWeb")
    write(tmp_path, ".tours/2.tour", title="2 - Here")
    found = find(tmp_path)
    assert [(f.title, f.offered) for f in found] == [("2 - Here", True), ("1 - Elsewhere", False)]
    best = primary(found)
    assert best is not None
    assert best.title == "2 - Here"


def test_a_link_out_of_the_repository_is_not_opened(tmp_path: Path) -> None:
    outside = write(tmp_path, "outside.tour", title="Secret")
    root = tmp_path / "repo"
    (root / ".tours").mkdir(parents=True)
    (root / ".tours/x.tour").symlink_to(outside)
    (root / ".tours/y.tour").mkdir()
    write(root, ".tours/good.tour", title="Good")
    (root / ".tours/inner.tour").symlink_to(root / ".tours/good.tour")
    assert [f.title for f in find(root)] == ["Good", "Good"]
