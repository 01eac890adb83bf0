"""What Prometheus reads: the figures of every worker, and where the databases stand, as families with names."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

from prometheus_client.metrics_core import (
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
    SummaryMetricFamily,
)

import bothways
from bothways.web.metrics.figures import BOUNDS, together

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bothways.web.endpoints import Status
    from bothways.web.metrics.figures import Taken

_UNKNOWN: Final = frozenset({"unreachable", "unconfigured", "invalid"})
_DATABASE: Final = ("database",)
_POOL: Final = (
    ("size", "Connections that may be open"),
    ("in_use", "Connections that answer a request"),
    ("waiting", "Requests that wait for a connection"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Families:
    """Everything that ``/metrics`` tells; what prometheus-client calls a collector."""

    workers: Sequence[Taken]
    databases: Sequence[Status] = ()
    more: Sequence[Metric] = ()

    def collect(self) -> Iterator[Metric]:
        """Every family."""
        yield InfoMetricFamily("bothways_build", "Which Bothways answers", {"version": bothways.__version__})
        yield gauge("bothways_workers", "Processes that serve", {(): sum(w.living for w in self.workers)})
        under_way = sum(w.under_way for w in self.workers)
        yield gauge("bothways_http_requests_under_way", "Requests that are being answered", {(): under_way})
        yield self._requests()
        yield self._work()
        yield from self._pools()
        yield from self._stand()
        yield from self.more

    def _requests(self) -> Metric:
        family = HistogramMetricFamily(
            "bothways_http_request_duration_seconds",
            "Seconds from the begin of a request to the end of its answer",
            labels=("method", "route", "status"),
        )
        bounds = (*map(str, BOUNDS), "+Inf")
        for labels, row in together((r for w in self.workers for r in w.requests), 3).items():
            family.add_metric(labels, list(zip(bounds, accumulate(row[:-1]), strict=True)), row[-1])
        return family

    def _work(self) -> Metric:
        family = SummaryMetricFamily(
            "bothways_database_statement_seconds", "Seconds that statements of requests took", labels=_DATABASE
        )
        for labels, (count, seconds) in together((r for w in self.workers for r in w.statements), 1).items():
            family.add_metric(labels, count, seconds)  # type: ignore[arg-type]  # a count is whole, whatever its type
        return family

    def _pools(self) -> Iterator[Metric]:
        sums = together((r for w in self.workers for r in w.pools), 1)
        for place, (name, words) in enumerate(_POOL):
            yield gauge(f"bothways_pool_{name}", words, {key: row[place] for key, row in sums.items()}, _DATABASE)

    def _stand(self) -> Iterator[Metric]:
        known = [s for s in self.databases if s.state not in _UNKNOWN]
        for name, words, figures in (
            ("database_reachable", "Whether the database answers", {s.name: s in known for s in self.databases}),
            (
                "database_at_head",
                "Whether the database is at the revision that this build expects",
                {s.name: s.state == "at-head" for s in known},
            ),
            ("pending_revisions", "Revisions that the database lacks", {s.name: len(s.pending) for s in known}),
        ):
            yield gauge(f"bothways_{name}", words, {(k,): v for k, v in figures.items()}, _DATABASE)


def gauge(name: str, words: str, figures: Mapping[Any, float], labels: Iterable[str] = ()) -> Metric:
    """A family of figures that go up and down, by the values of its labels."""
    family = GaugeMetricFamily(name, words, labels=tuple(labels))
    for values, figure in figures.items():
        family.add_metric(values, float(figure))
    return family
