"""The warehouse's tables and how facts are kept in them.

Facts are as known: what Meta said is never overwritten. A version of a number
is kept as its *difference* from the version before, with the moment it became
known, so that

    value as known at t  =  sum of the differences with known_at <= t

and a window as known at t is one plain sum over one scan, without looking for
the newest version of each row. A number that did not change adds nothing. All
facts are integers (counts of actions in millionths, because attribution may
split one), so these sums are exact and a number restated to zero is zero.

`scope` is one account at one level, `object_key` one object in it; both stand
for text that would be repeated millions of times. Times are UTC without zone.
"""

from __future__ import annotations

from engine.domain.windows import Grain
from engine.ports import ROW_SCHEMA

SCHEMA_VERSION = 5
# Attribution may give a fraction of a conversion; six digits are more than Meta's.
MILLIONTHS = 1_000_000

FACT_SUMS: tuple[str, ...] = tuple(
    name for name in ROW_SCHEMA if name not in {"object_id", "date", "hour", "hour_start"}
)
# Meta's hourly breakdown has no reach.
HOURLY_SUMS: tuple[str, ...] = tuple(name for name in FACT_SUMS if name != "reach")

FACT_TABLES: dict[Grain, str] = {
    Grain.HOUR: "hourly",
    Grain.DAY: "daily",
    Grain.LIFETIME: "lifetime",
}
ACTION_TABLES: dict[Grain, str] = {Grain.DAY: "daily_actions", Grain.LIFETIME: "lifetime_actions"}
# What tells one fact from another inside a scope, besides the object.
FACT_MOMENTS: dict[str, tuple[str, ...]] = {
    "hourly": ("hour_start", "date", "hour"),
    "daily": ("date",),
    "daily_actions": ("date", "action_type"),
    "lifetime": (),
    "lifetime_actions": ("action_type",),
}
TABLES: tuple[str, ...] = (
    "objects",
    "creatives",
    "edits",
    *FACT_MOMENTS,
    "readings",
    "set_aside",
)

_KEY = "scope INTEGER NOT NULL, object_key INTEGER NOT NULL"
_END = "known_at TIMESTAMP NOT NULL"
_MOMENT_TYPES = {
    "hour_start": "TIMESTAMP",
    "date": "DATE",
    "hour": "TINYINT",
    "action_type": "VARCHAR",
}


def sums_of_table(table: str) -> tuple[str, ...]:
    """Return the columns of a fact table that hold numbers."""
    if table.endswith("_actions"):
        return ("count", "value")
    return HOURLY_SUMS if table == "hourly" else FACT_SUMS


def identity_of(table: str) -> tuple[str, ...]:
    """Return the moments that tell facts apart.

    The date and the number of an hour follow from its start.
    """
    return ("hour_start",) if table == "hourly" else FACT_MOMENTS[table]


def _fact_table(table: str) -> str:
    moments = [f"{name} {_MOMENT_TYPES[name]} NOT NULL" for name in FACT_MOMENTS[table]]
    sums = [f"{name} BIGINT NOT NULL" for name in sums_of_table(table)]
    return f"CREATE TABLE {table} ({', '.join([_KEY, *moments, *sums, _END])})"


