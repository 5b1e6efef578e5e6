# SPDX-License-Identifier: MPL-2.0
"""What to put into the arguments of an address: something of one's own unit, of another unit, one's own, or nothing.

A factory is found by "name of the address:argument", "namespace:argument" or "argument", in this order, first in the
solution's ``tests/matrix_objects.py`` (its dictionary ``OBJECTS``) and then here. It returns a value for each place of
:data:`PLACES` for which there is something to try.
"""

import importlib.util
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from matrix.enumerate import Route
from persons import BEGINNING, NOW, Persons, grant, make_account

from kommune3.kernel.access import standard
from kommune3.kernel.access.actor import system
from kommune3.kernel.access.models import ApiToken, BreakGlass, PrivilegeRole, Substitution
from kommune3.kernel.audit import log
from kommune3.kernel.competences.models import Competence, Delegation, Held
from kommune3.kernel.effects.models import Effect
from kommune3.kernel.files.models import StoredFile
from kommune3.kernel.jobs.models import Job
from kommune3.kernel.notify.models import Notification
from kommune3.kernel.organisation.models import Employment
from kommune3.kernel.oversight.models import Sample
from kommune3.kernel.people.models import LoginSession
from kommune3.kernel.privacy.models import Erasure, Hold, PersonExport
from kommune3.kernel.rights.models import Line, Round
from kommune3.kernel.solutions import registry

OWN_UNIT, OTHER_UNIT, OWN, MISSING = "own unit", "other unit", "own", "missing"
PLACES = (OWN_UNIT, OTHER_UNIT, OWN, MISSING)

Factory = Callable[[Persons], dict[str, Any]]

_MISSING = {
    "UUIDConverter": UUID("99999999-9999-4999-8999-999999999999"),
    "IntConverter": 999_999,
    "StringConverter": "missing",
    "SlugConverter": "missing",
    "PathConverter": "missing",
}


def _person(persons: Persons) -> dict[str, Any]:
    return {
        OWN_UNIT: persons.employee.person_id,
        OTHER_UNIT: persons.other_employee.person_id,
        OWN: persons.citizen.person_id,
    }


def _unit(persons: Persons) -> dict[str, Any]:
    return {OWN_UNIT: persons.own_team.pk, OTHER_UNIT: persons.other_unit.pk}


def _employment(persons: Persons) -> dict[str, Any]:
    return {place: Employment.objects.get(person=person).pk for place, person in _person(persons).items()
            if place != OWN}  # fmt: skip


def _account(persons: Persons) -> dict[str, Any]:
    return {
        OWN_UNIT: persons.employee.pk,
        OTHER_UNIT: persons.other_employee.pk,
        OWN: persons.administrator.pk,
    }


def _grant(persons: Persons) -> dict[str, Any]:
    extra = make_account("extra", given_name="Elin", unit=persons.own_team)
    return {
        OWN_UNIT: grant(extra, standard.EMPLOYEE, persons.own_team).pk,
        OTHER_UNIT: grant(extra, standard.EMPLOYEE, persons.other_unit).pk,
        OWN: persons.administrator.grants.get().pk,
    }


def _privilege(persons: Persons) -> dict[str, Any]:
    return {OWN: PrivilegeRole.objects.create(privilege="https://x.dk/roles/x", role=standard.EMPLOYEE).pk}


def _token(persons: Persons) -> dict[str, Any]:
    def made(account: Any) -> UUID:
        return ApiToken.objects.create(
            account=account, name="x", digest=account.username, created_at=NOW, expires_at=NOW.replace(year=2099)
        ).pk

    return {OWN: made(persons.employee), OTHER_UNIT: made(persons.other_employee)}


def _login_session(persons: Persons) -> dict[str, Any]:
    def made(account: Any) -> UUID:
        return LoginSession.objects.create(
            account=account, digest=account.username, started_at=NOW, expires_at=NOW.replace(year=2099), level=2,
            method="totp",
        ).pk  # fmt: skip

    return {OWN: made(persons.employee), OTHER_UNIT: made(persons.other_employee)}


def _passkey(persons: Persons) -> dict[str, Any]:
    return {OWN: Authenticator.objects.create(user=persons.employee, type="webauthn", data={"name": "x"}).pk}


def _job(persons: Persons) -> dict[str, Any]:
    def made(account: Any, unit: Any) -> UUID:
        return Job.objects.create(
            task="x", title="x", queue="default", run_after=NOW, enqueued_at=NOW, max_attempts=1, unit=unit,
            requested_by=account,
        ).pk  # fmt: skip

    return {
        OWN_UNIT: made(persons.leader, persons.own_team),
        OTHER_UNIT: made(persons.other_leader, persons.other_unit),
        OWN: made(persons.employee, None),
    }


