"""What callers send.

A field nobody knows is refused, never dropped in silence.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
)


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


class AddAccountsBody(_Body):
    """Accounts to work on: by id, a business's, or all that a login sees."""

    account_ids: list[str] = Field(default_factory=list, max_length=1000)
    business_id: str = ""
    everything: StrictBool = False
    identity_id: str = ""
    client: str = ""


class AppBody(_Body):
    """A Meta app to log in through; an empty secret leaves the one kept."""

    app_id: str = Field(max_length=40)
    app_secret: SecretStr = Field(SecretStr(""), max_length=200)


class TokenBody(_Body):
    """A token made elsewhere; it is shown to nobody again."""

    token: SecretStr = Field(max_length=4000)


class LoginBody(_Body):
    """How to log in, what for, and as whom again."""

    way: Literal["loopback", "embedded"] = "loopback"
    read_only: StrictBool = False
    identity_id: str = ""


class LoginAnswerBody(_Body):
    """The address that the browser ended at."""

    address: SecretStr = Field(max_length=8000)
