# SPDX-License-Identifier: MPL-2.0
"""Small days to plan, drawn at random or by hand, and the published instances where they lie beside the checkout."""

import random
import tarfile
from pathlib import Path

import pytest
from careroutes import Announced, Break, Carer, Carers, Late, Link, Problem, Travel, Visit, Weights, Window

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "care"


def published(archive: str, member: str, folder: Path) -> Path:
    """One file of a published set, unpacked to ``folder``; the test is skipped where the set is not there."""
    source = SHARED / f"{archive}.tar.xz"
    if not source.exists():
        pytest.skip(f"the published instances are not here: {source.name}")
    with tarfile.open(source) as packed:
        packed.extract(member, folder, filter="data")
    return folder / member


def visit(name: str, place: int = 1, at: tuple[int, int] = (480, 540), **more: object) -> Visit:
    return Visit(id=name, place=place, duration=more.pop("duration", 20), windows=(Window(*at),), **more)


def carer(name: str, shift: tuple[int, int] = (420, 900), **more: object) -> Carer:
    return Carer(id=name, shift=Window(*shift), from_place=0, to_place=0, **more)


def day(visits: list[Visit], carers: list[Carer], links: list[Link] = [], **more: object) -> Problem:  # noqa: B006
    """Places 0 to 3 lie ten minutes from each other."""
    times = tuple(tuple(0 if a == b else 10 for b in range(4)) for a in range(4))
    return Problem(
        visits=tuple(visits),
        carers=tuple(carers),
        links=tuple(links),
        travel=(Travel(name="bil", times=times),),
        **more,
    )


def random_day(seed: int) -> Problem:
    """A day with a little of everything; not always one that can be planned whole."""
    chance = random.Random(seed)
    places = [(chance.randrange(60), chance.randrange(60)) for _ in range(chance.randint(4, 12))]

    def table(speed: float) -> tuple[tuple[int, ...], ...]:
        return tuple(tuple(int((abs(ax - bx) + abs(ay - by)) * speed) for bx, by in places) for ax, ay in places)

    visits, links = [], []
    for number in range(chance.randint(3, 16)):
        begin = chance.randrange(0, 600, 15)
        windows = [Window(begin, begin + chance.choice([0, 15, 60, 120]))]
        if chance.random() < 0.3:
            windows.append(Window(windows[0].end + 60, windows[0].end + 120))
        both = chance.random() < 0.3
        for part in range(2 if both else 1):
            visits.append(
                Visit(
                    id=f"v{number}.{part}",
                    group=f"v{number}" if both else "",
                    place=chance.randrange(1, len(places)),
                    duration=chance.choice([0, 10, 30]),
                    windows=tuple(windows),
                    late=chance.choice(list(Late)),
                    tardiness_weight=chance.randrange(4),
                    met_at_end=chance.random() < 0.3,
                    unserved_cost=chance.choice([50, 500, 10**9]),
                    competences=frozenset(chance.sample("abc", chance.randrange(2))),
                    preferred={"c0": 0} if chance.random() < 0.3 else {},
                    other_carer_cost=chance.choice([0, 7]),
                    never=frozenset(["c1"]) if chance.random() < 0.1 else frozenset(),
                    load=chance.randrange(3),
                    announced=Announced(
                        carer=f"c{chance.randrange(3)}",
                        start=chance.randrange(600),
                        other_carer_cost=chance.randrange(9),
                        moved_cost=chance.randrange(3),
                        tolerance=chance.choice([0, 15]),
                    )
                    if chance.random() < 0.2
                    else None,
                )
            )
        if both:
            least = chance.choice([None, 0, 0, 20])
            most = None if least is None or chance.random() < 0.3 else least + chance.choice([0, 0, 30])
            links.append(
                Link(
                    first=f"v{number}.0",
                    second=f"v{number}.1",
                    least_gap=least,
                    most_gap=most,
                    carers=chance.choice(list(Carers)),
                )
            )
    carers = [
        Carer(
            id=f"c{number}",
            shift=Window(start := chance.randrange(0, 200), start + chance.choice([200, 480, 600])),
            from_place=chance.choice([0, None]),
            to_place=chance.choice([0, None]),
            competences=frozenset(chance.sample("abc", 2)),
            mode=chance.randrange(2),
            overtime=chance.random() < 0.5,
            pause=Break(earliest=180, latest=330, duration=30, missed_cost=40) if chance.random() < 0.5 else None,
            capacity=chance.choice([5, 100]),
            use_cost=chance.choice([0, 25]),
        )
        for number in range(chance.randint(1, 5))
    ]
    return Problem(
        visits=tuple(visits),
        carers=tuple(carers),
        links=tuple(links),
        travel=(Travel(name="bil", times=table(0.5)), Travel(name="cykel", times=table(1.5), costs=table(0.1))),
        weights=Weights(
            travel=chance.randrange(1, 4),
            highest_tardiness=chance.choice([0, 3]),
            waiting=chance.choice([0, 2]),
            overtime=chance.choice([0, 5]),
            idle=chance.choice([0, 4]),
        ),
    )
