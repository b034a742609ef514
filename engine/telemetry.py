"""Numbers for Prometheus: what the engine did and how long it took."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from engine.domain.calls import CallRecord
from engine.domain.limits import LimitState


def _buckets() -> tuple[float, ...]:
    return (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


@dataclass(frozen=True, slots=True)
class CallTelemetry:
    """Counters of the calls to Meta; no label names an object."""

    total: Gauge
    seconds: Histogram
    answers: Counter
    retries: Counter
    size: Counter
    remaining: Gauge
    used: Gauge
    blocked: Gauge

    def count(self, record: CallRecord) -> None:
        """Count one exchange."""
        labels = (record.endpoint, record.lane, record.outcome)
        if record.status:
            self.seconds.labels(*labels).observe(record.seconds)
        self.answers.labels(*labels, str(record.status)).inc()
        self.size.labels(record.endpoint).inc(record.size)
        if record.attempt > 1:
            self.retries.labels(record.endpoint).inc()

    def show(self, limits: Iterable[LimitState]) -> None:
        """Show the limits as they are now, and only those."""
        self.used.clear()
        self.blocked.clear()
        for limit in limits:
            labels = (limit.scope.account_id or "app", limit.scope.use_case or "all")
            if limit.used_percent is not None:
                self.used.labels(*labels).set(limit.used_percent)
            self.blocked.labels(*labels).set(limit.blocked_until is not None)


@dataclass(frozen=True, slots=True)
class Telemetry:
    """The engine's counters; each engine has its own set, so tests don't mix."""

    registry: CollectorRegistry
    evaluation_seconds: Histogram
    cycle_seconds: Histogram
    verdicts: Counter
    decisions: Counter
    actions: Counter
    rows_stored: Counter
    rows_rejected: Counter
    objects_drifted: Counter
    calls: CallTelemetry
    stopped: Gauge
    content_type: str = field(default="text/plain; version=0.0.4; charset=utf-8")

    def text(self) -> bytes:
        """Return all numbers in the Prometheus text format."""
        return generate_latest(self.registry)


def new_telemetry() -> Telemetry:
    """Return a fresh set of counters."""
    registry = CollectorRegistry()
    return Telemetry(
        registry,
        Histogram(
            "rules_evaluation_duration_seconds",
            "Time to evaluate all rules on one account",
            buckets=_buckets(),
            registry=registry,
        ),
        Histogram(
            "cycle_duration_seconds",
            "Time of one account's cycle",
            buckets=_buckets(),
            registry=registry,
        ),
        Counter("rules_verdicts", "Verdicts by answer", ["answer"], registry=registry),
        Counter("decisions", "Decisions by outcome", ["outcome"], registry=registry),
        Counter("actions", "Journal entries settled, by state", ["state"], registry=registry),
        Counter("insights_rows_stored", "Fact rows added or changed", registry=registry),
        Counter("insights_rows_rejected", "Rows that could not be read", registry=registry),
        Counter("objects_drifted", "Objects edited without any sign of it", registry=registry),
        _call_telemetry(registry),
        Gauge("engine_stopped", "1 while the kill switch is on", registry=registry),
    )


def _call_telemetry(registry: CollectorRegistry) -> CallTelemetry:
    one, limit = ["endpoint", "lane", "outcome"], ["account", "use_case"]

    def gauge(name: str, words: str, labels: Sequence[str] = ()) -> Gauge:
        return Gauge(f"facebook_api_{name}", words, labels, registry=registry)

    return CallTelemetry(
        gauge("calls", "Calls made to the Graph API, as Meta counts them"),
        Histogram(
            "facebook_api_request_duration_seconds",
            "Time of one exchange with the Graph API",
            one,
            buckets=_buckets(),
            registry=registry,
        ),
        Counter(
            "facebook_api_requests", "Exchanges by outcome", [*one, "status"], registry=registry
        ),
        Counter("facebook_api_retries", "Reads made again", ["endpoint"], registry=registry),
        Counter(
            "facebook_api_response_bytes", "Bytes read, unpacked", ["endpoint"], registry=registry
        ),
        gauge("rate_limit_remaining", "Per cent of Meta's limits left", ["account"]),
        gauge("usage_percent", "Per cent used of one of Meta's limits", limit),
        gauge("blocked", "1 while calls under a limit are not made", limit),
    )
