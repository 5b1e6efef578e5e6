# SPDX-License-Identifier: MPL-2.0
"""Who may do what with the fleet. The table of roles x actions, and what each page and API address needs."""

from django.utils.translation import gettext_lazy as _

from kommune3.kernel import files
from kommune3.kernel.access import declare, lookups, standard
from kommune3.kernel.jobs.access import OWN_JOBS
from kommune3.solutions.fleet.models import (
    Base,
    Booking,
    Charger,
    ColumnMapping,
    DispatchDay,
    EnergyTariff,
    GpsSource,
    LegDelivery,
    Limit,
    ParkingPoint,
    Plan,
    Pool,
    PriceFile,
    Rate,
    RateSet,
    RegisterImport,
    Run,
    ServiceWindow,
    SpotPrice,
    Target,
    Trial,
    Trip,
    TripImport,
    Vehicle,
    VehicleModel,
)

FLEET_MANAGER = "fleet_manager"
FLEET_DISPATCHER = "fleet_dispatcher"

READ = "fleet.read"
IMPORT = "fleet.trips.import"
EDIT = "fleet.vehicles.edit"
EDIT_RATES = "fleet.rates.edit"
SOURCES = "fleet.sources.edit"
OPTIMISE = "fleet.runs.start"
ACCEPT = "fleet.plans.accept"
EDIT_LIMITS = "fleet.limits.edit"
EDIT_TARGETS = "fleet.targets.edit"
BOOK = "fleet.bookings"
MANAGE_BOOKINGS = "fleet.bookings.manage"

declare.actions(
    {
        READ: _("See vehicles, trips and optimisations"),
        IMPORT: _("Import trips and undo imports"),
        EDIT: _("Create and edit bases, vehicles and models"),
        EDIT_RATES: _("Edit prices and rates"),
        SOURCES: _("Connect fleet systems and tie their devices to vehicles"),
        OPTIMISE: _("Start and delete optimisations"),
        ACCEPT: _("Accept a plan and enter its effect in the ledger"),
        EDIT_LIMITS: _("Set limits for small numbers, deletion and messages"),
        EDIT_TARGETS: _("Set targets for a unit's driving"),
        BOOK: _("Book vehicles"),
        MANAGE_BOOKINGS: _("Dispatch vehicles: see, make and move everybody's bookings"),
    }
)
for _code, _title in {
    "fleet.booking.read": _("A booking of a vehicle for you was opened"),
    "fleet.booking.listed": _("Bookings of vehicles were shown"),
    "fleet.bookings.exported": _("Bookings of vehicles were downloaded"),
}.items():
    lookups.declare(_code, action=MANAGE_BOOKINGS, title=_title, purpose=_("Lending the municipality's vehicles"))
declare.role(FLEET_MANAGER, title=_("Fleet manager"), may=[READ, IMPORT, EDIT, EDIT_RATES, OPTIMISE, ACCEPT])
declare.role(FLEET_MANAGER, may=[SOURCES])
declare.role(FLEET_MANAGER, may=[EDIT_LIMITS, EDIT_TARGETS])
declare.role(FLEET_MANAGER, may=["effects.read", *OWN_JOBS])
declare.role(FLEET_MANAGER, may=[BOOK, MANAGE_BOOKINGS])
declare.role(FLEET_DISPATCHER, title=_("Fleet dispatcher"), may=[READ, BOOK, MANAGE_BOOKINGS])
declare.role(standard.EMPLOYEE, may=[f"{BOOK}.own"])
declare.role(standard.DEPARTMENT_LEADER, may=[f"{BOOK}.own"])
declare.role(standard.DEPARTMENT_LEADER, may=[READ, OPTIMISE, EDIT_TARGETS])
declare.role(standard.DIGITALISATION_LEAD, may=[READ])
declare.role(standard.ADMINISTRATOR, may=[READ])

