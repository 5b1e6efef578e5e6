# SPDX-License-Identifier: MPL-2.0
"""What home care keeps about people: the record of processing activities (GDPR article 30).

That somebody gets a service of home care, when and how often, tells of their health: it is treated as a special
category throughout, also where a row holds times and identifiers only.

Sources: GDPR, regulation (EU) 2016/679; databeskyttelsesloven, consolidated act 289 of 8 March 2024; ældreloven, act
1651 of 30 December 2024; serviceloven § 83; sundhedsloven § 138.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kommune3.kernel.inventory import Category, Record, Rule, Way, Whose, grounds, not_personal, record, rule

_CARING = _("Planning and delivering home care.")
_CARE_ACTS = _(
    "GDPR articles 6(1)(e) and 9(2)(h) and databeskyttelsesloven § 7(3): health and social care that the municipality "
    "must give under ældreloven, serviceloven § 83 and sundhedsloven § 138."
)
_READERS = _("Holders of the right care.read in the team's unit or above; carers for the visits they are to make.")
_PLANNERS = _("Holders of the right care.read in the team's unit or above.")
_WITH_THE_CITIZEN = _("As long as the team cares for the citizen, and until the citizen is erased.")


def _line(model: str, **more: Any) -> None:
    """A line with what is the same throughout the solution: about a citizen's care, deleted with the citizen."""
    record(
        Record(
            model=model,
            **{
                "purpose": _CARING,
                "basis": _CARE_ACTS,
                "category": (Category.SPECIAL,),
                "seen_by": _READERS,
                "about": (Whose.CITIZEN,),
                "way": Way.DELETE,
                **more,
            },
        )
    )


_AT_WORK: dict[str, Any] = {
    "basis": grounds.EMPLOYMENT,
    "category": (Category.ORDINARY,),
    "about": (Whose.EMPLOYEE,),
    "seen_by": _PLANNERS,
}

# What others point to comes first: rows are erased from the last line to the first.
_line(
    "care.Citizen",
    what=_("That a citizen gets visits from a team, what a carer must know, and how to get in (sealed)."),
    fields=("team", "access_seconds", "note", "is_active"),
    kept=_WITH_THE_CITIZEN,
    person=("person",),
)
_line(
    "care.Carer",
    **_AT_WORK,
    what=_("Which team an employee makes visits for, how they get about, and whether they start from home."),
    fields=("team", "mode", "starts_from_home", "is_active"),
    kept=_("As long as the employee makes visits, and until the employee is erased."),
    person=("person",),
)
_line(
    "care.Shift",
    **_AT_WORK,
    what=_("An employee's working hours on a day, and that they did not come; never why."),
    fields=("date", "start_at", "end_at", "pause_minutes", "state"),
    kept=grounds.AS_DECIDED,
    person=("carer__person",),
)
_line(
    "care.Wish",
    what=_("Which carer a citizen wants, or does not want."),
    fields=("kind",),
    about=(Whose.CITIZEN, Whose.EMPLOYEE),
    seen_by=_PLANNERS,
    kept=_WITH_THE_CITIZEN,
    person=("citizen__person", "carer__person"),
)
_line(
    "care.Need",
    what=_("What a citizen has been granted: service, days, time of day, minutes and tasks."),
    fields=("service", "minutes", "valid_from", "valid_to", "weekdays", "part_of_day", "earliest", "latest", "tasks"),
    kept=grounds.AS_DECIDED,
    person=("citizen__person",),
)
_line(
    "care.Visit",
    what=_("A visit to a citizen: service, time, tasks, and a word for why it was cancelled."),
    fields=("service", "date", "earliest_at", "latest_at", "minutes", "tasks", "state", "cancelled_because"),
    kept=grounds.AS_DECIDED,
    person=("citizen__person",),
)
_line(
    "care.Stop",
    what=_("When a visit was planned to be made."),
    fields=("start_at", "end_at", "late_seconds"),
    kept=grounds.AS_DECIDED,
    person=("visit__citizen__person",),
    beside={"why": "rules that keep carers from a visit, by identifiers"},
)
_line(
    "care.Stop",
    **_AT_WORK | {"way": Way.KEEP},
    what=_("Which visits an employee was planned to make, and when."),
    fields=("start_at", "end_at", "travel_seconds"),
    kept=grounds.AS_DECIDED,
    person=("shift__carer__person",),
    reason=_("The plan is the citizens'. Once the employee's shifts are deleted, nothing in it leads to the employee."),
)
_line(
    "care.Report",
    what=_("What a carer told of a visit: begun, finished, late, not made, or a message to the dispatcher."),
    fields=("kind", "minutes", "text", "said_at", "received_at"),
    about=(Whose.CITIZEN, Whose.EMPLOYEE),
    seen_by=_("The carer, and holders of the right care.read in the team's unit or above."),
    kept=_("As long as the visit is kept."),
    person=("visit__citizen__person", "carer__person"),
    beside={"request_key": "a random key"},
)
_line(
    "care.CalendarFeed",
    **_AT_WORK | {"seen_by": _("The carer. Whoever has the address sees the carer's shifts.")},
    what=_("That a carer has a secret address for a calendar program, and the day it was last read."),
    fields=("created_at", "last_read_date"),
    kept=_("Until the carer revokes it or makes a new one."),
    person=("carer__person",),
    beside={"digest": "a digest"},
)