def _effect(persons: Persons) -> dict[str, Any]:
    def made(unit: Any) -> UUID:
        return Effect.objects.create(
            solution="x", indicator="x", measure="minutes", unit=unit, quantity=1, kind="MEASURED", source="x",
            period_start=NOW.date(), period_end=NOW.date() + timedelta(days=1), recorded_at=NOW,
        ).pk  # fmt: skip

    return {OWN_UNIT: made(persons.own_team), OTHER_UNIT: made(persons.other_unit)}


def _file(persons: Persons) -> dict[str, Any]:
    def made(unit: Any, account: Any) -> UUID:
        return StoredFile.objects.create(
            sha256="0" * 64, size=0, content_type="text/csv", name="x.csv", purpose="x", unit=unit, created_by=account,
            created_at=NOW,
        ).pk  # fmt: skip

    return {OWN_UNIT: made(persons.own_team, None), OTHER_UNIT: made(persons.other_unit, None)}


def _notification(persons: Persons) -> dict[str, Any]:
    def made(account: Any) -> UUID:
        return Notification.objects.create(person=account.person, key="x", title="x", sent_at=NOW).pk

    return {OWN: made(persons.employee), OTHER_UNIT: made(persons.other_employee)}


def _audit_line(persons: Persons) -> dict[str, Any]:
    own = log.record(actor=system("test"), action="test", now=NOW, unit_id=persons.own_team.pk)
    other = log.record(actor=system("test"), action="test", now=NOW, unit_id=persons.other_unit.pk)
    return {OWN_UNIT: own.number, OTHER_UNIT: other.number}


def _substitution(persons: Persons) -> dict[str, Any]:
    def made(absent: Any, substitute: Any) -> UUID:
        return Substitution.objects.create(
            absent=absent, substitute=substitute, valid_from=BEGINNING, valid_to=NOW.replace(year=2099).date(),
            named_at=NOW,
        ).pk  # fmt: skip

    return {
        OWN_UNIT: made(persons.leader, make_account("stand-in", given_name="Stine", unit=persons.own_team)),
        OTHER_UNIT: made(persons.other_leader, make_account("other-stand-in", given_name="Sten")),
        OWN: made(persons.employee, make_account("third-stand-in", given_name="Sara")),
    }


def _opened(persons: Persons) -> dict[str, Any]:
    def made(account: Any, unit: Any) -> UUID:
        return BreakGlass.objects.create(
            account=account, unit=unit, action="people.person.read", reason="x", opened_at=NOW,
            expires_at=NOW + timedelta(hours=1),
        ).pk  # fmt: skip

    return {
        OWN_UNIT: made(persons.employee, persons.own_team),
        OTHER_UNIT: made(persons.other_employee, persons.other_unit),
        OWN: made(persons.leader, persons.own_team),
    }


def _round(persons: Persons) -> dict[str, Any]:
    def made(unit: Any) -> UUID:
        return Round.objects.create(unit=unit, opened_at=NOW, due_date=NOW.date()).pk

    return {OWN_UNIT: made(persons.own_team), OTHER_UNIT: made(persons.other_unit)}


def _sample(persons: Persons) -> dict[str, Any]:
    def made(unit: Any) -> UUID:
        return Sample.objects.create(
            unit=unit, start_date=BEGINNING, end_date=NOW.date(), seed="x", population=0, drawn_at=NOW,
            due_date=NOW.date(),
        ).pk  # fmt: skip

    return {OWN_UNIT: made(persons.own_team), OTHER_UNIT: made(persons.other_unit)}


def _line(persons: Persons) -> dict[str, Any]:
    def made(round_id: UUID, account: Any) -> UUID:
        Round.objects.filter(pk=round_id).update(signed_at=NOW, digest="x")
        return Line.objects.create(
            round_id=round_id, account=account, holder="x", role="x", valid_from=BEGINNING, decision="CHANGE", note="x"
        ).pk

    rounds = _round(persons)
    return {
        OWN_UNIT: made(rounds[OWN_UNIT], persons.employee),
        OTHER_UNIT: made(rounds[OTHER_UNIT], persons.other_employee),
    }


def _competence(persons: Persons) -> Competence:
    return Competence.objects.get_or_create(code="x", defaults={"title": "x"})[0]


def _held(persons: Persons) -> dict[str, Any]:
    def made(account: Any) -> UUID:
        competence = _competence(persons)
        return Held.objects.create(person=account.person, competence=competence, valid_from=BEGINNING).pk

    return {OWN_UNIT: made(persons.employee), OTHER_UNIT: made(persons.other_employee), OWN: made(persons.leader)}


