"""drive(): walk a whole tour without a person, and know when it is time to stop."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from codetour.model.events import Ended
from codetour.progress import Progress, Silent
from codetour.session.endings import Outcome
from codetour.session.exploring import LiveExplorer
from codetour.session.forecast import ask_forecast
from codetour.session.live import LiveDriver

TICK: Final = 0.25
BUSY: Final = 20.0
"""seconds since the last line of output within which a program counts as getting on"""


LONGEST: Final = 300.0
"""seconds without news that a stop is waited for whose condition is known to come true"""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds without news after which waiting for more stops is given up.

    News is a stop, a place on the way to one, a counted pass. Output is no news (an endless script prints for ever),
    but a program that goes on printing is given the most: an epoch, or an optimizer with inner steps, takes its time.
    """

    first: float = 120.0
    """until anything is seen: libraries may take long to import"""
    least: float = 60.0
    most: float = 120.0
    factor: float = 2.0
    """of the time that the run has taken up to the last news"""

    def allowed(self, news: float, *, any_seen: bool, busy: bool) -> float:
        """How long to wait after `news` seconds of run time."""
        if not any_seen:
            return self.first
        return self.most if busy else min(max(self.factor * news, self.least), self.most)


async def drive(
    driver: LiveDriver,
    *,
    timeout: float | None = None,
    patience: Patience | None = None,
    progress: Progress | None = None,
) -> Ended:
    """Serve every stop in the order in which they come; returns how the run ended.

    The program is ended when all stops were served (unless `to_end`), after `timeout` seconds, or when `patience` is
    at its end.
    """
    progress = progress or Silent()
    try:
        await driver.start()
        while driver.finished is None:
            outcome = await _wait(driver, timeout, patience or Patience(), progress)
            if outcome is not None:
                await driver.end(outcome)
            elif driver.finished is None:
                await _go_on(driver)
        return driver.finished
    finally:
        await driver.close()


async def _go_on(driver: LiveDriver) -> None:
    """At a stop, a pause or a crash: on, unless everything was seen."""
    walk = driver.walk
    done = not any(p.open for p in walk.itinerary.places)
    if done and not driver.options.to_end and (walk.standing is None or walk.standing.kind != "crash"):
        await driver.end(Outcome("all-stops", f"Every stop was reached; {walk.debugger.farewell}."))
    else:
        await walk.resume()


async def _wait(
    driver: LiveDriver,
    timeout: float | None,
    patience: Patience,
    progress: Progress,
) -> Outcome | None:
    """Wait until the program stands or is over; an outcome when the waiting is to end the run."""
    walk = driver.walk
    total = len(driver.tour.stops)
    promised = 0.0
    while True:
        try:
            await asyncio.wait_for(driver.settled(), TICK)
        except asyncio.TimeoutError:
            pass
        else:
            progress.advance(len(driver.seen), total)
            return None
        progress.check()
        progress.advance(len(driver.seen), total, f"{walk.clock.now():.0f} s")
        if timeout is not None and walk.clock.now() > timeout:
            return Outcome("timeout", f"Time was up after {timeout:g} s{await _whereabouts(driver)}.")
        clock = walk.clock
        busy = clock.now() - clock.heard < BUSY
        allowed = patience.allowed(clock.news, any_seen=bool(driver.seen), busy=busy)
        open_stops = any(p.open for p in walk.itinerary.places)
        if clock.now() - max(clock.news, promised) > allowed and (open_stops or not driver.options.to_end):
            promise, words = await _promise(driver, since=clock.news)
            if promise:
                # it is as long again as it may be silent, from when the stop should have come
                promised = clock.now() + promise - allowed
                continue
            if driver.finished is None and walk.standing is None:
                said = f"Nothing new came for {clock.now() - clock.news:.0f} s{words}"
                return Outcome("timeout", f"{said}{await _whereabouts(driver)}.")


async def _promise(driver: LiveDriver, *, since: float) -> tuple[float, str]:
    """(seconds that are worth waiting for a stop that will come, else 0; what is known of it, in words)."""
    walk = driver.walk
    waited = walk.clock.now() - since
    found = await ask_forecast(walk) if waited < LONGEST else []
    soon = [f.seconds for f in found if waited + f.seconds < LONGEST]
    if soon:
        return max(soon) * 1.3 + 5, ""
    return 0.0, f"; {found[0].words}" if found else ""


async def _whereabouts(driver: LiveDriver) -> str:
    """Where the program is, found out by pausing it."""
    if not await driver.walk.pause():
        if driver.finished is not None:
            return ""
        stuck = await LiveExplorer(driver.walk, driver.walk.arming.following).stuck()
        return f", the program was {stuck}"
    standing = driver.walk.standing
    frame = next((f for f in standing.seen.frames if f.inside), None) if standing is not None else None
    if frame is None:
        return ""
    return f", the program was at {driver.walk.place_of(frame)} in {frame.symbol}"