declare.scope(Base, declare.Scope(read=READ, unit="unit__path"))
declare.scope(Pool, declare.Scope(read=READ, unit="unit__path"))
declare.scope(Vehicle, declare.Scope(read=READ, unit="base__unit__path"))
declare.scope(ServiceWindow, declare.Scope(read=READ, unit="vehicle__base__unit__path"))
declare.scope(Charger, declare.Scope(read=READ, unit="base__unit__path"))
declare.scope(RegisterImport, declare.Scope(read=EDIT, unit="unit__path"))
declare.scope(Trip, declare.Scope(read=READ, unit="base__unit__path"))
declare.scope(TripImport, declare.Scope(read=READ, unit="unit__path"))
declare.scope(ColumnMapping, declare.Scope(read=READ, unit="unit__path"))
declare.scope(GpsSource, declare.Scope(read=SOURCES, unit="unit__path"))
declare.scope(LegDelivery, declare.Scope(read=READ, unit="unit__path"))
declare.scope(ParkingPoint, declare.Scope(read=READ, unit="base__unit__path"))
declare.scope(Run, declare.Scope(read=READ, unit="unit__path"))
declare.scope(Plan, declare.Scope(read=READ, unit="run__unit__path"))
declare.scope(Trial, declare.Scope(read=READ, unit="unit__path"))
declare.scope(VehicleModel, declare.Scope(read=READ))
declare.scope(RateSet, declare.Scope(read=READ))
declare.scope(Rate, declare.Scope(read=READ))
declare.scope(SpotPrice, declare.Scope(read=READ))
declare.scope(PriceFile, declare.Scope(read=READ))
declare.scope(EnergyTariff, declare.Scope(read=READ))
declare.scope(Limit, declare.Scope(read=READ))
declare.scope(Booking, declare.Scope(read=BOOK, unit="base__unit__path", person="person_id"))
declare.scope(DispatchDay, declare.Scope(read=READ, unit="base__unit__path"))
declare.scope(Target, declare.Scope(read=READ, unit="unit__path"))

files.purpose("fleet.trips.imported", title=_("Uploaded files with trips"), read=IMPORT, kept_days=30)
files.purpose("fleet.tracks.imported", title=_("Uploaded track files"), read=IMPORT, kept_days=7)

