"""The first form of the state database."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ACTING = (
    "state IN ('applied', 'awaiting_approval', 'conflict', 'intent', 'needs_human', "
    "'not_applied', 'rejected', 'sent', 'undone', 'unknown')"
)
_IMMUTABLE = ("decisions", "journal_events")


def upgrade() -> None:
    """Make every table of the first form."""
    _accounts()
    _cycles()
    _journal()
    _rule_runs()
    _rules()
    _settings()
    _stops()
    _streaks()
    _decisions()
    _journal_events()
    _notifications()
    _rule_versions()
    for table in _IMMUTABLE:
        _refuse_changes(table)


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("timezone_name", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("min_daily_budget", sa.BigInteger(), nullable=False),
        sa.Column("primary_event", sa.Text()),
        sa.Column("own_client", sa.Text()),
        sa.Column("own_primary_event", sa.Text()),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("automation", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id"),
    )


def _cycles() -> None:
    op.create_table(
        "cycles",
        sa.Column("seq", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("cycle_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("cycle_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("cycles_by_account", "cycles", ["account_id", "seq"], unique=False)


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("seq", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("rule_name", sa.Text(), nullable=False),
        sa.Column("cycle_id", sa.Text(), nullable=False),
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("object_name", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True)),
        sa.Column("after", sa.JSON(none_as_null=True)),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("intent_at", sa.DateTime(timezone=True)),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("follows", sa.Text()),
        sa.Column("undoes", sa.Text()),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("entry_id"),
        sqlite_autoincrement=True,
    )
    _journal_indices()


def _journal_indices() -> None:
    op.create_index(
        "journal_acts_once",
        "journal",
        ["rule_id", "object_id", "field", "slot", "bucket"],
        unique=True,
        sqlite_where=sa.text(_ACTING),
        postgresql_where=sa.text(_ACTING),
    )
    op.create_index("journal_by_account", "journal", ["account_id", "decided_at"], unique=False)
    op.create_index("journal_by_cycle", "journal", ["cycle_id"], unique=False)
    op.create_index("journal_by_object", "journal", ["object_id", "seq"], unique=False)
    op.create_index("journal_by_rule", "journal", ["rule_id", "seq"], unique=False)
    op.create_index("journal_by_state", "journal", ["state", "account_id"], unique=False)


def _rule_runs() -> None:
    op.create_table(
        "rule_runs",
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("ran_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("matched", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("rule_id", "account_id"),
    )


def _rules() -> None:
    op.create_table(
        "rules",
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("broken", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("rule_id"),
    )
    op.create_index(
        "rules_name_of_client",
        "rules",
        ["client", "name"],
        unique=True,
        sqlite_where=sa.text("status <> 'archived'"),
        postgresql_where=sa.text("status <> 'archived'"),
    )


def _settings() -> None:
    op.create_table(
        "settings",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )


def _stops() -> None:
    op.create_table(
        "stops",
        sa.Column("seq", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_autoincrement=True,
    )


def _streaks() -> None:
    op.create_table(
        "streaks",
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cycles", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("rule_id", "object_id"),
    )


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["journal.entry_id"],
        ),
        sa.PrimaryKeyConstraint("entry_id"),
    )


def _journal_events() -> None:
    op.create_table(
        "journal_events",
        sa.Column("seq", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["journal.entry_id"],
        ),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_autoincrement=True,
    )
    op.create_index("journal_events_by_entry", "journal_events", ["entry_id"], unique=False)


def _notifications() -> None:
    op.create_table(
        "notifications",
        sa.Column("seq", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("entry_id", sa.Text()),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True)),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["journal.entry_id"],
        ),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("entry_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("notifications_by_delivery", "notifications", ["delivery"], unique=False)


def _rule_versions() -> None:
    op.create_table(
        "rule_versions",
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_id"],
            ["rules.rule_id"],
        ),
        sa.PrimaryKeyConstraint("rule_id", "version"),
    )


def _refuse_changes(table: str) -> None:
    """Let the database itself refuse to change or delete rows of `table`."""
    words = f"rows of {table} are never changed"
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{words}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_immutable BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"
    )
