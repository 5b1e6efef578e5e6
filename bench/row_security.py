# SPDX-License-Identifier: MPL-2.0
"""What row-level security costs: the list of people of a department leader, with and without, on PostgreSQL.

``KOMMUNE3_DATABASE_URL=postgresql://… python bench/row_security.py`` on a migrated database. Everything is made in one
transaction that is rolled back. The reference figures are printed, not judged: they are the database's, not ours.
"""

import os
import statistics
import time
from datetime import date

UNITS, PEOPLE, ROUNDS = 200, 50_000, 30


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kommune3.settings")
    import django

    django.setup()
    from django.db import connection, transaction

    if connection.vendor != "postgresql":
        print("Skipped: row-level security is PostgreSQL's. Set KOMMUNE3_DATABASE_URL to a migrated one.")
        return
    with transaction.atomic():
        measure()
        transaction.set_rollback(True)


def measure() -> None:
    """Seed, measure as the tables' owner and as a role behind the policies, and print both."""
    from django.db import connection

    from kommune3.kernel.access import directory, standard
    from kommune3.kernel.access.actor import actor_of
    from kommune3.kernel.access.row_security import policies, session

    now, account = seed(standard.DEPARTMENT_LEADER)
    actor = actor_of(account, now=now)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("CREATE ROLE bench_row_security NOSUPERUSER NOBYPASSRLS")
        policies.apply(role="bench_row_security")
        cursor.execute(
            "ANALYZE people_person, organisation_employment, organisation_unit, people_account, access_grant"
        )

    def page() -> int:
        rows = directory.find_people(actor)
        return rows.count() + len(list(rows[:25]))

    without = timed(page)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE bench_row_security")
    session.set_behalf(session.behalf_of(actor))
    behind = timed(page)
    told = timed(lambda: session.set_behalf(session.behalf_of(actor)))
    print(f"{PEOPLE} people in {UNITS} units, a leader of {UNITS // 20}: count and first page, median of {ROUNDS}")
    print(f"without row-level security {without:7.1f} ms")
    print(f"behind it                  {behind:7.1f} ms")
    print(f"telling who asks           {told:7.2f} ms, twice a request, and once to forget")


def seed(role: str):  # type: ignore[no-untyped-def]  # models are known once Django is set up
    """Units, people employed in them, and a leader of a twentieth of the units."""
    from kommune3.kernel import clock
    from kommune3.kernel.access.models import Grant
    from kommune3.kernel.organisation.models import Employment, Unit
    from kommune3.kernel.people.models import Account, Person

    begun, now = date(2020, 1, 1), clock.now()
    root = Unit.objects.create(name="Bench", valid_from=begun)
    departments = [Unit.objects.create(name=f"Department {n}", parent=root, valid_from=begun) for n in range(20)]
    teams = [
        Unit.objects.create(name=f"Team {n}", parent=departments[n % 20], valid_from=begun) for n in range(UNITS - 21)
    ]
    people = [Person(given_name=f"Given {n % 997}", family_name=f"Family {n % 7919}") for n in range(PEOPLE)]
    Person.objects.bulk_create(people, batch_size=5000)
    Employment.objects.bulk_create(
        (
            Employment(person=person, unit=teams[n % len(teams)], title="x", valid_from=begun)
            for n, person in enumerate(people)
        ),
        batch_size=5000,
    )
    account = Account.objects.create(username="bench-row-security", person=people[0], date_joined=now)
    Grant.objects.create(account=account, role=role, unit=departments[0], valid_from=begun)
    return now, account


def timed(work) -> float:  # type: ignore[no-untyped-def]  # anything that can be called
    """Milliseconds, the median of several rounds after one that warms up."""
    work()
    taken = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
