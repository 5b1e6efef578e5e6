# SPDX-License-Identifier: MPL-2.0
"""From classes to vehicles: colour each class's jobs in order of start, keeping range and rest while doing so.

Without windows the greedy colouring of an interval graph needs no more vehicles than its largest clique. With windows
the vehicle that has most of its window left takes the job: work spreads, so few windows fill up.
"""

from fleetplan.counting import Choice
from fleetplan.jobs import Jobs
from fleetplan.problem import Problem
from fleetplan.roster import Roster


def colour(problem: Problem, jobs: Jobs, choice: Choice) -> Roster:
    """Vehicles for a choice. A job that no vehicle of its class can take is left unserved in the roster."""
    roster = Roster(problem, jobs)
    by_class: list[list[int]] = [[] for _ in problem.classes]
    for job, c in enumerate(choice.class_of.tolist()):
        if c >= 0:
            by_class[c].append(job)
    for c, members in enumerate(by_class):
        for _ in range(int(choice.counts[c])):
            roster.add_car(c)
        _colour_class(roster, c, members)
    return roster


def _colour_class(roster: Roster, c: int, members: list[int]) -> None:
    rule, legs = roster.rules[c], roster.legs[c]
    cars = roster.cars[c]
    start, release = roster.start[c], roster.release[c]
    free_from = [-1] * len(cars)
    walks = [rule.restarted() for _ in cars] if rule is not None else []
    for job in sorted(members, key=start.__getitem__):
        begins = start[job]
        chosen = -1
        if rule is None:
            # The vehicle that came home last: the others stay free for long pauses, and the last ones perhaps unused.
            latest = -2
            for number, since in enumerate(free_from):
                if latest < since < begins:
                    chosen, latest = number, since
        else:
            most = -1.0
            for number, since in enumerate(free_from):
                if since < begins:
                    spare = walks[number].spare_after(legs[job])
                    if spare is not None and spare > most:
                        chosen, most = number, spare
        if chosen >= 0:
            free_from[chosen] = release[job]
            if rule is not None:
                walks[chosen].step(legs[job])
            roster.append(cars[chosen], job)
