# SPDX-License-Identifier: MPL-2.0
"""Asking a fleet system and understanding its answer, or saying plainly why not."""

from datetime import UTC, datetime
from math import isfinite
from typing import Any

from django.utils.translation import gettext as _

from kommune3.kernel import http
from kommune3.kernel.clock import MUNICIPAL_ZONE


class SourceError(Exception):
    """The fleet system could not be asked, or its answer not understood. ``str()`` tells the user what to do.

    ``may_pass``: trying again later may help (silence, a fault on the other side).
    """

    def __init__(self, message: str, *, may_pass: bool = False) -> None:
        super().__init__(message)
        self.may_pass = may_pass


def ask(client: http.Client, url: str, *, headers: dict[str, str], params: Any = None) -> Any:
    """The JSON at ``url``. Raises :class:`SourceError`."""
    host = http.URL(url).host
    try:
        answer = client.get(url, params=params, headers={"Accept": "application/json", **headers})
    except http.Refused as refusal:
        raise SourceError(str(refusal)) from refusal
    except http.AnswerTooLarge as refusal:
        raise SourceError(str(refusal)) from refusal
    except http.TimeoutException as error:
        raise SourceError(
            _("%(host)s did not answer in time. Nothing is lost: what is missing is fetched next time.")
            % {"host": host}, may_pass=True,
        ) from error  # fmt: skip
    except (http.RequestError, http.InvalidURL) as error:
        raise SourceError(
            _("%(host)s cannot be reached. Check the address, and whether the system is running.") % {"host": host},
            may_pass=True,
        ) from error
    _require_success(answer, host)
    try:
        return answer.json()
    except ValueError as error:
        raise not_understood(host) from error


def not_understood(host: str) -> SourceError:
    """The answer is not what this system is known to send."""
    return SourceError(
        _("%(host)s answered, but not as a fleet system of this kind does. Check the kind and the address.")
        % {"host": host}
    )


def _require_success(answer: http.Response, host: str) -> None:
    if answer.status_code in (401, 403):
        raise SourceError(
            _("%(host)s refused the login. Check the user name or account and the password or key.") % {"host": host}
        )
    if answer.status_code == 404:
        raise SourceError(_("%(host)s does not know the address. Check it, and the account.") % {"host": host})
    if answer.status_code >= 500 or answer.status_code == 429:
        raise SourceError(
            _("%(host)s has a fault or is busy (status %(status)s). It is asked again next time.")
            % {"host": host, "status": answer.status_code}, may_pass=True,
        )  # fmt: skip
    if not answer.is_success:
        raise SourceError(
            _("%(host)s refused the question (status %(status)s).")
            % {"host": host, "status": answer.status_code}
        )  # fmt: skip


def number(value: Any) -> float | None:
    """A finite number of JSON, also where it is written as text; None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if isfinite(found) else None


class Times:
    """The instants of one device's legs, in the order in which they come.

    With an offset there is no doubt. Without one it is municipal local time: in the hour that comes twice, the first
    that is not before what came last.
    """

    def __init__(self) -> None:
        self._reached: datetime | None = None

    def read(self, text: Any) -> datetime | None:
        """The instant in UTC, or None where the value is none. Fractions of a second beyond the sixth digit are cut."""
        if not isinstance(text, str):
            return None
        try:
            written = datetime.fromisoformat(text.strip())
        except ValueError:
            return None
        if not 1990 <= written.year <= 2200:
            return None
        if written.tzinfo is not None:
            self._reached = written.astimezone(UTC)
            return self._reached
        first, second = (written.replace(tzinfo=MUNICIPAL_ZONE, fold=fold).astimezone(UTC) for fold in (0, 1))
        is_later = self._reached is not None and first < self._reached <= second
        self._reached = second if is_later else first
        return self._reached
