"""The worst program for a recording: many names, deep calls, big containers, much output, 25 stops."""

from __future__ import annotations

import json

from codetour.model.recording import Recording
from codetour.record.bounds import STOP, WHOLE, bounded, size
from codetour.record.encode import to_json
from tests.session.conftest import line_of, tour_of

NAMES = "\n".join(f"    local_name_{i} = dict(held, number_{i}=[{i}] * 50)" for i in range(300))
WORST = f"""
def fill(depth):
    held = {{f"key_{{i}}": [{{"text": "\\u2713" * 400, "numbers": list(range(900))}}] * 40 for i in range(20)}}
{NAMES}
    if depth:
        return fill(depth - 1)
    print("x" * 60_000)
    return held  # stop


for turn in range(25):
    fill(20)
"""


async def test_the_worst_program_is_recorded_within_both_limits(tmp_path, run_tour) -> None:
    (tmp_path / "worst.py").write_text(WORST)
    line = line_of(tmp_path / "worst.py", "# stop")
    tour = tour_of("worst.py", *(("worst.py", line, turn) for turn in range(1, 26)))
    run = await run_tour(tmp_path, tour, timeout=120)
    assert len(run.reached) == 25, run.missed
    whole = Recording("t", seen=tuple(run.reached), output="\n".join(run.driver.output))
    assert len(json.dumps(to_json(whole))) > WHOLE / 4, "this program is not bad enough"
    found = bounded(whole)
    assert max(size(s) for s in found.seen) <= STOP
    assert len(json.dumps(to_json(found), separators=(",", ":"))) <= WHOLE
    assert all(s.frames[0].values for s in found.seen)
    assert all(s.frames[0].omitted for s in found.seen)
