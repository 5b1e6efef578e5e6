# SPDX-License-Identifier: MPL-2.0
"""The same addresses behind PostgreSQL's row-level security: the second wall takes nothing from whom may see it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from matrix import table as matrix
from persons import Persons

from kommune3.kernel.access.row_security import policies

ROLES = ("leader", "citizen")


@pytest.mark.slow
@pytest.mark.skipif(connection.vendor != "postgresql", reason="row-level security is PostgreSQL's")
def test_behind_row_level_security_every_page_answers_as_it_does_without(persons: Persons, settings):
    role = f"wall_{connection.settings_dict['NAME']}"[:60]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f'CREATE ROLE "{role}" NOSUPERUSER NOBYPASSRLS')
    policies.apply(role=role)
    settings.ROW_SECURITY = True

    @contextmanager
    def behind_the_wall() -> Iterator[None]:
        with connection.cursor() as cursor:
            cursor.execute(f'SET LOCAL ROLE "{role}"')
        yield  # what follows is rolled back, and the role with it

    actual = matrix.build(persons, roles=ROLES, methods=("GET",), asking=behind_the_wall)
    table = matrix.read()
    compared = {key: row for key, row in actual.items() if key in table}  # a new address is the other test's matter
    reviewed = {key: {name: table[key][name] for name in ROLES} for key in compared}
    assert matrix.differences(reviewed, compared) == []
    assert len(compared) > 300
