# SPDX-License-Identifier: MPL-2.0
"""Norddjurs, for the demo: real towns with their coordinates, and an organisation such as a municipality may have.

The organisation, the streets' house numbers and everybody in it are invented.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Town:
    """A town's centre (WGS84, to about a hundred metres); ``weight``: how many in a hundred citizens live there."""

    name: str
    postcode: str
    post_town: str
    latitude: float
    longitude: float
    weight: int


@dataclass(frozen=True)
class UnitPlan:
    """A unit: ``key`` names it in the demo data of solutions; ``employees`` besides its leader."""

    key: str
    name: str
    parent: str
    town: str
    street: str
    employees: int
    title: str
    kle: str = ""


TOWNS = (
    Town("Grenaa", "8500", "Grenaa", 56.4158, 10.8783, 42),
    Town("Auning", "8963", "Auning", 56.4307, 10.3775, 13),
    Town("Allingåbro", "8961", "Allingåbro", 56.4645, 10.3190, 8),
    Town("Ørsted", "8950", "Ørsted", 56.4990, 10.3330, 6),
    Town("Vivild", "8961", "Allingåbro", 56.4750, 10.4020, 4),
    Town("Glesborg", "8585", "Glesborg", 56.4806, 10.7258, 5),
    Town("Fjellerup", "8585", "Glesborg", 56.5190, 10.5970, 4),
    Town("Bønnerup Strand", "8585", "Glesborg", 56.5270, 10.7050, 3),
    Town("Gjerrild", "8500", "Grenaa", 56.5230, 10.8060, 2),
    Town("Trustrup", "8570", "Trustrup", 56.3476, 10.7822, 5),
    Town("Ørum", "8586", "Ørum Djurs", 56.4530, 10.6770, 4),
    Town("Nimtofte", "8581", "Nimtofte", 56.4310, 10.5620, 3),
    Town("Anholt", "8592", "Anholt", 56.7020, 11.5200, 1),
)

STREETS = """
Storegade Nørregade Søndergade Østergade Vestergade Skolegade Kirkevej Stationsvej Møllevej Strandvejen Skovvej
Bakkevej Lærkevej Elmevej Birkevej Engvej Solbakken Toften Havnevej Parkvej
""".split()  # noqa: SIM905  a list of this length is read as text

