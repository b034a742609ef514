"""Numbers for Prometheus: what the engine did and how long it took."""

from __future__ import annotations

from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


def _buckets() -> tuple[float, ...]:
    return (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


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
    calls: Gauge
    limit_remaining: Gauge
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
        Gauge("facebook_api_calls", "Calls made to the Graph API", registry=registry),
        Gauge(
            "facebook_api_rate_limit_remaining",
            "Per cent of Meta's limits left",
            ["account"],
            registry=registry,
        ),
        Gauge("engine_stopped", "1 while the kill switch is on", registry=registry),
    )
