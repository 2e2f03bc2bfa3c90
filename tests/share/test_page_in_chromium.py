"""The page in a real browser: pressed, swiped, searched, printed, with no complaint and no request.

Skipped where there is no Chromium; `CODETOUR_TEST_CHROMIUM` names one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from codetour.share.writing import Wish, share
from tests.share import chromium as driver
from tests.share import sample

pytestmark = pytest.mark.skipif(
    driver.chromium() is None, reason="no Chromium; name one with CODETOUR_TEST_CHROMIUM"
)


def page(folder: Path, wish: Wish | None = None) -> str:
    path = folder / "a page <b>.html"
    made = share(sample.sample_tour(), sample.sample_recording(), sample.SampleSources(), "html", wish)
    path.write_bytes(made.data)
    return path.as_uri()


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    with driver.Browser(driver.chromium(), tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture
def browser(opened, tmp_path: Path):
    opened.events.clear()
    opened.size(1200, 800)
    opened.open(page(tmp_path))
    yield opened
    assert opened.complaints() == []
    assert {a.partition("#")[0] for a in opened.requests()} == {page(tmp_path)}


SHOWN = (
    "[...document.querySelectorAll('main > section')].filter(s => s.getClientRects().length).map(s => s.id)"
)


def test_keys_lead_through_the_tour(browser) -> None:
    assert browser.run(SHOWN) == ["s0"]
    browser.press("ArrowRight", "j", " ")
    assert browser.run(SHOWN) == ["s3"]
    assert browser.run("document.activeElement.textContent") == "The model thinks"
    assert browser.run("document.getElementById('said').textContent") == "Stop 3 of 6"
    browser.press("k", "ArrowLeft")
    assert browser.run(SHOWN) == ["s1"]
    browser.press("End")
    assert browser.run(SHOWN) == ["s7"]
    browser.press("ArrowRight")
    assert browser.run(SHOWN) == ["s7"]
    browser.press("m")
    assert browser.run(SHOWN) == ["s0"]
    browser.press("a")
    assert browser.run(SHOWN) == [f"s{n}" for n in range(8)]


def test_the_line_of_the_stop_is_marked(browser) -> None:
    browser.press(*"jjj")
    here = browser.run("[...document.querySelectorAll('#s3 .here')].map(s => s.innerText)")
    assert len(here) == 1
    assert here[0].split() == ["▶", "3", "q", "=", "self.query(x)"]
    colour = "getComputedStyle(document.querySelector('#s3 .here')).backgroundColor"
    assert browser.run(colour) != browser.run(
        "getComputedStyle(document.querySelector('#s3 pre')).backgroundColor"
    )


def test_links_in_words_and_in_the_graph_lead_to_stops(browser) -> None:
    browser.press("j")
    browser.run("document.querySelector('#s1 .idea a').click()")
    browser.run("new Promise(requestAnimationFrame)")
    assert browser.run(SHOWN) == ["s4"]
    browser.press("m")
    assert browser.run("document.querySelectorAll('#s0 svg a').length") == 5
    assert browser.run("document.querySelectorAll('#s0 svg .again').length") == 1
    browser.run("document.querySelector('#s0 svg a[data-stop=\"3\"]').dispatchEvent(new MouseEvent('click', "
                "{bubbles: true, cancelable: true, view: window}))")  # fmt: skip
    browser.run("new Promise(done => setTimeout(done, 50))")
    assert browser.run(SHOWN) == ["s3"]
    assert browser.run("location.hash") == "#s3"


def test_search_narrows_the_outline_and_enter_goes_there(browser) -> None:
    browser.press("/")
    browser.send("Input.insertText", text="one NUMBER")
    listed = "[...document.querySelectorAll('nav li:not([hidden]) a')].map(a => a.textContent)"
    assert browser.run(listed) == ["Map", "One number"]
    browser.press("Enter")
    assert browser.run(SHOWN) == ["s4"]
    assert browser.run("CSS.highlights.get('found').size") > 0
    browser.press("/", "Escape")
    assert len(browser.run(listed)) == 8
    browser.press("/")
    browser.send("Input.insertText", text="no such words")
    assert browser.run("document.getElementById('hits').textContent") == "Nothing found"
    browser.press("Escape")


def test_buttons_and_fingers_lead_too(browser) -> None:
    browser.size(390, 800)
    browser.run("document.getElementById('next').click()")
    assert browser.run(SHOWN) == ["s1"]
    assert browser.run("document.getElementById('next').getBoundingClientRect().height") >= 44
    browser.send("Emulation.setTouchEmulationEnabled", enabled=True)
    browser.run("scrollTo(0, 0)")
    place = browser.run("(() => { const r = document.querySelector('#s1 .idea').getBoundingClientRect();"
                        " return [r.x, r.y + r.height / 2]; })()")  # fmt: skip
    browser.swipe(int(place[0]) + 250, int(place[1]), -180)
    browser.run("new Promise(done => setTimeout(done, 50))")
    assert browser.run(SHOWN) == ["s2"]
    browser.send("Emulation.setTouchEmulationEnabled", enabled=False)
    assert browser.run("document.documentElement.scrollWidth") <= 390


def test_light_and_dark_follow_the_system_and_the_reader(browser) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    browser.size(1200, 800)
    light = browser.run(paper)
    browser.size(1200, 800, dark=True)
    dark = browser.run(paper)
    assert dark != light
    browser.press("t")
    assert browser.run(paper) == light
    browser.press("t")
    assert browser.run(paper) == dark
    browser.size(1200, 800, dark=True, paper=True)
    assert browser.run(paper) == light


def test_words_and_marks_stand_out_enough(browser) -> None:
    """Contrast of at least 4.5 to 1, in both lights, of everything that is read."""
    script = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
    browser.press("a")
    assert browser.run(script) == []
    browser.size(1200, 800, dark=True)
    assert browser.run(script) == []


AXE = os.environ.get("CODETOUR_TEST_AXE", "")


@pytest.mark.skipif(not AXE, reason="no axe-core; name its axe.min.js with CODETOUR_TEST_AXE")
@pytest.mark.parametrize("width", [1200, 390])
@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_in_the_way_of_anybody(opened, tmp_path: Path, width: int, dark: bool) -> None:
    opened.size(width, 800, dark=dark)
    opened.send("Page.setBypassCSP", enabled=True)
    opened.open(page(tmp_path))
    opened.press("a")
    opened.run(Path(AXE).read_text(encoding="utf-8") + "; 0")
    opened.send("Page.setBypassCSP", enabled=False)
    every = "axe.run().then(r => r.violations.map(v => v.id + ' ' + v.nodes.map(n => n.html).join(' ')))"
    found = opened.send("Runtime.evaluate", expression=every, awaitPromise=True, returnByValue=True)
    assert found["result"]["value"] == []


def test_on_paper_every_stop_is_there_and_no_button(browser) -> None:
    browser.size(1200, 800, paper=True)
    assert browser.run(SHOWN) == [f"s{n}" for n in range(8)]
    assert browser.run("document.querySelector('.bar').getClientRects().length") == 0
    assert browser.pdf().startswith(b"%PDF")


def test_the_page_reads_without_its_script(opened, tmp_path: Path) -> None:
    opened.send("Emulation.setScriptExecutionDisabled", value=True)
    opened.events.clear()
    opened.open(page(tmp_path))
    opened.send("Emulation.setScriptExecutionDisabled", value=False)
    assert opened.run(SHOWN) == [f"s{n}" for n in range(8)]


def test_everything_has_a_name_for_those_who_listen(browser) -> None:
    """The browser's own accessibility tree: no button, link, field or region without a name."""
    browser.press("a")
    nodes = browser.send("Accessibility.getFullAXTree")["nodes"]
    wanted = {"button", "link", "searchbox", "region", "navigation", "progressbar", "heading"}
    unnamed = [n for n in nodes if n.get("role", {}).get("value") in wanted and not n["ignored"]
               and not n.get("name", {}).get("value")]  # fmt: skip
    assert unnamed == []
    names = [
        n["name"]["value"] for n in nodes if n.get("role", {}).get("value") == "link" and not n["ignored"]
    ]
    assert "Stop 3: The model thinks" in names


EVIL = (
    "<script>document.title='got'</script>",
    "<img src=x onerror=document.title='got'>",
    "</pre></section><svg onload=document.title='got'>",
    "javascript:alert(1)",
)


@pytest.mark.parametrize("evil", EVIL)
def test_hostile_words_do_nothing(opened, tmp_path: Path, evil: str) -> None:

    tour = sample.sample_tour()
    stops = tuple(
        s._replace(title=evil, idea=evil, look=f"[x]({evil}) ![y]({evil}) [#1] {evil}") for s in tour.stops
    )
    tour = tour._replace(
        title=evil, description=evil, repo=evil, stops=stops, notes=(evil,), axes={evil: evil}
    )
    path = tmp_path / "evil.html"
    path.write_bytes(share(tour, sample.sample_recording(), sample.SampleSources(), "html").data)
    opened.events.clear()
    opened.open(path.as_uri())
    opened.press("a")
    assert opened.run("document.title") == evil
    assert opened.complaints() == []
    assert opened.requests() == [path.as_uri()]
    assert opened.run("document.querySelectorAll('script').length") == 1
