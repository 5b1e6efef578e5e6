# SPDX-License-Identifier: MPL-2.0
"""Solomon's and Gehring and Homberger's text format: customers with hard windows and loads, one depot.

Two conventions of distance are in use and must not be mixed: DIMACS (truncated to one decimal) and real numbers.
"""

import math

from careroutes.answer import Answer
from careroutes.errors import InvalidProblem
from careroutes.problem import Carer, Late, Problem, Travel, Visit, Window

EXACT = 10_000


def read(text: str, *, convention: str = "dimacs", vehicles: int | None = None) -> Problem:
    """``convention``: "dimacs" or "exact". ``vehicles``: fewer than the file has, such as the best known number."""
    if convention not in ("dimacs", "exact"):
        raise InvalidProblem("unknown", "convention", convention, "dimacs or exact")
    scale = 10 if convention == "dimacs" else EXACT
    lines = [(number, line.split()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    fleet = next((k for k, (_, words) in enumerate(lines) if words[0].upper() == "NUMBER"), None)
    if fleet is None or fleet + 1 >= len(lines):
        raise InvalidProblem("missing", "NUMBER", None, "the number of vehicles and their capacity are missing")
    count, capacity = (int(_number(word, lines[fleet + 1][0])) for word in lines[fleet + 1][1][:2])
    rows = [[_number(word, number) for word in words] for number, words in lines[fleet + 2 :] if words[0].isdecimal()]
    for (number, _), row in zip([line for line in lines[fleet + 2 :] if line[1][0].isdecimal()], rows, strict=True):
        if len(row) != 7:
            raise InvalidProblem("wrong_row", f"line {number}", len(row), "seven numbers are needed")
    if len(rows) < 2:
        raise InvalidProblem("missing", "CUSTOMER", None, "a depot and at least one customer are needed")

    def distance(one: list[float], other: list[float]) -> int:
        exact = math.hypot(one[1] - other[1], one[2] - other[2]) * scale
        return math.floor(exact + 1e-9) if convention == "dimacs" else round(exact)

    depot = rows[0]
    return Problem(
        visits=tuple(
            Visit(
                id=str(int(row[0])),
                place=place,
                duration=round(row[6] * scale),
                windows=(Window(round(row[4] * scale), round(row[5] * scale)),),
                late=Late.FORBIDDEN,
                load=int(row[3]),
            )
            for place, row in enumerate(rows[1:], 1)
        ),
        carers=tuple(
            Carer(
                id=str(number),
                shift=Window(round(depot[4] * scale), round(depot[5] * scale)),
                from_place=0,
                to_place=0,
                overtime=False,
                capacity=capacity,
            )
            for number in range(1, (vehicles or count) + 1)
        ),
        travel=(Travel(name="straight", times=tuple(tuple(distance(one, other) for other in rows) for one in rows)),),
        cost_scale=1 / scale,
    )


def _number(word: str, line: int) -> float:
    try:
        return float(word)
    except ValueError:
        raise InvalidProblem("not_a_number", f"line {line}", word, "a number is expected") from None


def write(problem: Problem, answer: Answer) -> str:
    """CVRPLIB's .sol: one line per route, then the cost."""
    routes = [route for route in answer.routes().values() if route]
    lines = [
        f"Route #{number}: {' '.join(planned.visit for planned in route)}" for number, route in enumerate(routes, 1)
    ]
    return "\n".join([*lines, f"Cost {round(answer.cost * problem.cost_scale, 4)}"]) + "\n"
