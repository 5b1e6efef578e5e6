# SPDX-License-Identifier: MPL-2.0
"""What code declares: tasks, queues and schedules. Declared while Django starts, read-only afterwards."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar

from cronsim import CronSim, CronSimError
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django_tasks.base import DEFAULT_TASK_PRIORITY, DEFAULT_TASK_QUEUE_NAME, Task

from kommune3.kernel import clock
from kommune3.kernel.clock import MUNICIPAL_ZONE
from kommune3.kernel.jobs.errors import UnknownTask

if TYPE_CHECKING:
    from kommune3.kernel.jobs.context import JobContext

P = ParamSpec("P")
T = TypeVar("T")
Text = str | Promise

# --- Queues -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Queue:
    """A line of jobs. ``concurrency``: how many of them may run at once on all machines together; None: no limit."""

    name: str
    title: Text
    concurrency: int | None


_queues: dict[str, Queue] = {}


def queue(name: str, *, title: Text, concurrency: int | None = None) -> None:
    """Declare a queue, before the first task that is put in it."""
    _queues[name] = Queue(name, title, concurrency)


def queues() -> dict[str, Queue]:
    """Every declared queue by its name."""
    return dict(_queues)


queue(DEFAULT_TASK_QUEUE_NAME, title=_("Ordinary work"))
queue("events", title=_("Events"))
queue("optimisation", title=_("Heavy calculation"), concurrency=2)

# --- Tasks --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class DurableTask(Task[P, T], Generic[P, T]):
    """A task of Django's tasks API with what our rows need besides.

    ``takes_job``: the function's first argument is a :class:`JobContext`. ``small``: takes milliseconds and writes only
    to the database, so that many run in one transaction, which also writes that they are finished. ``permanent``:
    exceptions after which trying again cannot help, and whose text may be shown (no personal data in it).
    """

    max_attempts: int = 3
    timeout_minutes: float | None = None
    small: bool = False
    takes_job: bool = False
    permanent: tuple[type[Exception], ...] = ()

    def __post_init__(self) -> None:
        if self.queue_name not in _queues:
            raise ImproperlyConfigured(
                f"{self.module_path}: the queue {self.queue_name!r} is not declared; declare it with jobs.queue(…)"
            )
        if self.max_attempts < 1:
            raise ImproperlyConfigured(f"{self.module_path}: max_attempts is at least 1")
        Task.__post_init__(self)


def durable(
    *,
    queue: str = DEFAULT_TASK_QUEUE_NAME,
    max_attempts: int = 3,
    timeout_minutes: float | None = None,
    priority: int = DEFAULT_TASK_PRIORITY,
    small: bool = False,
    permanent: tuple[type[Exception], ...] = (),
) -> Callable[[Callable[Concatenate["JobContext", P], T]], DurableTask[P, T]]:
    """Make a module's function a task whose jobs survive ``kill -9``.

    The function takes the job first and everything else by keyword, as JSON values::

        @durable(queue="optimisation", max_attempts=3, timeout_minutes=30)
        def optimise_fleet(job: JobContext, *, run_id: str) -> None: ...

    It may be started again after a crash, so what it writes is written in ``with job.commit():``.
    """

    def make(function: Callable[Concatenate["JobContext", P], T]) -> DurableTask[P, T]:
        return DurableTask(
            func=function,  # type: ignore[arg-type]  # the worker puts the job in front
            queue_name=queue,
            priority=priority,
            max_attempts=max_attempts,
            timeout_minutes=timeout_minutes,
            small=small,
            takes_job=True,
            permanent=permanent,
        )

    return make


def task_named(dotted: str) -> DurableTask[..., Any]:
    """The task with this dotted name; raises :class:`UnknownTask`, also for a name that is something else."""
    try:
        found = import_string(dotted)
    except ImportError:
        raise UnknownTask(dotted) from None
    if not isinstance(found, DurableTask):
        raise UnknownTask(dotted)
    return found


# --- Schedules ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DeclaredSchedule:
    """A job made each time ``cron`` (minute hour day month weekday, municipal time) says so."""

    name: str
    cron: str
    task: DurableTask[..., Any]
    title: Text
    kwargs: dict[str, Any] = field(default_factory=dict)

    def next_after(self, instant: datetime) -> datetime:
        """The first instant (UTC) after ``instant`` at which the schedule is due."""
        return next(CronSim(self.cron, instant.astimezone(MUNICIPAL_ZONE))).astimezone(UTC)

    def latest_due(self, first: datetime, now: datetime) -> datetime:
        """The last due instant not after ``now``, counted from the due instant ``first``."""
        latest = following = first
        while following <= now:
            latest, following = following, self.next_after(following)
        return latest


_schedules: dict[str, DeclaredSchedule] = {}


def schedule(
    name: str, cron: str, task: DurableTask[..., Any], *, title: Text, kwargs: dict[str, Any] | None = None
) -> None:
    """Declare a schedule, in a ``tasks`` module. ``name`` is a dotted code such as "fleet.trips.imported_nightly".

    Times are municipal. When the clocks change, a job at a fixed hour that does not exist runs right after the gap,
    and one in the hour that comes twice runs once. Instants missed while no worker ran are made up for by one job,
    for the latest of them.
    """
    try:
        CronSim(cron, clock.now().astimezone(MUNICIPAL_ZONE))
    except CronSimError as error:
        raise ImproperlyConfigured(f"schedule {name}: {cron!r} is not a cron expression: {error}") from error
    _schedules[name] = DeclaredSchedule(name, cron, task, title, kwargs or {})


def schedules() -> dict[str, DeclaredSchedule]:
    """Every declared schedule by its name."""
    return dict(_schedules)
