"""The tables of the state database as they are now.

The migrations make them; a test proves that both say the same.
"""

from __future__ import annotations

import sqlalchemy as sa

from engine.domain.journal import ACTING_STATES
from engine.storage.state.columns import UtcTime

METADATA = sa.MetaData()
_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

RULES = sa.Table(
    "rules",
    METADATA,
    sa.Column("rule_id", sa.Text, primary_key=True),
    sa.Column("client", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("broken", sa.Text),
    sa.Column("created_at", UtcTime, nullable=False),
)
sa.Index(
    "rules_name_of_client",
    RULES.c.client,
    RULES.c.name,
    unique=True,
    sqlite_where=sa.text("status <> 'archived'"),
    postgresql_where=sa.text("status <> 'archived'"),
)

RULE_VERSIONS = sa.Table(
    "rule_versions",
    METADATA,
    sa.Column("rule_id", sa.Text, sa.ForeignKey("rules.rule_id"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("saved_at", UtcTime, nullable=False),
)

ACCOUNTS = sa.Table(
    "accounts",
    METADATA,
    sa.Column("account_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("client", sa.Text, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("timezone_name", sa.Text, nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("min_daily_budget", sa.BigInteger, nullable=False),
    sa.Column("primary_event", sa.Text),
    sa.Column("own_client", sa.Text),
    sa.Column("own_primary_event", sa.Text),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("automation", sa.Boolean, nullable=False),
    sa.Column("seen_at", UtcTime, nullable=False),
    sa.Column("removed_at", UtcTime),
)

JOURNAL = sa.Table(
    "journal",
    METADATA,
    sa.Column("seq", _SEQUENCE, primary_key=True, autoincrement=True),
    sa.Column("entry_id", sa.Text, nullable=False, unique=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("rule_id", sa.Text, nullable=False),
    sa.Column("rule_version", sa.Integer, nullable=False),
    sa.Column("rule_name", sa.Text, nullable=False),
    sa.Column("cycle_id", sa.Text, nullable=False),
    sa.Column("bucket", sa.Text, nullable=False),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("object_id", sa.Text, nullable=False),
    sa.Column("object_name", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    # Messages of one rule share a field; their place in the rule tells them apart.
    sa.Column("slot", sa.Integer, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("before", sa.JSON(none_as_null=True)),
    sa.Column("after", sa.JSON(none_as_null=True)),
    sa.Column("change", sa.BigInteger, nullable=False),
    sa.Column("decided_at", UtcTime, nullable=False),
    sa.Column("intent_at", UtcTime),
    sa.Column("sent_at", UtcTime),
    sa.Column("settled_at", UtcTime),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("reason_code", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("follows", sa.Text),
    sa.Column("undoes", sa.Text),
    sqlite_autoincrement=True,
)
_ACTING = sa.text(f"state IN ({', '.join(repr(str(s)) for s in sorted(ACTING_STATES))})")
sa.Index(
    "journal_acts_once",
    JOURNAL.c.rule_id,
    JOURNAL.c.object_id,
    JOURNAL.c.field,
    JOURNAL.c.slot,
    JOURNAL.c.bucket,
    unique=True,
    sqlite_where=_ACTING,
    postgresql_where=_ACTING,
)
sa.Index("journal_by_state", JOURNAL.c.state, JOURNAL.c.account_id)
sa.Index("journal_by_account", JOURNAL.c.account_id, JOURNAL.c.decided_at)
sa.Index("journal_by_rule", JOURNAL.c.rule_id, JOURNAL.c.seq)
sa.Index("journal_by_object", JOURNAL.c.object_id, JOURNAL.c.seq)
sa.Index("journal_by_cycle", JOURNAL.c.cycle_id)

DECISIONS = sa.Table(
    "decisions",
    METADATA,
    sa.Column("entry_id", sa.Text, sa.ForeignKey("journal.entry_id"), primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
)

JOURNAL_EVENTS = sa.Table(
    "journal_events",
    METADATA,
    sa.Column("seq", _SEQUENCE, primary_key=True, autoincrement=True),
    sa.Column("entry_id", sa.Text, sa.ForeignKey("journal.entry_id"), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("reason_code", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("seal", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
sa.Index("journal_events_by_entry", JOURNAL_EVENTS.c.entry_id)

SETTINGS = sa.Table(
    "settings",
    METADATA,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.JSON, nullable=False),
    sa.Column("changed_at", UtcTime, nullable=False),
    sa.Column("changed_by", sa.Text, nullable=False),
)

STOPS = sa.Table(
    "stops",
    METADATA,
    sa.Column("seq", _SEQUENCE, primary_key=True, autoincrement=True),
    sa.Column("stopped", sa.Boolean, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)

CYCLES = sa.Table(
    "cycles",
    METADATA,
    sa.Column("seq", _SEQUENCE, primary_key=True, autoincrement=True),
    sa.Column("cycle_id", sa.Text, nullable=False, unique=True),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("began_at", UtcTime, nullable=False),
    sa.Column("ended_at", UtcTime),
    sa.Column("counts", sa.JSON, nullable=False),
    sa.Column("error", sa.Text),
    sqlite_autoincrement=True,
)
sa.Index("cycles_by_account", CYCLES.c.account_id, CYCLES.c.seq)

STREAKS = sa.Table(
    "streaks",
    METADATA,
    sa.Column("rule_id", sa.Text, primary_key=True),
    sa.Column("object_id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("rule_version", sa.Integer, nullable=False),
    sa.Column("since", UtcTime, nullable=False),
    sa.Column("last", UtcTime, nullable=False),
    sa.Column("cycles", sa.Integer, nullable=False),
)

RULE_RUNS = sa.Table(
    "rule_runs",
    METADATA,
    sa.Column("rule_id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, primary_key=True),
    sa.Column("ran_at", UtcTime, nullable=False),
    sa.Column("matched", sa.Integer, nullable=False),
    sa.Column("unknown", sa.Integer, nullable=False),
    sa.Column("looked_at", sa.Integer, nullable=False),
)

NOTIFICATIONS = sa.Table(
    "notifications",
    METADATA,
    sa.Column("seq", _SEQUENCE, primary_key=True, autoincrement=True),
    sa.Column("entry_id", sa.Text, sa.ForeignKey("journal.entry_id"), unique=True),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("audience", sa.Text, nullable=False),
    sa.Column("severity", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("channels", sa.JSON, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("delivery", sa.Text, nullable=False),
    sa.Column("delivered_at", UtcTime),
    sa.Column("error", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
sa.Index("notifications_by_delivery", NOTIFICATIONS.c.delivery)

API_KEYS = sa.Table(
    "api_keys",
    METADATA,
    sa.Column("key_id", sa.Text, primary_key=True),
    sa.Column("hash", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("client", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("last_used_at", UtcTime),
    sa.Column("revoked_at", UtcTime),
)

# Without tokens: those are in the keyring.
IDENTITIES = sa.Table(
    "identities",
    METADATA,
    sa.Column("identity_id", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("added_at", UtcTime, nullable=False),
    sa.Column("added_by", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("user_id", sa.Text, nullable=False),
    sa.Column("app_id", sa.Text, nullable=False),
    sa.Column("scopes", sa.JSON(none_as_null=True)),
    sa.Column("declined", sa.JSON, nullable=False),
    sa.Column("trouble", sa.Text, nullable=False),
    sa.Column("expires_at", UtcTime),
    sa.Column("data_access_expires_at", UtcTime),
    sa.Column("checked_at", UtcTime),
    sa.Column("takes_all", sa.Boolean, nullable=False),
    sa.Column("reminded", sa.Text, nullable=False),
)

IDENTITY_ACCOUNTS = sa.Table(
    "identity_accounts",
    METADATA,
    sa.Column("identity_id", sa.Text, sa.ForeignKey("identities.identity_id"), primary_key=True),
    sa.Column("account_id", sa.Text, primary_key=True),
    sa.Column("reads", sa.Boolean, nullable=False),
    sa.Column("writes", sa.Boolean, nullable=False),
    sa.Column("missing", sa.Text, nullable=False),
)
