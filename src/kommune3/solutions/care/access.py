# SPDX-License-Identifier: MPL-2.0
"""Who may do what with home care. The table of roles x actions, and what each page and API address needs."""

from django.utils.translation import gettext_lazy as _

from kommune3.kernel import files
from kommune3.kernel.access import declare, lookups, standard
from kommune3.kernel.competences import access as competences
from kommune3.kernel.jobs.access import OWN_JOBS
from kommune3.solutions.care.models import (
    Carer,
    Citizen,
    FigureLimit,
    Need,
    Plan,
    PlanChange,
    Report,
    Service,
    Shift,
    Stop,
    Team,
    Visit,
    WeightSet,
    Wish,
)

DISPATCHER = "care_dispatcher"
CARER = "carer"
CARE_LEADER = "care_leader"

READ = "care.read"
EDIT = "care.needs.edit"
PLAN = "care.plans.edit"
PUBLISH = "care.plans.publish"
ROUTE = "care.route"
VISITS = "care.visits"
FIGURES = "care.figures"
EDIT_WEIGHTS = "care.weights.edit"
ENTRY = "care.entry.read"

declare.actions(
    {
        READ: _("See teams, shifts, needs, visits and plans"),
        EDIT: _("Create and edit teams, citizens' needs and shifts"),
        PLAN: _("Make and change plans, add and cancel visits"),
        PUBLISH: _("Approve and publish plans"),
        ROUTE: _("See the day's route and report on it"),
        VISITS: _("See who comes when"),
        FIGURES: _("See figures of the teams"),
        EDIT_WEIGHTS: _("Set what plans weigh"),
        ENTRY: _("See how to get into a citizen's home"),
    }
)
for _code, _action, _title in (
    ("care.citizen.read", READ, _("What home care has granted you was opened")),
    ("care.citizens.listed", READ, _("Citizens who get home care were shown")),
    ("care.citizens.exported", READ, _("Citizens who get home care were downloaded")),
    ("care.visits.listed", READ, _("Visits of home care were shown")),
    ("care.visits.exported", READ, _("Visits of home care were downloaded")),
    ("care.plan.read", READ, _("The plan of a day with your visits was opened")),
    ("care.plan.exported", READ, _("The plan of a day with visits was downloaded")),
    ("care.carers.listed", READ, _("Carers and their shifts were shown")),
    ("care.route.read", ROUTE, _("Your visit was shown to the carer who makes it")),
    ("care.messages.listed", READ, _("What carers told of visits was shown")),
    ("care.messages.exported", READ, _("What carers told of visits was downloaded")),
    ("care.entry.read", ENTRY, _("How to get into your home was shown")),
):
    lookups.declare(_code, action=_action, title=_title, purpose=_("Planning and delivering home care"))
declare.role(
    DISPATCHER, title=_("Care dispatcher"), may=[READ, EDIT, PLAN, PUBLISH, FIGURES, ENTRY, "effects.read", *OWN_JOBS]
)
declare.role(DISPATCHER, may=[competences.READ])
declare.role(CARER, title=_("Carer"), may=[f"{ROUTE}.own", ENTRY])
declare.role(CARE_LEADER, title=_("Leader of home care"), may=[READ, FIGURES, EDIT_WEIGHTS, "effects.read"])
declare.role(CARE_LEADER, may=[competences.READ, competences.EDIT])
declare.role(standard.CITIZEN, may=[f"{VISITS}.own"])
declare.role(standard.DIGITALISATION_LEAD, may=[FIGURES])

declare.scope(Team, declare.Scope(read=READ, unit="unit__path"))
declare.scope(Carer, declare.Scope(read=READ, unit="team__unit__path", person="person_id"))
declare.scope(Shift, declare.Scope(read=READ, unit="carer__team__unit__path", person="carer__person_id"))
declare.scope(Citizen, declare.Scope(read=READ, unit="team__unit__path", person="person_id"))
declare.scope(Wish, declare.Scope(read=READ, unit="citizen__team__unit__path", person="citizen__person_id"))
declare.scope(Service, declare.Scope(read=READ))
declare.scope(Need, declare.Scope(read=READ, unit="citizen__team__unit__path", person="citizen__person_id"))
declare.scope(Visit, declare.Scope(read=READ, unit="citizen__team__unit__path", person="citizen__person_id"))
declare.scope(WeightSet, declare.Scope(read=READ))
declare.scope(FigureLimit, declare.Scope(read=FIGURES))
declare.scope(Plan, declare.Scope(read=READ, unit="team__unit__path"))
declare.scope(Stop, declare.Scope(read=READ, unit="plan__team__unit__path"))
declare.scope(PlanChange, declare.Scope(read=READ, unit="plan__team__unit__path"))
declare.scope(Report, declare.Scope(read=READ, unit="visit__citizen__team__unit__path", person="carer__person_id"))

