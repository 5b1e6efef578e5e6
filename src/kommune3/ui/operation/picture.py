# SPDX-License-Identifier: MPL-2.0
"""The figures of the page, as they are shown, each with the address of its rows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kommune3.kernel.access.row_security.session import as_platform
from kommune3.kernel.files import purposes
from kommune3.kernel.jobs import workers
from kommune3.kernel.jobs.models import State
from kommune3.kernel.metrics import milestones
from kommune3.kernel.metrics.models import Milestone
from kommune3.kernel.operation import health, storage, versions, work
from kommune3.kernel.solutions import registry
from kommune3.ui import numbers

Text = str | Promise

BACKUP_IS_OLD_AFTER = timedelta(days=2)
STATES = (State.QUEUED, State.RUNNING, State.FAILED, State.SUCCEEDED, State.CANCELLED)


@dataclass(frozen=True)
class KeyFigure:
    """A figure at the top. ``variant``: "", "warning" or "error"."""

    label: Text
    value: Text | int
    note: Text
    href: str
    variant: str = ""
    unit: str = ""


def overview(*, now: datetime) -> dict[str, Any]:
    """Everything the page shows: figures of the whole platform, for whom the view has asked access."""
    with as_platform():
        return _overview(now)


def _overview(now: datetime) -> dict[str, Any]:
    queues = work.queues(now=now)
    seen = workers.all_seen(now=now)
    plans = work.schedules()
    stored = storage.measured()
    missing = versions.missing_migrations()
    backup, verified = milestones.last(milestones.BACKUP), milestones.last(milestones.AUDIT_VERIFIED)
    return {
        "figures": [
            _waiting(queues),
            _failed(queues),
            _workers(seen),
            _room(stored),
            _backup(backup, now),
            _audit(verified),
            _tables(missing),
        ],
        "states": [state.label for state in STATES],
        "queues": [_queue_row(queue) for queue in queues],
        "workers": [_worker_row(worker) for worker in seen],
        "plans": [_plan_row(plan, now) for plan in plans],
        "storage": _storage_facts(stored),
        "purposes": [(_purpose(each.purpose), each.count, size(each.size)) for each in stored.purposes],
        "versions": _versions(missing),
        "switches": [
            (manifest.title, registry.is_active(manifest.key), reverse("solutions:list"))
            for manifest in registry.all_manifests()
        ],
        "missing": missing,
    }


# --- At the top ---------------------------------------------------------------------------------------------------


def _waiting(queues: list[work.QueueState]) -> KeyFigure:
    oldest = max((queue.oldest for queue in queues if queue.oldest), default=None)
    late = oldest is not None and oldest > timedelta(minutes=settings.JOB_WAIT_MINUTES)
    note = _("The oldest has waited %(time)s") % {"time": length(oldest)} if oldest else _("None is due")
    return KeyFigure(
        _("Jobs waiting"), _sum(queues, State.QUEUED), note, _jobs(state=State.QUEUED), "warning" if late else ""
    )


def _failed(queues: list[work.QueueState]) -> KeyFigure:
    number = _sum(queues, State.FAILED)
    note = _("Kept for %(days)d days") % {"days": settings.JOB_KEEP_DAYS}
    return KeyFigure(_("Jobs failed"), number, note, _jobs(state=State.FAILED), "warning" if number else "")


def _workers(seen: list[workers.Seen]) -> KeyFigure:
    awake = sum(not worker.is_silent for worker in seen)
    silent = len(seen) - awake
    note = ngettext("%(n)d is silent", "%(n)d are silent", silent) % {"n": silent} if silent else _("All are heard of")
    if not seen:
        note = _("Nobody does the jobs")
    return KeyFigure(_("Workers"), awake, note, "#workers", "error" if not awake else "warning" if silent else "")


def _room(stored: storage.Storage) -> KeyFigure:
    few = stored.disk_free < settings.DISK_ROOM_MB * health.MEGABYTE
    note = _("of %(size)s on the disk of the data folder") % {"size": size(stored.disk_total)}
    return KeyFigure(_("Free room"), size(stored.disk_free), note, "#storage", "error" if few else "")


def _backup(last: Milestone | None, now: datetime) -> KeyFigure:
    href = _audit_lines("backups.taken")
    if last is None:
        return KeyFigure(_("Last backup"), _("Never"), _("Taken with “kommune3 backup”"), href, "warning")
    old = now - last.at > BACKUP_IS_OLD_AFTER
    note = _("%(files)d files, %(size)s") % {
        "files": last.detail.get("files", 0),
        "size": size(last.detail.get("bytes", 0)),
    }
    return KeyFigure(_("Last backup"), numbers.format_instant(last.at), note, href, "warning" if old else "")


def _audit(last: Milestone | None) -> KeyFigure:
    href = _audit_lines("audit.verified")
    if last is None:
        return KeyFigure(_("Audit log verified"), _("Never"), _("Can be started below"), href, "warning")
    whole = last.outcome == "OK"
    note = _("The log was whole") if whole else _("The log was broken")
    return KeyFigure(_("Audit log verified"), numbers.format_instant(last.at), note, href, "" if whole else "error")


def _tables(missing: list[str]) -> KeyFigure:
    note = _("Run “kommune3 migrate”") if missing else _("The database is up to date")
    return KeyFigure(
        _("Changes of the tables"), versions.count_applied_migrations(), note, "#versions", "error" if missing else ""
    )


# --- Tables -------------------------------------------------------------------------------------------------------


def _queue_row(queue: work.QueueState) -> dict[str, Any]:
    return {
        "title": queue.title,
        "href": _jobs(queue=queue.name),
        "cells": [(queue.counts.get(state, 0), _jobs(queue=queue.name, state=state)) for state in STATES],
        "oldest": length(queue.oldest) if queue.oldest else "–",
    }


def _worker_row(worker: workers.Seen) -> dict[str, Any]:
    return {
        "name": f"{worker.host} {worker.process_id}",
        "is_dispatcher": worker.is_dispatcher,
        "is_silent": worker.is_silent,
        "version": worker.version,
        "queues": ", ".join(worker.queues),
        "started_at": worker.started_at,
        "seen_at": worker.seen_at,
    }


def _plan_row(plan: work.Planned, now: datetime) -> dict[str, Any]:
    return {
        "name": plan.name,
        "title": plan.title,
        "cron": plan.cron,
        "href": _jobs(title=str(plan.title)),
        "last_at": plan.last_at,
        "next_at": plan.next_at,
        "is_on": plan.is_on,
        "is_late": plan.overdue(now) > health.SCHEDULE_MAY_BE_LATE,
    }


def _storage_facts(stored: storage.Storage) -> list[tuple[Text, Text]]:
    rows: list[tuple[Text, Text]] = [(_("Database"), size(stored.database_size))]
    if stored.log_size:
        rows.append((_("Write-ahead log"), size(stored.log_size)))
    files = _("%(n)s files, %(size)s") % {
        "n": numbers.format_number(stored.files_count),
        "size": size(stored.files_size),
    }
    room = _("%(free)s of %(total)s") % {"free": size(stored.disk_free), "total": size(stored.disk_total)}
    return [*rows, (_("Stored files"), files), (_("Free room"), room)]


def _versions(missing: list[str]) -> list[tuple[Text, Text]]:
    found = versions.installed()
    return [
        (_("Platform"), found.platform),
        (_("Python"), found.python),
        (_("Database"), found.database),
        (_("Engines"), _listed(found.engines)),
        (_("Libraries"), _listed(found.libraries)),
        (_("In the browser"), _listed(found.web)),
        (_("Changes not done yet"), ", ".join(missing) or _("None")),
    ]


def _listed(packages: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in packages.items()) or "–"


def _purpose(key: str) -> Text:
    declared = purposes.declared().get(key)
    return declared.title if declared else key


# --- Words --------------------------------------------------------------------------------------------------------


def size(count: int) -> str:
    """Bytes as people read them: 1 kB is 1000 bytes."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{numbers.format_number(value, 0 if unit in ('B', 'kB') else 1)} {unit}"
        value /= 1000
    return f"{numbers.format_number(value, 1)} TB"


def length(time: timedelta) -> str:
    """A length of time in its largest whole unit."""
    seconds = int(time.total_seconds())
    if seconds < 60:
        return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    if seconds < 3600:
        return ngettext("%(n)d minute", "%(n)d minutes", seconds // 60) % {"n": seconds // 60}
    if seconds < 86_400:
        return ngettext("%(n)d hour", "%(n)d hours", seconds // 3600) % {"n": seconds // 3600}
    return ngettext("%(n)d day", "%(n)d days", seconds // 86_400) % {"n": seconds // 86_400}


def _sum(queues: list[work.QueueState], state: State) -> int:
    return sum(queue.counts.get(state, 0) for queue in queues)


def _jobs(**wanted: str) -> str:
    return f"{reverse('jobs:list')}?{urlencode(wanted)}"


def _audit_lines(action: str) -> str:
    return f"{reverse('audit:list')}?{urlencode({'action': action})}"
