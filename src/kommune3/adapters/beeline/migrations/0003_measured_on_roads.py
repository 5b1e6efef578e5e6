# SPDX-License-Identifier: MPL-2.0
"""Figures for bicycles and walking, where the municipality has not given its own: counted on Danish roads."""

from datetime import date
from decimal import Decimal

from django.db import migrations

FIRST_DAY = date(2000, 1, 1)
COUNTED = "Egen beregning på OpenStreetMaps veje mellem adresser på Samsø (2020) og i Sindal (2015), {}: tre ud af fire veje er kortere"
DETOUR = {
    "BICYCLE": (Decimal("1.50"), COUNTED.format("0,2-8 km på cykel")),
    "WALK": (Decimal("1.50"), COUNTED.format("0,2-3 km til fods")),
}
WALKING = (Decimal("4.3"), "Highway Capacity Manual 2000, kapitel 18: 1,2 meter i sekundet")


def add(apps, editor):
    rows = apps.get_model("beeline", "Assumption").objects.filter(valid_from=FIRST_DAY)
    for mode, (factor, source) in DETOUR.items():
        rows.filter(mode=mode, detour_factor=None).update(detour_factor=factor, detour_source=source)
    rows.filter(mode="WALK", speed_km_h=None).update(speed_km_h=WALKING[0], speed_source=WALKING[1])


def take_away(apps, editor):
    rows = apps.get_model("beeline", "Assumption").objects.filter(valid_from=FIRST_DAY)
    for mode, (_factor, source) in DETOUR.items():
        rows.filter(mode=mode, detour_source=source).update(detour_factor=None, detour_source="")
    rows.filter(mode="WALK", speed_source=WALKING[1]).update(speed_km_h=None, speed_source="")


class Migration(migrations.Migration):
    dependencies = [("beeline", "0002_published_figures")]
    operations = [migrations.RunPython(add, take_away)]