files.purpose("care.imported", title=_("Uploaded files with citizens and shifts"), read=EDIT, kept_days=2)

_READ_OR_EDIT = {"GET": READ, "POST": EDIT}
declare.pages(
    {
        "care:overview": READ,
        "care:plans": READ,
        "care:plan_new": PLAN,
        "care:plan_compare": READ,
        "care:plan": READ,
        "care:plan_visits": READ,
        "care:plan_publish": PUBLISH,
        "care:plan_copy": PLAN,
        "care:plan_discard": PLAN,
        "care:board": READ,
        "care:board_data": READ,
        "care:board_list": READ,
        "care:board_stop": READ,
        "care:board_preview": PLAN,
        "care:board_move": PLAN,
        "care:board_lock": PLAN,
        "care:board_undo": PLAN,
        "care:board_cancel": PLAN,
        "care:board_absent": PLAN,
        "care:board_replan": PLAN,
        "care:board_acute": PLAN,
        "care:season": READ,
        "care:season_new": PLAN,
        "care:season_cancel": {"POST": PLAN},
        "api-care:api-root": declare.LOGGED_IN,
        "api-care:openapi-json": declare.LOGGED_IN,
        "api-care:plans": {"GET": READ, "POST": PLAN},
        "api-care:plan": {"GET": READ, "DELETE": PLAN},
        "api-care:seasons": {"GET": READ, "POST": PLAN},
        "api-care:plan_copy": {"POST": PLAN},
        "api-care:plan_replan": {"POST": PLAN},
        "api-care:plan_publish": {"POST": PUBLISH},
        "api-care:plan_preview": {"POST": PLAN},
        "api-care:plan_move": {"POST": PLAN},
        "api-care:plan_lock": {"POST": PLAN},
        "api-care:plan_undo": {"POST": PLAN},
        "api-care:plan_places": PLAN,
        "care:route": ROUTE,
        "care:route_worker": ROUTE,
        "care:report": {"POST": ROUTE},
        "care:entry": ROUTE,
        "care:calendar_new": {"POST": ROUTE},
        "care:calendar_revoke": {"POST": ROUTE},
        "care:calendar_feed": declare.PUBLIC,
        "care:messages": READ,
        "care:messages_read": {"POST": PLAN},
        "care:mine": VISITS,
        "care:mine_calendar": VISITS,
        "care:figures": FIGURES,
        "care:figure_visits": READ,
        "care:figure_shifts": READ,
        "care:figure_limit": EDIT_WEIGHTS,
        "care:teams": READ,
        "care:team_new": EDIT,
        "care:team": _READ_OR_EDIT,
        "care:team_visits": EDIT,
        "care:carers": READ,
        "care:carer_new": EDIT,
        "care:carer": _READ_OR_EDIT,
        "care:shifts": READ,
        "care:shift_new": EDIT,
        "care:shift": _READ_OR_EDIT,
        "care:shift_absent": PLAN,
        "care:shift_present": EDIT,
        "care:shift_remove": EDIT,
        "care:week_copy": EDIT,
        "care:week_undo": EDIT,
        "care:citizens": READ,
        "care:citizen_new": EDIT,
        "care:citizen": READ,
        "care:citizen_edit": EDIT,
        "care:citizen_entry": ENTRY,
        "care:citizen_entry_set": EDIT,
        "care:wish_new": EDIT,
        "care:wish_remove": EDIT,
        "care:need_new": EDIT,
        "care:link_new": EDIT,
        "care:link_remove": EDIT,
        "care:need": EDIT,
        "care:need_end": EDIT,
        "care:need_resume": EDIT,
        "care:need_remove": EDIT,
        "care:services": READ,
        "care:service_new": EDIT,
        "care:service": _READ_OR_EDIT,
        "care:weights": READ,
        "care:weights_new": EDIT_WEIGHTS,
        "care:weights_edit": EDIT_WEIGHTS,
        "care:weights_remove": EDIT_WEIGHTS,
        "care:data": READ,
        "care:export": READ,
        "care:import_new": EDIT,
        "care:import": EDIT,
        "care:import_commit": EDIT,
        "care:import_discard": EDIT,
    }
)
