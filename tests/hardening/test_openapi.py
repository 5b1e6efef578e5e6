# SPDX-License-Identifier: MPL-2.0
"""Every operation of every API, asked with what its schema allows and what it does not, as several roles.

Schemathesis makes the requests from the OpenAPI description, the same ones each time. No answer is a failure of the
server, and what is answered is what the description promises.
"""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from hypothesis.errors import Unsatisfiable
from persons import Persons
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from kommune3.kernel import clock
from kommune3.kernel.access import tokens
from kommune3.kernel.access.actor import actor_of
from kommune3.kernel.people.assurance import Assurance
from kommune3.kernel.solutions import registry
from kommune3.ui.rest import api as kernel_api

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
EXAMPLES = 3
ROLES = ("fleet_manager", "employee", "nobody")
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
PROMISED = [not_a_server_error, response_schema_conformance, content_type_conformance]


def apis() -> Iterator[tuple[str, Any]]:
    """The kernel's API and each solution's."""
    yield "kernel", kernel_api
    for config in registry.configs():
        if find_spec(f"{config.name}.rest"):
            yield config.manifest.key, import_module(f"{config.name}.rest").api


APIS = dict(apis())


def description(key: str) -> dict[str, Any]:
    prefix = "/api/v1/" if key == "kernel" else f"/api/v1/{key}/"
    return dict(APIS[key].get_openapi_schema(path_prefix=prefix))


def headers_of(persons: Persons, role: str) -> dict[str, str]:
    if role == "nobody":
        return {}
    now = clock.now()
    actor = actor_of(getattr(persons, role), now=now)
    key = tokens.make_token(actor=actor, now=now, assurance=Assurance.TWO_STEP, name="schema", valid_days=1)
    return {"Authorization": f"Bearer {key}"}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("key", sorted(APIS))
def test_no_operation_fails_and_each_answers_as_described(persons: Persons, settings: Any, key: str, role: str) -> None:
    settings.LIMITS = {}  # no caller is told to wait
    schema = schemathesis.openapi.from_dict(description(key))
    schema.app = get_wsgi_application()
    headers = headers_of(persons, role)
    wrong: list[str] = []
    asked = operations = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        operations += 1
        for mode in MODES if role == ROLES[0] else MODES[:1]:

            @examples(
                max_examples=EXAMPLES, derandomize=True, database=None, deadline=None,
                phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            @given(case=operation.as_strategy(generation_mode=mode))
            def ask(case: Any) -> None:
                nonlocal asked
                with transaction.atomic():
                    response = case.call(headers=headers)
                    transaction.set_rollback(True)
                asked += 1
                case.validate_response(response, checks=PROMISED)

            try:
                ask()
            except Unsatisfiable:
                continue  # nothing about this operation can be wrong: it takes nothing
            except (FailureGroup, Failure) as failure:
                told = [*getattr(failure, "exceptions", ()), failure]
                wrong.append(
                    f"{operation.label} ({mode.value}): " + "; ".join(" ".join(str(each).split()) for each in told)
                )
    assert not wrong, "\n".join(each[:900] for each in wrong)
    assert asked >= operations > 5, "each was asked"