# No primary keys: they cost two thirds of the speed of writing, and the one
# writer compares every batch with what is stored anyway.
_OTHER_TABLES = """
CREATE TABLE about (name VARCHAR NOT NULL, value VARCHAR NOT NULL);
CREATE TABLE scopes (
    scope INTEGER NOT NULL, account_id VARCHAR NOT NULL, level VARCHAR NOT NULL
);
CREATE TABLE object_keys (
    scope INTEGER NOT NULL, object_key INTEGER NOT NULL, object_id VARCHAR NOT NULL
);
CREATE TABLE readings (
    reading BIGINT NOT NULL, account_id VARCHAR NOT NULL, level VARCHAR, grain VARCHAR NOT NULL,
    since DATE, until DATE, known_at TIMESTAMP NOT NULL, measured VARCHAR[] NOT NULL,
    row_count BIGINT
);
CREATE TABLE event_types (
    account_id VARCHAR NOT NULL, action_type VARCHAR NOT NULL, known_at TIMESTAMP NOT NULL
);
CREATE TABLE objects (
    account_id VARCHAR NOT NULL, object_id VARCHAR NOT NULL, level VARCHAR NOT NULL,
    name VARCHAR NOT NULL, status VARCHAR NOT NULL, effective_status VARCHAR NOT NULL,
    parent_id VARCHAR, campaign_id VARCHAR, objective VARCHAR,
    daily_budget BIGINT, lifetime_budget BIGINT, bid_amount BIGINT, bid_strategy VARCHAR,
    learning_stage VARCHAR, creative_id VARCHAR, labels VARCHAR[],
    created_time TIMESTAMP, updated_time TIMESTAMP, start_time TIMESTAMP, end_time TIMESTAMP,
    raw_status VARCHAR NOT NULL, edited BOOLEAN NOT NULL,
    known_at TIMESTAMP NOT NULL, reading BIGINT NOT NULL
);
"""
# Days that came back empty though they had rows, rows that could not be read, reports
# that Meta still works on, and what thinning took away.
_SYNC_TABLES = """
CREATE TABLE gone_days (
    scope INTEGER NOT NULL, grain VARCHAR NOT NULL, date DATE NOT NULL, since TIMESTAMP NOT NULL
);
CREATE TABLE set_aside (
    number BIGINT NOT NULL, account_id VARCHAR NOT NULL, level VARCHAR NOT NULL,
    grain VARCHAR NOT NULL, known_at TIMESTAMP NOT NULL, reason VARCHAR NOT NULL,
    raw VARCHAR NOT NULL
);
CREATE TABLE report_runs (
    question VARCHAR NOT NULL, run_id VARCHAR NOT NULL, asked_at TIMESTAMP NOT NULL
);
CREATE TABLE thinnings (
    done_at TIMESTAMP NOT NULL, table_name VARCHAR NOT NULL, kept VARCHAR NOT NULL,
    until TIMESTAMP NOT NULL, rows_before BIGINT NOT NULL, rows_after BIGINT NOT NULL
);
"""
# What Meta says of an object besides its status and money, what ads show, who edited
# what at Meta, and what a whole reading missed once.
_OBJECT_TABLES = """
ALTER TABLE objects ADD COLUMN roas_floor BIGINT;
ALTER TABLE objects ADD COLUMN optimization_goal VARCHAR;
ALTER TABLE objects ADD COLUMN billing_event VARCHAR;
ALTER TABLE objects ADD COLUMN attribution VARCHAR[];
ALTER TABLE objects ADD COLUMN issues VARCHAR[];
ALTER TABLE objects ADD COLUMN source_id VARCHAR;
CREATE TABLE creatives (
    account_id VARCHAR NOT NULL, creative_id VARCHAR NOT NULL, name VARCHAR NOT NULL,
    title VARCHAR NOT NULL, body VARCHAR NOT NULL, kind VARCHAR NOT NULL,
    call_to_action VARCHAR NOT NULL, link_url VARCHAR NOT NULL, status VARCHAR NOT NULL,
    thumbnail_url VARCHAR NOT NULL
);
CREATE TABLE edits (
    account_id VARCHAR NOT NULL, mark VARCHAR NOT NULL, object_id VARCHAR NOT NULL,
    "at" TIMESTAMP NOT NULL, event VARCHAR NOT NULL, field VARCHAR, before VARCHAR NOT NULL,
    after VARCHAR NOT NULL, actor VARCHAR NOT NULL, by_us BOOLEAN NOT NULL,
    actor_id VARCHAR NOT NULL, application VARCHAR NOT NULL, object_name VARCHAR NOT NULL,
    level VARCHAR, words VARCHAR NOT NULL, seen_at TIMESTAMP NOT NULL
);
CREATE TABLE missed (
    account_id VARCHAR NOT NULL, object_id VARCHAR NOT NULL, reading BIGINT NOT NULL
);
"""
# How many rows could not be read; of the rows themselves only the newest are kept.
_ASIDE_COUNTS = """
CREATE TABLE aside_counts (
    account_id VARCHAR NOT NULL, level VARCHAR NOT NULL, grain VARCHAR NOT NULL,
    known_at TIMESTAMP NOT NULL, reason VARCHAR NOT NULL, rows BIGINT NOT NULL
);
"""
_PUSHED = """
CREATE TABLE deliveries (
    batch_id VARCHAR NOT NULL, digest VARCHAR NOT NULL, received_at TIMESTAMP NOT NULL,
    added BIGINT NOT NULL, changed BIGINT NOT NULL, unchanged BIGINT NOT NULL
);
"""
STATEMENTS: tuple[str, ...] = (
    _OTHER_TABLES,
    _SYNC_TABLES,
    _OBJECT_TABLES,
    _ASIDE_COUNTS,
    _PUSHED,
    *(_fact_table(table) for table in FACT_MOMENTS),
    f"INSERT INTO about VALUES ('schema_version', '{SCHEMA_VERSION}')",
)
# What makes a file of version n one of version n + 1; in order, from version 1.
UPGRADES: tuple[str, ...] = (
    f"{_SYNC_TABLES}; ALTER TABLE readings ADD COLUMN row_count BIGINT;",
    _OBJECT_TABLES,
    _ASIDE_COUNTS,
    _PUSHED,
)