def _made_by(model: str, *names: str, what: Any, at: str, **more: Any) -> None:
    """A line of a model that says who decided something."""
    given = {"way": Way.ANONYMISE, "basis": grounds.ACCOUNTABILITY, "kept": grounds.AS_DECIDED, "fields": (*names, at)}
    _line(model, **_AT_WORK | given | {"purpose": _("To account for decisions."), "names": names, "what": what} | more)


_FIGURES = "figures and identifiers of the plan"
_made_by(
    "care.Plan",
    "created_by_name",
    "published_by_name",
    what=_("Name of who made a plan, and of who approved it."),
    at="created_at",
    beside=dict.fromkeys(("weights_used", "figures", "problems", "violations"), _FIGURES),
)
_made_by(
    "care.PlanChange",
    "made_by_name",
    what=_("Name of who changed a plan by hand."),
    at="made_at",
    beside=dict.fromkeys(("detail", "before"), _FIGURES),
)
_made_by(
    "care.WeightSet",
    "set_by_name",
    what=_("Name of who decided what a plan weighs."),
    at="set_at",
    kept=grounds.AS_LONG_AS_THE_ROW,
)
_made_by(
    "care.FigureLimit",
    "set_by_name",
    what=_("Name of who decided which figures are too small to be shown."),
    at="set_at",
    kept=grounds.AS_LONG_AS_THE_ROW,
)

not_personal(
    {
        "care.Team": "a team and its base",
        "care.Service": "the municipality's catalogue of services",
        "care.NeedLink": "how two needs hang together; goes with them",
        "care.VisitLink": "how two visits hang together; goes with them",
    }
)


# --- How long --------------------------------------------------------------------------------------------------------

_A_YEAR: dict[str, Any] = {
    "first_days": 365,
    "source": _("Kommune3's beginning: a year. The municipality decides its own period (GDPR article 5(1)(e))."),
}

rule(
    Rule(key="care.visits", title=_("Visits and what carers told of them"), model="care.Visit", since="date", **_A_YEAR)
)
rule(Rule(key="care.plans", title=_("Plans of days"), model="care.Plan", since="date", **_A_YEAR))
rule(Rule(key="care.shifts", title=_("Carers' shifts"), model="care.Shift", since="date", **_A_YEAR))
rule(Rule(key="care.needs", title=_("Needs that have ended"), model="care.Need", since="valid_to", **_A_YEAR))