_READ_OR = {"GET": READ}
declare.pages(
    {
        "fleet:dispatch": READ,
        "fleet:bookings_to_trips": IMPORT,
        "api-fleet:bookings": {"GET": BOOK, "POST": BOOK},
        "api-fleet:booking": {"GET": BOOK, "PUT": BOOK, "DELETE": BOOK},
        "api-fleet:booking_start": {"POST": BOOK},
        "api-fleet:booking_return": {"POST": BOOK},
        "api-fleet:free": {"POST": BOOK},
        "api-fleet:booking_pin": {"POST": MANAGE_BOOKINGS},
        "api-fleet:booking_move": {"POST": MANAGE_BOOKINGS},
        "api-fleet:board": MANAGE_BOOKINGS,
        "api-fleet:board_optimise": {"POST": MANAGE_BOOKINGS},
        "api-fleet:dispatch": READ,
        "api-fleet:bookings_to_trips": {"POST": IMPORT},
        "fleet:book": BOOK,
        "fleet:my_bookings": BOOK,
        "fleet:booking": BOOK,
        "fleet:booking_change": BOOK,
        "fleet:booking_cancel": BOOK,
        "fleet:booking_start": BOOK,
        "fleet:booking_return": BOOK,
        "fleet:calendar_new": BOOK,
        "fleet:calendar_revoke": BOOK,
        "fleet:calendar_feed": declare.PUBLIC,
        "fleet:board": MANAGE_BOOKINGS,
        "fleet:board_optimise": MANAGE_BOOKINGS,
        "fleet:booking_pin": MANAGE_BOOKINGS,
        "fleet:booking_move": MANAGE_BOOKINGS,
        "fleet:bookings": MANAGE_BOOKINGS,
        "fleet:whereabouts": MANAGE_BOOKINGS,
        "fleet:overview": READ,
        "fleet:dashboards": READ,
        "fleet:dashboard": READ,
        "fleet:landing": READ,
        "fleet:data": READ,
        "fleet:limits": READ,
        "fleet:limit_new": EDIT_LIMITS,
        "fleet:limit": EDIT_LIMITS,
        "fleet:target_new": EDIT_TARGETS,
        "fleet:target": EDIT_TARGETS,
        "fleet:target_remove": EDIT_TARGETS,
        "fleet:imports": READ,
        "fleet:import_new": IMPORT,
        "fleet:import": READ,
        "fleet:import_columns": IMPORT,
        "fleet:mappings": READ,
        "fleet:mapping_delete": IMPORT,
        "fleet:import_problems": READ,
        "fleet:import_commit": IMPORT,
        "fleet:import_discard": IMPORT,
        "fleet:import_undo": IMPORT,
        "fleet:preparation": READ,
        "fleet:base_preparation": {"GET": READ, "POST": EDIT},
        "fleet:base_recompute": IMPORT,
        "fleet:point_remove": EDIT,
        "fleet:sources": SOURCES,
        "fleet:source_new": SOURCES,
        "fleet:source": SOURCES,
        "fleet:source_edit": SOURCES,
        "fleet:source_try": SOURCES,
        "fleet:source_fetch": SOURCES,
        "fleet:source_delete": SOURCES,
        "fleet:deliveries": READ,
        "fleet:delivery": READ,
        "fleet:track_new": IMPORT,
        "fleet:trips": READ,
        "fleet:vehicles": READ,
        "fleet:vehicle_new": EDIT,
        "fleet:contracts": READ,
        "fleet:services": READ,
        "fleet:vehicle": READ,
        "fleet:vehicle_edit": EDIT,
        "fleet:vehicle_move": EDIT,
        "fleet:vehicle_retire": EDIT,
        "fleet:vehicle_history": READ,
        "fleet:service_new": EDIT,
        "fleet:service": EDIT,
        "fleet:service_remove": EDIT,
        "fleet:reading_new": EDIT,
        "fleet:reading_remove": EDIT,
        "fleet:register_export": READ,
        "fleet:register_new": EDIT,
        "fleet:register_import": EDIT,
        "fleet:register_commit": EDIT,
        "fleet:register_discard": EDIT,
        "fleet:chargers": READ,
        "fleet:charger_new": EDIT,
        "fleet:charger": EDIT,
        "fleet:pools": READ,
        "fleet:pool_new": EDIT,
        "fleet:pool": {**_READ_OR, "POST": EDIT},
        "fleet:pool_estimate": EDIT,
        "fleet:pool_dissolve": EDIT,
        "fleet:bases": READ,
        "fleet:base_new": EDIT,
        "fleet:base": EDIT,
        "fleet:models": READ,
        "fleet:model_new": EDIT,
        "fleet:model": READ,
        "fleet:model_edit": EDIT,
        "fleet:rates": READ,
        "fleet:rate_new": EDIT_RATES,
        "fleet:rate": {**_READ_OR, "POST": EDIT_RATES},
        "fleet:rate_remove": EDIT_RATES,
        "fleet:prices": READ,
        "fleet:price_list": READ,
        "fleet:prices_new": EDIT_RATES,
        "fleet:price_file_remove": EDIT_RATES,
        "fleet:tariff_new": EDIT_RATES,
        "fleet:tariff": EDIT_RATES,
        "fleet:tariff_remove": EDIT_RATES,
        "fleet:runs": READ,
        "fleet:run_new": OPTIMISE,
        "fleet:run": READ,
        "fleet:run_trips": READ,
        "fleet:run_vehicle": READ,
        "fleet:run_export": READ,
        "fleet:trials": READ,
        "fleet:holdout_new": OPTIMISE,
        "fleet:whatif_new": OPTIMISE,
        "fleet:trial": READ,
        "fleet:trial_trips": READ,
        "fleet:trial_export": READ,
        "fleet:trial_cancel": OPTIMISE,
        "fleet:trial_delete": OPTIMISE,
        "fleet:run_accept": ACCEPT,
        "fleet:run_cancel": OPTIMISE,
        "fleet:run_delete": OPTIMISE,
        "fleet:run_plan": READ,
        "fleet:run_usage": READ,
        "fleet:run_basis": READ,
        "fleet:run_timeline": READ,
        "fleet:run_charging": READ,
        "fleet:run_charges": READ,
        "fleet:run_compare": READ,
        "fleet:run_edit": OPTIMISE,
        "fleet:run_restore": OPTIMISE,
        "fleet:simulation_new": OPTIMISE,
        "api-fleet:run": {**_READ_OR, "PATCH": OPTIMISE, "DELETE": OPTIMISE},
        "api-fleet:run_usage": READ,
        "api-fleet:run_charges": READ,
        "api-fleet:run_compare": READ,
        "api-fleet:run_restore": {"POST": OPTIMISE},
        "api-fleet:api-root": declare.LOGGED_IN,
        "api-fleet:bases": READ,
        "api-fleet:pools": {**_READ_OR, "POST": EDIT},
        "api-fleet:pool": {"PUT": EDIT, "DELETE": EDIT},
        "api-fleet:vehicles": {**_READ_OR, "POST": EDIT},
        "api-fleet:vehicle": {**_READ_OR, "PUT": EDIT},
        "api-fleet:vehicle_move": {"POST": EDIT},
        "api-fleet:vehicle_retire": {"POST": EDIT},
        "api-fleet:vehicle_changes": READ,
        "api-fleet:vehicle_services": {**_READ_OR, "POST": EDIT},
        "api-fleet:service": {"PUT": EDIT, "DELETE": EDIT},
        "api-fleet:vehicle_readings": {**_READ_OR, "POST": EDIT},
        "api-fleet:contracts": READ,
        "api-fleet:models": {**_READ_OR, "POST": EDIT},
        "api-fleet:model": {**_READ_OR, "PUT": EDIT},
        "api-fleet:chargers": {**_READ_OR, "POST": EDIT},
        "api-fleet:charger": {"PUT": EDIT},
        "api-fleet:register_export": READ,
        "api-fleet:register_imports": {"POST": EDIT},
        "api-fleet:register_import": EDIT,
        "api-fleet:register_commit": {"POST": EDIT},
        "api-fleet:register_discard": {"POST": EDIT},
        "api-fleet:trips": READ,
        "api-fleet:dashboards": READ,
        "api-fleet:dashboard": READ,
        "api-fleet:targets": READ,
        "api-fleet:limits": READ,
        "api-fleet:daily": READ,
        "api-fleet:daily_file": READ,
        "api-fleet:trips_file": READ,
        "api-fleet:imports": {**_READ_OR, "POST": IMPORT},
        "api-fleet:mappings": READ,
        "api-fleet:preparation": READ,
        "api-fleet:points": {**_READ_OR, "POST": EDIT},
        "api-fleet:point_try": {"POST": EDIT},
        "api-fleet:point": {"DELETE": EDIT},
        "api-fleet:base_recompute": {"POST": IMPORT},
        "api-fleet:sources": SOURCES,
        "api-fleet:source_try": {"POST": SOURCES},
        "api-fleet:source_fetch": {"POST": SOURCES},
        "api-fleet:delivery": READ,
        "api-fleet:import": READ,
        "api-fleet:import_problems": READ,
        "api-fleet:import_commit": {"POST": IMPORT},
        "api-fleet:import_discard": {"POST": IMPORT},
        "api-fleet:import_undo": {"POST": IMPORT},
        "api-fleet:rates": {**_READ_OR, "POST": EDIT_RATES},
        "api-fleet:rate": {**_READ_OR, "PUT": EDIT_RATES, "DELETE": EDIT_RATES},
        "api-fleet:rate_changes": READ,
        "api-fleet:prices": {**_READ_OR, "POST": EDIT_RATES},
        "api-fleet:tariffs": READ,
        "api-fleet:runs": {**_READ_OR, "POST": OPTIMISE},
        "api-fleet:run_assignments": READ,
        "api-fleet:run_export": READ,
        "api-fleet:run_accept": {"POST": ACCEPT},
        "api-fleet:run_cancel": {"POST": OPTIMISE},
        "api-fleet:trials": {**_READ_OR, "POST": OPTIMISE},
        "api-fleet:trial": {**_READ_OR, "DELETE": OPTIMISE},
        "api-fleet:trial_unserved": READ,
        "api-fleet:trial_export": READ,
        "api-fleet:trial_cancel": {"POST": OPTIMISE},
        "api-fleet:openapi-json": declare.LOGGED_IN,
    }
)
