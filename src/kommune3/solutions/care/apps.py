# SPDX-License-Identifier: MPL-2.0
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.solutions.manifest import Indicator, Manifest, NavigationItem, SolutionConfig


class CareConfig(SolutionConfig):
    name = "kommune3.solutions.care"
    label = "care"
    manifest = Manifest(
        key="care",
        title=_("Care routes"),
        summary=_("Who visits whom, when and by which road: the day's routes of home care."),
        icon="home",
        navigation=(
            NavigationItem(_("Overview"), "care:overview", "care.read", _("The day")),
            NavigationItem(_("Plans"), "care:plans", "care.read", _("The day")),
            NavigationItem(_("Season plan"), "care:season", "care.read", _("The day")),
            NavigationItem(_("Shifts"), "care:shifts", "care.read", _("The day")),
            NavigationItem(_("Messages from carers"), "care:messages", "care.read", _("The day")),
            NavigationItem(_("My route"), "care:route", "care.route", _("The day")),
            NavigationItem(_("My visits"), "care:mine", "care.visits", _("The day")),
            NavigationItem(_("Citizens"), "care:citizens", "care.read", _("Citizens and carers")),
            NavigationItem(_("Carers"), "care:carers", "care.read", _("Citizens and carers")),
            NavigationItem(_("Teams"), "care:teams", "care.read", _("Citizens and carers")),
            NavigationItem(_("Services"), "care:services", "care.read", _("Set-up")),
            NavigationItem(_("What plans weigh"), "care:weights", "care.read", _("Set-up")),
            NavigationItem(_("Files"), "care:data", "care.read", _("Set-up")),
            NavigationItem(_("Figures"), "care:figures", "care.figures", _("Figures")),
        ),
        indicators=(
            Indicator("travel_minutes", _("Travel time saved"), "minutes"),
            Indicator("travel_km", _("Kilometres saved"), "km"),
            Indicator("co2e", _("CO2e not emitted on the way to citizens"), "kg_co2e"),
            Indicator("late_minutes", _("Lateness avoided"), "minutes"),
            Indicator("faces", _("Fewer visits by a carer whom the citizen has not met"), "count"),
        ),
    )
