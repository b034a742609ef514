"""What callers send.

A field nobody knows is refused, never dropped in silence.
"""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ReasonBody(_Body):
    """Why somebody does something, for the journal."""

    reason: str = Field("", max_length=500)


class ApproveBody(_Body):
    """An approval; `fingerprint` is the mark of what the person was shown."""

    fingerprint: str | None = None


class SettleBody(_Body):
    """Whether a change whose outcome nobody could find out took effect."""

    applied: StrictBool


class CycleBody(_Body):
    """Which accounts to run a cycle over; all of them when left out."""

    accounts: list[str] | None = None


class HistoryBody(_Body):
    """From which day on to read older days, and of which accounts."""

    since: date
    accounts: list[str] | None = None


class SettingBody(_Body):
    """A setting's new value."""

    value: StrictBool | StrictInt | StrictFloat | StrictStr


class StatusBody(_Body):
    """A rule's new status: active, paused or archived."""

    status: str
    reason: str = Field("", max_length=500)


class ModeBody(_Body):
    """A rule's new mode: dry_run, approval or automatic."""

    mode: str
    reason: str = Field("", max_length=500)


class ObjectBody(_Body):
    """New values of an object; money in minor units, all labels together."""

    status: StrictStr | None = None
    daily_budget: StrictInt | None = None
    lifetime_budget: StrictInt | None = None
    bid_amount: StrictInt | None = None
    name: StrictStr | None = None
    labels: list[StrictStr] | None = None
    creative_id: StrictStr | None = None


class CopyBody(_Body):
    """What is added to the name of a copy; a mark follows it."""

    name_suffix: str = Field("", max_length=100)


class AccountBody(_Body):
    """Switches of an account; an empty text goes back to the default."""

    enabled: StrictBool | None = None
    automation: StrictBool | None = None
    client: str | None = None
    primary_event: str | None = None


class KeyBody(_Body):
    """A key to be made; `client` bounds what a key of the role client sees."""

    role: str
    name: str
    client: str = ""
