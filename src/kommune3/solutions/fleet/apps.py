# SPDX-License-Identifier: MPL-2.0
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.solutions.manifest import Indicator, Manifest, NavigationItem, SolutionConfig


class FleetConfig(SolutionConfig):
    name = "kommune3.solutions.fleet"
    label = "fleet"
    manifest = Manifest(
        key="fleet",
        title=_("Fleet"),
        summary=_("Which vehicles does the municipality need, and which vehicle takes which trip."),
        icon="car",
        navigation=(
            NavigationItem(_("Overview"), "fleet:overview", "fleet.read", _("Status")),
            NavigationItem(_("Dashboards"), "fleet:dashboards", "fleet.read", _("Status")),
            NavigationItem(_("Book a vehicle"), "fleet:book", "fleet.bookings", _("Daily use")),
            NavigationItem(_("My bookings"), "fleet:my_bookings", "fleet.bookings", _("Daily use")),
            NavigationItem(_("Day board"), "fleet:board", "fleet.bookings.manage", _("Daily use")),
            NavigationItem(_("Optimisations"), "fleet:runs", "fleet.read", _("Optimisation")),
            NavigationItem(_("Trials"), "fleet:trials", "fleet.read", _("Optimisation")),
            NavigationItem(_("Trips"), "fleet:trips", "fleet.read", _("Driving")),
            NavigationItem(_("Imports"), "fleet:imports", "fleet.read", _("Driving")),
            NavigationItem(_("Preparation"), "fleet:preparation", "fleet.read", _("Driving")),
            NavigationItem(_("Vehicles"), "fleet:vehicles", "fleet.read", _("Vehicles and places")),
            NavigationItem(_("Bases"), "fleet:bases", "fleet.read", _("Vehicles and places")),
            NavigationItem(_("Chargers"), "fleet:chargers", "fleet.read", _("Vehicles and places")),
            NavigationItem(_("Pools"), "fleet:pools", "fleet.read", _("Vehicles and places")),
            NavigationItem(_("Models"), "fleet:models", "fleet.read", _("Vehicles and places")),
            NavigationItem(_("Rates"), "fleet:rates", "fleet.read", _("Rates and limits")),
            NavigationItem(_("Prices of electricity"), "fleet:prices", "fleet.read", _("Rates and limits")),
            NavigationItem(_("Limits"), "fleet:limits", "fleet.read", _("Rates and limits")),
        ),
        indicators=(
            Indicator("vehicles", _("Vehicles that can be done without"), "count"),
            Indicator("cash", _("Saved on vehicles, energy and mileage"), "dkk_cash"),
            Indicator("social", _("Saved social cost of CO2e"), "dkk_social"),
            Indicator("co2e", _("CO2e not emitted"), "kg_co2e"),
            Indicator("dispatch_served", _("Bookings served that first come, first served would have left"), "count"),
            Indicator("dispatch_cash", _("Saved by allocating bookings"), "dkk_cash"),
            Indicator("dispatch_social", _("Saved social cost of CO2e by allocating bookings"), "dkk_social"),
            Indicator("dispatch_co2e", _("CO2e not emitted by allocating bookings"), "kg_co2e"),
        ),
    )
