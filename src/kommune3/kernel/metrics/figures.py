# SPDX-License-Identifier: MPL-2.0
"""Everything that is counted as it happens. Seconds are wall-clock seconds.

A label takes names from our own code or settings only: never an address, an identifier or anything a visitor sent.
"""

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics

disable_created_metrics()  # type: ignore[no-untyped-call]

WEB = CollectorRegistry()
"""Counted by the process that answers requests; begins anew with it, as Prometheus expects."""

SHARED = CollectorRegistry()
"""Counted wherever it happens, and kept for those that end (:mod:`kommune3.kernel.metrics.tallying`)."""

REQUESTS = Counter(
    "kommune3_http_requests", "Requests answered, by route and status.", ["route", "method", "status"], registry=WEB
)
REQUEST_SECONDS = Histogram(
    "kommune3_http_request_seconds",
    "Time until a request's answer began, by route.",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=WEB,
)
REQUEST_DATABASE_SECONDS = Counter(
    "kommune3_http_request_database_seconds",
    "Time in which requests waited for the database to begin its answer, by route.",
    ["route"],
    registry=WEB,
)
REQUEST_QUERIES = Counter(
    "kommune3_http_request_database_queries", "Questions that requests put to the database, by route.", ["route"],
    registry=WEB,
)  # fmt: skip
LOGIN_FAILURES = Counter("kommune3_login_failures", "Logins that were refused.", registry=WEB)

JOB_SECONDS = Histogram(
    "kommune3_job_seconds",
    "How long attempts at jobs took, by task and outcome. Jobs that share a transaction are not among them.",
    ["task", "outcome"],
    buckets=(0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600),
    registry=SHARED,
)
OUTGOING = Counter(
    "kommune3_outgoing_http_requests", "Calls to other systems, by host and how they answered.", ["host", "outcome"],
    registry=SHARED,
)  # fmt: skip
OUTGOING_SECONDS = Counter(
    "kommune3_outgoing_http_seconds", "Time in which other systems were waited for, by host.", ["host"],
    registry=SHARED,
)  # fmt: skip
