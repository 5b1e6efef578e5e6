# SPDX-License-Identifier: MPL-2.0
"""The record of processing activities is whole: no table about people is left out of it."""

import pytest
from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from kommune3.kernel.inventory import Way, records
from kommune3.kernel.people.models import Person
from kommune3.kernel.privacy import completeness


def test_every_table_that_has_to_do_with_a_person_is_in_an_inventory_or_has_a_reason_why_not() -> None:
    assert completeness.gaps() == []


def test_nothing_in_an_inventory_is_about_a_table_or_a_field_that_is_gone() -> None:
    assert completeness.outdated() == []


def test_every_line_says_for_what_on_what_basis_for_whom_and_how_long() -> None:
    for line in records():
        said = (line.what, line.purpose, line.basis, line.seen_by, line.kept)
        assert all(str(each).strip() for each in said), line.model
        assert line.fields and line.about and line.category, line.model
        if line.way == Way.KEEP:
            assert str(line.reason).strip(), line.model


def test_a_line_that_finds_people_finds_them_by_fields_that_exist(persons: object) -> None:
    from kommune3.kernel.privacy.people import subject_of

    subject = subject_of(Person.objects.all()[0])
    for line in records():
        if line.finds_people:
            line.rows_of(subject).count()


@pytest.mark.parametrize(
    "field",
    [
        models.ForeignKey(Person, models.CASCADE, related_name="+"),
        models.UUIDField(),
        models.EmailField(),
        models.TextField(),
        models.CharField(max_length=10),
        models.FloatField(),
        models.JSONField(),
    ],
    ids=["person", "citizen_id", "email", "text", "phone", "latitude", "json"],
)
def test_a_new_table_about_people_is_found(field: models.Field, request: pytest.FixtureRequest) -> None:
    name = request.node.callspec.id
    with isolate_apps("kommune3.kernel.flags"):
        planted = type(
            "Planted",
            (models.Model,),
            {"__module__": __name__, name: field, "Meta": type("Meta", (), {"app_label": "flags"})},
        )
    assert completeness.gaps([*apps.get_models(include_auto_created=True), planted]) != []


def test_a_table_that_points_to_a_table_about_people_is_found_too() -> None:
    with isolate_apps("kommune3.kernel.flags"):

        class Near(models.Model):
            person = models.ForeignKey(Person, models.CASCADE, related_name="+")

            class Meta:
                app_label = "flags"

        class Far(models.Model):
            near = models.ForeignKey(Near, models.CASCADE, related_name="+")

            class Meta:
                app_label = "flags"

    found = completeness.gaps([Near, Far])
    assert [line.split(":")[0] for line in found] == ["flags.Near", "flags.Far"]
