"""Which lines are armed: the stops still to come, the watches on the way, breakpoints by hand, the line to run to."""

from __future__ import annotations

import contextlib

from codetour.session.by_hand import ByHand
from codetour.session.following import Following
from codetour.session.forecast import Probe, probes_of
from codetour.session.itinerary import Itinerary
from codetour.session.messages import BreakpointAnswer
from codetour.session.program import Program
from codetour.session.wire import Body, WireError


class Arming:
    """Keeps the debugger's breakpoints what they should be, one file at a time."""

    def __init__(self, itinerary: Itinerary) -> None:
        self._itinerary = itinerary
        self.by_hand = ByHand()
        self.following = Following()
        self.probes: dict[tuple[str, int], Probe] = {}
        """(path, line) of conditions that are asked when they would hold"""
        self.target: tuple[str, int] | None = None
        """where `run to` goes"""
        self.target_pid = 0
        """the only process that it is for; 0: all of them"""
        self._armed: dict[str, list[Body]] = {}

    def wanted(self, path: str) -> list[Body]:
        """The breakpoints of a file, as the protocol takes them."""
        found = self.following.bodies(path)
        for line, body in self.by_hand.bodies(path).items():
            if line in found:
                body["condition"] = f"({found[line]['condition']}) or ({body.get('condition', True)})"
            found[line] = body
        if self.target is not None and self.target[0] == path:
            line = self.target[1]
            found[line] = self._target_body(line, found.get(line))
        for line in (*self._itinerary.lines(path), *self._probed(path)):
            found[line] = {"line": line}
        return [found[line] for line in sorted(found)]

    def _target_body(self, line: int, known: Body | None) -> Body:
        if not self.target_pid or (known is not None and "condition" not in known):
            return {"line": line}
        here = f"__import__('os').getpid() == {self.target_pid}"
        return {
            "line": line,
            "condition": f"({known['condition']}) or ({here})" if known is not None else here,
        }

    def _probed(self, path: str) -> list[int]:
        return [line for (where, line), probe in self.probes.items() if where == path and not probe.done]

    def prepare(self, debugger: Program) -> None:
        """Arm everything before the program starts."""
        for path in {*self._itinerary.paths(), *self.by_hand.paths()}:
            debugger.breakpoints[path] = self._armed[path] = self.wanted(path)
        asked = probes_of([place for place in self._itinerary.places if place.open])
        for path in {*debugger.breakpoints, *(path for path, _ in asked)}:
            lines = {int(body["line"]) for body in debugger.breakpoints.get(path, ())}
            debugger.places[path] = sorted(lines | {line for where, line in asked if where == path})

    def asked(self, path: str, line: int) -> bool:
        """The debugger stops on this line only when the condition of a breakpoint by hand holds."""
        return any(body["line"] == line and "condition" in body for body in self._armed.get(path, ()))

    def check(self, path: str, answers: list[BreakpointAnswer]) -> None:
        """Compare where the debugger put the breakpoints; a stop that was moved out of its statement is none."""
        for asked, answer in zip(self._armed.get(path, ()), answers, strict=False):
            for place in self._itinerary.places:
                binding = place.binding
                if place.path != path or binding is None or binding.line != asked["line"]:
                    continue
                if not answer.verified or not binding.line <= answer.line <= binding.last:
                    place.problem = f"the debugger cannot stop at line {binding.line}"

    async def sync(self, debugger: Program, path: str) -> list[BreakpointAnswer]:
        """Tell the debugger what changed in a file, if anything did."""
        wanted = self.wanted(path)
        if wanted == self._armed.get(path, []):
            return []
        self._armed[path] = wanted
        return await debugger.set_breakpoints(path, wanted)

    async def arm(self, debugger: Program, paths: set[str]) -> None:
        """Tell what changed in some files; a process that does not listen now learns it later."""
        for path in paths:
            with contextlib.suppress(WireError):
                await self.sync(debugger, path)

    async def sync_all(self, debugger: Program) -> None:
        for path in list(self._armed):
            await self.sync(debugger, path)
