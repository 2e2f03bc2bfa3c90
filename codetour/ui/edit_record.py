"""The editor's key that runs the program again: agree, watch the stops being reached, keep the values."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from codetour.errors import CodetourError
from codetour.progress import Silent
from codetour.ui.background import in_thread
from codetour.ui.prepared import Decision

if TYPE_CHECKING:
    from codetour.ui.edit_screen import EditScreen


class EditRecord:
    """Mixed into `EditScreen`."""

    recording_now = False

    def action_record(self) -> None:
        me = cast("EditScreen", self)
        if me.desk.rehearse is None or me.desk.record is None:
            me.say("This tour's repository was not found: nothing can be run.")
        elif not me.draft.tour.stops:
            me.say("There is no stop yet: a adds one at the cursor's line.")
        elif self.recording_now:
            me.say("It is being recorded already.")
        else:
            self.recording_now = True
            me.run_worker(self._record(), group="record")

    async def _record(self) -> None:
        me = cast("EditScreen", self)
        assert me.desk.rehearse is not None
        assert me.desk.record is not None
        rehearse, record, tour = me.desk.rehearse, me.desk.record, me.draft.tour
        try:
            me.say("Looking for what has to be run…")
            ready = await in_thread(lambda: rehearse(tour, Silent()), "rehearsal")
            decision = Decision(ready.execution.launch)
            if not ready.agreed:
                from codetour.ui.consent_screen import ConsentScreen

                answer = await me.app.push_screen_wait(ConsentScreen(ready.tour, ready.execution))
                if not isinstance(answer, Decision):
                    me.say("Nothing was run.")
                    return
                decision = answer
            me.say("The program runs; you can go on writing.")
            me.recording = await record(ready, decision)
            reached = sum(1 for s in tour.stops if me.recording.of(s.id))
            ending = me.recording.end.message if me.recording.end is not None else ""
            me.say(f"Recorded: {reached} of {len(tour.stops)} stops were reached. {ending}".strip())
            me.paint()
        except CodetourError as problem:
            me.say(f"{problem.message} {problem.hint}".strip(), "error")
        finally:
            self.recording_now = False
