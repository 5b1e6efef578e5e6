# SPDX-License-Identifier: MPL-2.0
"""Adding up what several processes count."""

import json
from collections.abc import Iterator

from django.db import transaction
from django.db.models import F
from prometheus_client.core import Metric

from kommune3.kernel.metrics.figures import SHARED
from kommune3.kernel.metrics.models import Tally

_flushed: dict[tuple[str, str], float] = {}


def flush() -> int:
    """Add what this process has counted since the last time to the rows; returns how many grew.

    Called by workers. What a worker counted after its last call is lost when it is killed: these are figures for
    operators, not records.
    """
    grown = {key: value - _flushed.get(key, 0.0) for key, value in _own().items() if value > _flushed.get(key, 0.0)}
    with transaction.atomic():
        for (name, labels), more in sorted(grown.items()):
            Tally.objects.get_or_create(name=name, labels=labels)
            Tally.objects.filter(name=name, labels=labels).update(value=F("value") + more)
    for key, more in grown.items():
        _flushed[key] = _flushed.get(key, 0.0) + more
    return len(grown)


def _own() -> dict[tuple[str, str], float]:
    return {
        (sample.name, json.dumps(sample.labels, sort_keys=True)): sample.value
        for metric in SHARED.collect()
        for sample in metric.samples
    }


def shared() -> Iterator[Metric]:
    """The shared figures with a label more: ``process`` is "web" for the asking process, else "workers".

    The two are not added: when the asking process begins anew its own part falls to nought, the rest does not.
    """
    kept: dict[str, list[tuple[dict[str, str], float]]] = {}
    for name, labels, value in Tally.objects.order_by("pk").values_list("name", "labels", "value"):
        kept.setdefault(name, []).append((json.loads(labels), value))
    for own in SHARED.collect():
        metric = Metric(own.name, own.documentation, own.type)
        names = _names(own)
        for name in names:
            for also, value in kept.get(name, []):
                metric.add_sample(name, also | {"process": "workers"}, value)
        for sample in own.samples:
            metric.add_sample(sample.name, sample.labels | {"process": "web"}, sample.value)
        yield metric


def _names(metric: Metric) -> tuple[str, ...]:
    """What the samples of a counter or histogram are called."""
    if metric.type == "histogram":
        return tuple(f"{metric.name}{ending}" for ending in ("_bucket", "_count", "_sum"))
    return (f"{metric.name}_total",)
