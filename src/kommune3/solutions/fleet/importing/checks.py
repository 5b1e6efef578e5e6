# SPDX-License-Identifier: MPL-2.0
"""What a trip must fulfil on its own, whatever file it comes from."""

from datetime import datetime, timedelta

from kommune3.solutions.fleet.importing.problems import Detail, Finding

LONGEST_TRIP = timedelta(days=20)
"""A longer one is a tracker that fell out, not a trip: fleet systems are known to deliver such."""
FASTEST_KMH = 150.0
"""Above the highest Danish speed limit (130 km/h), with room for clocks that are not exact."""
SHORTEST_FOR_SPEED = timedelta(minutes=5)
"""Below this the rounding of times to whole minutes says more about the speed than the driving does."""


def is_possible(start_at: datetime, end_at: datetime, km: float) -> bool:
    """Whether a trip could have been driven between these instants at all."""
    lasting = end_at - start_at
    return timedelta() < lasting <= LONGEST_TRIP and not _too_fast(lasting, km)


def findings_of(line: int, start_at: datetime, end_at: datetime, km: float, texts: tuple[str, str]) -> list[Finding]:
    """What is wrong with a trip's times and km. ``texts``: start and end as the file has them."""
    lasting = end_at - start_at
    if lasting <= timedelta():
        return [Finding("end_before_start", line, "end", texts[1], {"start": texts[0]})]
    found = []
    if lasting > LONGEST_TRIP:
        found.append(Finding("too_long", line, "end", texts[1], {"days": lasting.days, "limit": LONGEST_TRIP.days}))
    if km < 0:
        found.append(Finding("negative_km", line, "km", f"{km:g}"))
    elif _too_fast(lasting, km):
        minutes = lasting / timedelta(minutes=1)
        detail: Detail = {"km": f"{km:g}", "minutes": round(minutes), "kmh": round(km / minutes * 60)}
        found.append(Finding("absurd_speed", line, "km", f"{km:g}", detail))
    return found


def _too_fast(lasting: timedelta, km: float) -> bool:
    return km / (max(lasting, SHORTEST_FOR_SPEED) / timedelta(hours=1)) > FASTEST_KMH
