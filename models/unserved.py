"""The forecaster without trained models: it never claims to know."""

from __future__ import annotations

from engine.domain.decision import Proposal
from engine.ports import Confidence


class UnservedForecaster:
    """Answers that no model serves; rules fall back or are skipped."""

    def confidence(self, proposal: Proposal, horizon: str) -> Confidence | None:
        """Return none: there is no model whose confidence could be told."""
        return None
