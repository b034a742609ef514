"""Refusals of writes by their key, with texts for people in every locale."""

from __future__ import annotations

from collections.abc import Sequence

from sync.sandbox.graph.errors import GraphError
from sync.sandbox.graph.user_texts import ENGLISH, TEXTS, text_in


def refused(
    key: str, subcode: int | None = None, blame: Sequence[str] = (), **values: object
) -> GraphError:
    """Return code 100 with the texts of `key`; `blame` names parameters."""
    return explained(
        GraphError(
            message="Invalid parameter",
            code=100,
            subcode=subcode,
            transient=False,
            blame=tuple((name,) for name in blame),
        ),
        key,
        **values,
    )


def explained(error: GraphError, key: str, **values: object) -> GraphError:
    """Give an error the texts of `key`; which language is read at the edge."""
    error.title, error.user_message = text_in(key, ENGLISH, values)
    error.localized = {
        language: text_in(key, language, values) for language in TEXTS[key] if language != ENGLISH
    }
    return error