def _delegation(persons: Persons) -> dict[str, Any]:
    def made(account: Any) -> UUID:
        return Delegation.objects.create(
            competence=_competence(persons), delegator=persons.administrator.person, helper=account.person,
            valid_from=BEGINNING, signed_at=NOW, instruction="x",
        ).pk  # fmt: skip

    return {OWN_UNIT: made(persons.employee), OTHER_UNIT: made(persons.other_employee), OWN: made(persons.leader)}


def _hold(persons: Persons) -> dict[str, Any]:
    made = Hold.objects.create(
        person=persons.citizen.person, kind="COURT", reason="x", placed_at=NOW, review_date=NOW.date()
    )
    return {OWN: made.pk}


def _erasure(persons: Persons) -> dict[str, Any]:
    return {
        OWN: Erasure.objects.create(person_id=persons.citizen.person_id, ground="DUTY", reason="x", asked_at=NOW).pk
    }


def _person_export(persons: Persons) -> dict[str, Any]:
    def made(account: Any) -> UUID:
        file = StoredFile.objects.create(
            sha256="0" * 64, size=0, content_type="application/zip", name="x.zip", purpose="privacy.export",
            created_by=account, created_at=NOW,
        )  # fmt: skip
        return PersonExport.objects.create(
            person=account.person, purpose="x", asked_by=account, asked_at=NOW, file=file, made_at=NOW
        ).pk

    return {OWN: made(persons.citizen), OTHER_UNIT: made(persons.other_employee)}


OBJECTS: dict[str, Factory] = {
    "competence_id": lambda persons: {OWN: _competence(persons).pk},
    "held_id": _held,
    "delegation_id": _delegation,
    "hold_id": _hold,
    "erasure_id": _erasure,
    "export_id": _person_export,
    "rule_key": lambda persons: {OWN: "notify.notifications"},
    "round_id": _round,
    "sample_id": _sample,
    "reviews:carry-out:line_id": _line,
    "substitution_id": _substitution,
    "opened_id": _opened,
    "effect_id": _effect,
    "file_id": _file,
    "notification_id": _notification,
    "audit:detail:number": _audit_line,
    "solutions:switch:key": lambda persons: {OWN: "fleet"},
    "operation:run-schedule:name": lambda persons: {OWN: "jobs.finished.removed"},
    "person_id": _person,
    "unit_id": _unit,
    "employment_id": _employment,
    "account_id": _account,
    "grant_id": _grant,
    "token_id": _token,
    "privilege_id": _privilege,
    "saml:finish:secret": lambda persons: {OWN: "unknown"},
    "saml:logout:session_id": lambda persons: {OWN: UUID("11111111-2222-4333-8444-555555555555")},
    "login_session_id": _login_session,
    "job_id": _job,
    "mfa_remove_webauthn:pk": _passkey,
    "mfa_edit_webauthn:pk": _passkey,
    "ui:design_error:code": lambda persons: {OWN: 404},
}


def _registries() -> list[dict[str, Factory]]:
    """The solutions' factories, and those above."""
    found = []
    for config in registry.configs():
        path = Path(config.path) / "tests" / "matrix_objects.py"
        if path.exists():
            spec = importlib.util.spec_from_file_location(f"{config.label}_matrix_objects", path)
            assert spec is not None and spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            found.append(module.OBJECTS)
    return [*found, OBJECTS]


def arguments_of(route: Route, persons: Persons) -> dict[str, dict[str, Any]]:
    """Each place for which every argument has a value -> the arguments.

    Only :data:`MISSING` where no factory makes an argument (:func:`without_factory` tells).
    """
    values: dict[str, dict[str, Any]] = {}
    for argument, converter in route.arguments:
        factory = _factory(route, argument)
        made = factory(persons) if factory else {}
        # The API's addresses take any text; what is missing must look like what is there.
        has_uuid = any(isinstance(value, UUID) for value in made.values())
        values[argument] = {**made, MISSING: _MISSING["UUIDConverter" if has_uuid else converter]}
    places = [place for place in PLACES if all(place in value for value in values.values())]
    return {place: {argument: value[place] for argument, value in values.items()} for place in places}


def without_factory(routes: list[Route]) -> list[str]:
    """The arguments of addresses for which nothing makes a value: they belong in ``matrix_objects.py``."""
    return [
        f"{route.name}: {argument}" for route in routes for argument, _ in route.arguments
        if _factory(route, argument) is None
    ]  # fmt: skip


def _factory(route: Route, argument: str) -> Factory | None:
    for key in (f"{route.name}:{argument}", f"{route.namespace}:{argument}", argument):
        for factories in _registries():
            if key in factories:
                return factories[key]
    return None
