"""A run, or its absence, as a recording."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codetour.cli.pipeline import Planned
from codetour.model.events import Ended, Ending
from codetour.model.recording import Recording
from codetour.record.freshness import marks

if TYPE_CHECKING:
    from codetour.session.live import LiveDriver


def recording_of(planned: Planned, driver: LiveDriver) -> Recording:
    """What a live driver has seen so far, as a value."""
    interpreter = driver.interpreter
    return Recording(
        tour=planned.tour.title,
        anchors=marks(planned.tour),
        repo=planned.tree.name,
        commit=planned.tree.commit,
        python=interpreter.text if interpreter is not None else "",
        command=driver.command.shown if driver.command is not None else (),
        seen=driver.seen,
        missed=driver.missed,
        output="\n".join(driver.output),
        end=driver.finished,
        timing={name: round(value, 3) for name, value in driver.timing.items()},
    )


def static_recording(planned: Planned, why: str, how: Ending, mend: str = "") -> Recording:
    """The recording of a run that did not take place: every stop is missed for the same reason."""
    return Recording(
        tour=planned.tour.title,
        repo=planned.tree.name,
        commit=planned.tree.commit,
        missed={stop.id: why for stop in planned.tour.stops},
        end=Ended(how, message=why, mend=mend),
    )
