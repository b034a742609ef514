"""The gate of models: act only when acting is likely better."""

from __future__ import annotations

from dataclasses import dataclass

from engine.domain.decision import Proposal, Reason
from engine.domain.rule import MlEnhancement
from engine.ports import Forecaster


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether a proposal goes on, and what its decision says about it."""

    open: bool
    reason: Reason


_NOT_ASKED = Gate(True, Reason("", ""))


def ask(proposal: Proposal, ml: MlEnhancement, forecaster: Forecaster | None) -> Gate:
    """Return whether a model's confidence lets the proposal go on.

    Without a usable model the rule decides alone where it says `fallback_to_rule`,
    otherwise the proposal is skipped.
    """
    if not ml.use_prediction:
        return _NOT_ASKED
    answer = (
        forecaster.confidence(proposal, ml.prediction_horizon) if forecaster is not None else None
    )
    if answer is None:
        if ml.fallback_to_rule:
            words = "No usable model; the rule decided alone."
            return Gate(True, Reason("fell_back", words, "confidence"))
        words = "No usable model serves this, and the rule does not fall back."
        return Gate(False, Reason("no_model", words, "confidence"))
    words = (
        f"{answer.model}: acting beats not acting with probability {answer.probability:.2f}, "
        f"{ml.confidence_threshold:.2f} is needed. {answer.words}".strip()
    )
    if answer.probability >= ml.confidence_threshold:
        return Gate(True, Reason("confident", words, "confidence"))
    return Gate(False, Reason("not_confident", words, "confidence"))
