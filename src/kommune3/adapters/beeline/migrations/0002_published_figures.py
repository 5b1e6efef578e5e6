# SPDX-License-Identifier: MPL-2.0
"""The figures the platform comes with: published ones, each with its source. What nobody was found to have published for
roads like the Danish is empty, to be filled in by the municipality.
"""

from datetime import date
from decimal import Decimal

from django.db import migrations

FIRST_DAY = date(2000, 1, 1)
FIGURES = [
    {
        "mode": "CAR",
        "detour_factor": Decimal("1.47"),
        "detour_source": "Schweiz, Mikrozensus Mobilität und Verkehr 2015, biler og motorcykler, vægtet gennemsnit: "
        "Danalet (ARE), github.com/antonindanalet/detourfactor",
        "speed_km_h": Decimal("38.5"),
        "speed_source": "Schweiz, Mikrozensus Mobilität und Verkehr 2015 (BFS/ARE): 23,8 km og 41 % af 90,4 minutter i bil "
        "pr. person og dag; egen beregning",
    },
    {
        "mode": "BICYCLE",
        "detour_factor": None,
        "detour_source": "",
        "speed_km_h": Decimal("15.5"),
        "speed_source": "Københavns Kommune, Cykelregnskab 2012: cyklisters gennemsnitlige rejsehastighed",
    },
    {"mode": "WALK", "detour_factor": None, "detour_source": "", "speed_km_h": None, "speed_source": ""},
]


def add(apps, editor):
    Assumption = apps.get_model("beeline", "Assumption")
    for figures in FIGURES:
        Assumption.objects.create(valid_from=FIRST_DAY, **figures)


def take_away(apps, editor):
    apps.get_model("beeline", "Assumption").objects.filter(valid_from=FIRST_DAY).delete()


class Migration(migrations.Migration):
    dependencies = [("beeline", "0001_initial")]
    operations = [migrations.RunPython(add, take_away)]
