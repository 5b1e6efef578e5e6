# SPDX-License-Identifier: MPL-2.0
"""A day that changes: how soon an acute visit's places are found, and how much of the day a sick carer upsets."""

import statistics
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
from careroutes import Announced, Answer, Limits, Problem, best_places, check, solve
from careroutes.formats import read_problem
from cases import SHARED

DAY = "hhcrsp-kummer/kummer/HHCRSP_300_60_34_1.2_R_C.json"  # 390 visits, 60 carers
MINUTE = 1000  # in that format's unit


def acute_and_ill(folder: Path, *, quick: bool) -> Iterator[str]:
    """Two lines of figures, or one that says why there are none."""
    archive = SHARED / "hhcrsp-kummer.tar.xz"
    with tarfile.open(archive) as packed:
        packed.extract(DAY, folder, filter="data")
    problem, _ = read_problem(folder / DAY)
    morning = solve(problem, limits=Limits(cpu_seconds=5 if quick else 20))
    alone = [visit.id for visit in problem.visits if f"{visit.group}/1" not in {each.id for each in problem.visits}]
    yield acute(problem, morning, alone[:20])
    yield ill(problem, morning, carers=2 if quick else 8)


def acute(problem: Problem, morning: Answer, visits: list[str]) -> str:
    """Each visit is taken out and asked for anew: CPU milliseconds for its five best places."""
    took = []
    for visit in visits:
        planned = tuple(each for each in morning.planned if each.visit != visit)
        left = msgspec.structs.replace(morning, planned=planned, unserved=(*morning.unserved, visit))
        before = time.process_time()
        best_places(problem, left, visit, most=5)
        took.append(1000 * (time.process_time() - before))
    return (
        f"acute visit among {len(problem.visits)}: five best places in {statistics.median(took):.0f} ms (median), "
        f"{max(took):.0f} ms (longest of {len(took)})"
    )


def ill(problem: Problem, morning: Answer, *, carers: int) -> str:
    """The busiest carers fall ill, one at a time: other visits with another carer or over 15 minutes away in time."""
    said = {each.visit: each for each in morning.planned}
    visits = tuple(
        msgspec.structs.replace(
            visit,
            announced=Announced(
                carer=said[visit.id].carer,
                start=said[visit.id].start,
                other_carer_cost=15 * MINUTE,
                moved_cost=1,
                tolerance=15 * MINUTE,
            ),
        )
        for visit in problem.visits
    )
    busiest = sorted(morning.routes().items(), key=lambda route: -len(route[1]))[:carers]
    shares, left_out = [], 0
    for carer, lost in busiest:
        theirs = {each.visit for each in lost}
        today = msgspec.structs.replace(
            problem, visits=visits, carers=tuple(each for each in problem.carers if each.id != carer)
        )
        kept = tuple(each for each in morning.planned if each.visit not in theirs)
        begin = msgspec.structs.replace(morning, planned=kept, unserved=(*morning.unserved, *theirs))
        answer = solve(today, limits=Limits(cpu_seconds=2), start=begin)
        broken = check(today, answer)
        if broken:
            raise RuntimeError(f"{carer} ill: the plan breaks {broken[0].code}")
        changed = [
            each
            for each in answer.planned
            if each.visit not in theirs
            and (each.carer != said[each.visit].carer or abs(each.start - said[each.visit].start) > 15 * MINUTE)
        ]
        shares.append(100 * len(changed) / len(kept))
        left_out += len(answer.unserved)
    return (
        f"carer ill, replanned in 2 CPU s: {statistics.mean(shares):.1f} % of the others' visits changed (mean of "
        f"{len(shares)}), {max(shares):.1f} % at most, {left_out} unserved"
    )
