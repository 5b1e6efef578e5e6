# SPDX-License-Identifier: MPL-2.0
"""The limits that come with the solution, each with its reason. Read by migrations only."""

LIMITS: tuple[tuple[str, int | None, str], ...] = (
    ("SMALL_NUMBER", 5,
     ("Kommune3's udgangspunkt: tal bygget på færre end 5 køretøjer eller ture kan pege på én person. Kommunen kan "
     "sætte sin egen grænse.")),
    ("KEPT_MONTHS", None,
     ("Ikke besluttet. Sletning kan ikke fortrydes, og den dataansvarlige skal selv fastsætte fristen (GDPR artikel 5, "
     "stk. 1, litra e), så intet slettes, før kommunen har besluttet det.")),
    ("UNUSED_DAYS", 30, "Kommune3's udgangspunkt: en måned uden ture er længere end ferie og værksted plejer at vare."),
    ("CONTRACT_PER_CENT", 90, "Kommune3's udgangspunkt: så er der tid til at flytte kørsel, før overkilometer koster."),
)  # fmt: skip

BOOKING_LIMITS: tuple[tuple[str, int | None, str], ...] = (
    ("FREEZE_MINUTES", 60, "Kommune3's udgangspunkt: den sidste time skal man kunne stole på, hvilken bil man har."),
    ("CHANGE_DKK", 25,
     "Kommune3's udgangspunkt: at få en anden bil end den, man har fået at vide, skal kunne betale sig."),
    ("CHANGEOVER_MINUTES", 15,
     "Kommune3's udgangspunkt: tid til at aflevere nøglen og til, at en booking trækker lidt ud."),
    ("AHEAD_DAYS", 60, "Kommune3's udgangspunkt: to måneder dækker de møder, der er kendt i forvejen."),
    ("BOOKINGS_DAYS", 365,
     ("Kommune3's udgangspunkt: et år, så kørsel kan dokumenteres, og derefter ved ingen længere, hvem der bookede. "
     "Den dataansvarlige fastsætter selv fristen (GDPR artikel 5, stk. 1, litra e).")),
)  # fmt: skip
"""Those of bookings, read by the migration that makes their rows."""
