"""Changes to a tour, and back again."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from codetour.model.tour import Anchor, Stop, Tour
from codetour.ui.edit_draft import Draft


def a_tour(count: int = 4) -> Tour:
    stops = tuple(
        Stop(f"s{n}", "data", f"T{n}", Anchor("a.py", n), f"see [#{count - n}]") for n in range(1, count + 1)
    )
    return Tour("T", stops)


def titles(draft: Draft) -> list[str]:
    return [s.title for s in draft.tour.stops]


def test_a_new_stop_comes_after_the_one_at_hand() -> None:
    draft = Draft(a_tour())
    draft.look_at(1)
    draft.add(Anchor("b.py", 7, text="x = 1"))
    assert titles(draft) == ["T1", "T2", "x = 1", "T3", "T4"]
    assert draft.at == 2
    assert draft.stop is not None
    assert draft.stop.stage == "data"
    assert len({s.id for s in draft.tour.stops}) == 5


def test_links_follow_the_stops_that_they_name() -> None:
    tour = Tour("T", tuple(Stop(f"s{n}", "data", f"T{n}", Anchor("a.py", n)) for n in (1, 2, 3)))
    draft = Draft(tour)
    draft.reword(idea="see [the third][#3], [#2], [Other#3] and `x[#3]`")
    draft.look_at(2)
    draft.move(-1)
    assert draft.tour.stops[0].idea == "see [the third][#2], [#3], [Other#3] and `x[#3]`"
    draft.delete()
    assert draft.tour.stops[0].idea == "see the third, [#2], [Other#3] and `x[#3]`"
    draft.undo()
    draft.undo()
    assert draft.tour.stops[0].idea == "see [the third][#3], [#2], [Other#3] and `x[#3]`"


def test_the_ends_hold() -> None:
    draft = Draft(a_tour(2))
    assert not draft.move(-1)
    draft.delete()
    draft.delete()
    draft.delete()
    assert draft.stop is None
    draft.add(Anchor("a.py", 1))
    assert draft.at == 0
    assert titles(draft) == ["a.py:1"]


def test_putting_a_stop_elsewhere_forgets_the_old_line() -> None:
    stop = Stop("s", "data", "T", Anchor("a.py", 1), extra={"pattern": "x", "selection": {}, "icon": "beer"})
    draft = Draft(Tour("T", (stop,)))
    draft.place(Anchor("b.py", 2))
    assert draft.stop is not None
    assert draft.stop.extra == {"icon": "beer"}


def test_describing_keeps_unknown_keys_and_takes_away_on_none() -> None:
    draft = Draft(Tour("T", (), extra={"zoo": 1, "isPrimary": True}))
    draft.describe("x", extra={"isPrimary": None, "nextTour": "U"})
    assert draft.tour.extra == {"zoo": 1, "nextTour": "U"}
    draft.describe("x", title="V")
    assert draft.tour.title == "V"
    assert draft.undo() == "x"
    assert draft.tour.title == "T"


STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "delete", "later", "earlier", "title", "look_at"]), st.integers(0, 5)),
    max_size=30,
)


@given(STEPS)
@settings(deadline=None)
def test_undo_leads_back_to_the_beginning_and_redo_to_the_end(steps: list[tuple[str, int]]) -> None:
    first = a_tour()
    draft = Draft(first)
    for what, number in steps:
        if what == "add":
            draft.add(Anchor("n.py", number))
        elif what == "delete":
            draft.delete()
        elif what in ("later", "earlier"):
            draft.move(1 if what == "later" else -1)
        elif what == "title":
            draft.reword(title=str(number))
        else:
            draft.look_at(number)
        assert 0 <= draft.at <= max(len(draft.tour.stops) - 1, 0)
    last = draft.tour
    while draft.undo():
        pass
    assert draft.tour == first
    while draft.redo():
        pass
    assert draft.tour == last
