"""drive(): walk a whole tour without a person, and know when it is time to stop."""

from __future__ import annotations

import asyncio
from typing import Final

from codetour.model.events import Ended
from codetour.progress import Progress, Silent
from codetour.session.endings import Outcome
from codetour.session.live import LiveDriver

TICK: Final = 0.25
FIRST_PATIENCE: Final = 120.0
"""seconds until the first thing is seen: libraries may take long to import"""
LEAST_PATIENCE: Final = 30.0
MOST_PATIENCE: Final = 120.0
PATIENCE_FACTOR: Final = 2.0


async def drive(
    driver: LiveDriver,
    *,
    timeout: float | None = None,
    patience: float | None = None,
    progress: Progress | None = None,
) -> Ended:
    """Serve every stop in the order in which they come; returns how the run ended.

    The program is ended when all stops were served (unless `to_end`), after `timeout` seconds, or when nothing new
    was seen for `patience` seconds (by default twice the time that the run took so far, 30 to 120 s).
    """
    progress = progress or Silent()
    try:
        await driver.start()
        while driver.finished is None:
            outcome = await _wait(driver, timeout, patience, progress)
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
        await driver.end(Outcome("all-stops", "Every stop was reached; the program was ended."))
    else:
        await walk.resume()


async def _wait(
    driver: LiveDriver,
    timeout: float | None,
    patience: float | None,
    progress: Progress,
) -> Outcome | None:
    """Wait until the program stands or is over; an outcome when the waiting is to end the run."""
    walk = driver.walk
    total = len(driver.tour.stops)
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
        allowed = patience if patience is not None else _patience(walk.clock.news, any_seen=bool(driver.seen))
        open_stops = any(p.open for p in walk.itinerary.places)
        if walk.clock.now() - walk.clock.news > allowed and (open_stops or not driver.options.to_end):
            return Outcome("timeout", f"Nothing new came for {allowed:.0f} s{await _whereabouts(driver)}.")


def _patience(news: float, *, any_seen: bool) -> float:
    if not any_seen:
        return FIRST_PATIENCE
    return min(max(PATIENCE_FACTOR * news, LEAST_PATIENCE), MOST_PATIENCE)


async def _whereabouts(driver: LiveDriver) -> str:
    """Where the program is, found out by pausing it."""
    if not await driver.walk.pause():
        return ", the program was inside compiled code" if driver.finished is None else ""
    standing = driver.walk.standing
    frame = next((f for f in standing.seen.frames if f.inside), None) if standing is not None else None
    return f", the program was at {frame.file}:{frame.line} in {frame.symbol}" if frame is not None else ""