UNITS = (
    UnitPlan("norddjurs", "Norddjurs Kommune (demo)", "", "Grenaa", "Torvet 101", 0, ""),
    UnitPlan("direktion", "Direktionen", "norddjurs", "Grenaa", "Torvet 101", 4, "Direktør"),
    UnitPlan("sundhed", "Sundhed og Omsorg", "norddjurs", "Grenaa", "Torvet 103", 5, "Udviklingskonsulent", "29"),
    UnitPlan(
        "hjemmepleje-grenaa",
        "Hjemmeplejen Grenaa",
        "sundhed",
        "Grenaa",
        "Parkvej 110",
        26,
        "Social- og sundhedshjælper",
        "27.36",
    ),
    UnitPlan(
        "hjemmepleje-auning",
        "Hjemmeplejen Auning",
        "sundhed",
        "Auning",
        "Nørregade 114",
        18,
        "Social- og sundhedshjælper",
        "27.36",
    ),
    UnitPlan(
        "hjemmepleje-allingaabro",
        "Hjemmeplejen Allingåbro",
        "sundhed",
        "Allingåbro",
        "Kirkevej 108",
        13,
        "Social- og sundhedshjælper",
        "27.36",
    ),
    UnitPlan(
        "hjemmepleje-glesborg",
        "Hjemmeplejen Glesborg",
        "sundhed",
        "Glesborg",
        "Stationsvej 112",
        13,
        "Social- og sundhedsassistent",
        "27.36",
    ),
    UnitPlan("sygepleje", "Sygeplejen", "sundhed", "Grenaa", "Parkvej 112", 14, "Sygeplejerske", "29"),
    UnitPlan("traening", "Træning og Rehabilitering", "sundhed", "Grenaa", "Parkvej 116", 10, "Fysioterapeut", "27"),
    UnitPlan(
        "hjaelpemidler", "Hjælpemiddeldepotet", "sundhed", "Trustrup", "Møllevej 105", 4, "Depotmedarbejder", "27"
    ),
    UnitPlan("skole", "Skole og Dagtilbud", "norddjurs", "Grenaa", "Torvet 103", 4, "Pædagogisk konsulent", "17"),
    UnitPlan("skole-grenaa", "Skolerne i Grenaa", "skole", "Grenaa", "Skolegade 120", 17, "Lærer", "17"),
    UnitPlan("skole-auning", "Skolen i Auning", "skole", "Auning", "Skolegade 104", 10, "Lærer", "17"),
    UnitPlan("dagtilbud", "Dagtilbud", "skole", "Glesborg", "Skovvej 107", 12, "Pædagog", "28"),
    UnitPlan("ppr", "Pædagogisk Psykologisk Rådgivning", "skole", "Grenaa", "Søndergade 109", 6, "Psykolog", "17"),
    UnitPlan("social", "Socialområdet", "norddjurs", "Grenaa", "Søndergade 115", 4, "Socialfaglig konsulent", "27"),
    UnitPlan("bostoette", "Bostøtten", "social", "Grenaa", "Vestergade 111", 10, "Støttekontaktperson", "27"),
    UnitPlan("handicap", "Voksenhandicap", "social", "Auning", "Engvej 106", 10, "Pædagog", "27"),
    UnitPlan("familie", "Familieafdelingen", "social", "Grenaa", "Søndergade 115", 8, "Socialrådgiver", "27"),
    UnitPlan("jobcenter", "Jobcentret", "norddjurs", "Grenaa", "Østergade 118", 10, "Jobkonsulent", "15"),
    UnitPlan("teknik", "Teknik og Miljø", "norddjurs", "Grenaa", "Torvet 103", 3, "Planlægger", "01"),
    UnitPlan("vej-ejendom", "Vej og Ejendom", "teknik", "Grenaa", "Havnevej 140", 4, "Flådekonsulent", "05"),
    UnitPlan("vej-park", "Vej og Park", "vej-ejendom", "Grenaa", "Havnevej 142", 12, "Specialarbejder", "05"),
    UnitPlan(
        "ejendomsservice",
        "Ejendomsservice",
        "vej-ejendom",
        "Auning",
        "Engvej 112",
        9,
        "Teknisk servicemedarbejder",
        "82",
    ),
    UnitPlan("plan-byg", "Plan og Byg", "teknik", "Grenaa", "Torvet 103", 6, "Byggesagsbehandler", "02"),
    UnitPlan("natur-miljoe", "Natur og Miljø", "teknik", "Grenaa", "Torvet 103", 6, "Miljømedarbejder", "09"),
    UnitPlan(
        "service-it", "Borgerservice, IT og Digitalisering", "norddjurs", "Grenaa", "Torvet 101", 2, "Konsulent", "85"
    ),
    UnitPlan("borgerservice", "Borgerservice", "service-it", "Grenaa", "Torvet 101", 7, "Borgerservicemedarbejder"),
    UnitPlan("it", "IT-drift", "service-it", "Grenaa", "Torvet 101", 5, "IT-tekniker", "85"),
    UnitPlan(
        "digitalisering", "Digitalisering", "service-it", "Grenaa", "Torvet 101", 4, "Digitaliseringskonsulent", "85"
    ),
    UnitPlan("oekonomi", "Økonomi, Løn og Personale", "norddjurs", "Grenaa", "Torvet 101", 8, "Økonomikonsulent", "00"),
    UnitPlan("kultur", "Kultur og Fritid", "norddjurs", "Grenaa", "Storegade 122", 5, "Bibliotekar"),
)
