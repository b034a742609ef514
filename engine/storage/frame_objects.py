"""The fixed columns of the window frame: objects as known then."""

from __future__ import annotations

from datetime import datetime

import duckdb
import polars as pl

from engine.domain.frame import TEXT_COLUMNS
from engine.domain.objects import Account, Level
from engine.storage.coverage import naive
from engine.storage.warehouse_rows import polars_frame

_MICROSECONDS_PER_HOUR = 3_600_000_000.0
# The newest version of each object known then; what stands on the campaign (objective,
# bid strategy under a campaign budget) is shown on its ad sets and ads too.
_OBJECTS = """
WITH known AS (
    SELECT * FROM objects WHERE account_id = ? AND known_at <= ?
), newest AS (
    SELECT * FROM known QUALIFY row_number() OVER (PARTITION BY object_id ORDER BY reading DESC) = 1
), edits AS (
    SELECT object_id, max(known_at) AS at FROM known WHERE edited GROUP BY object_id
)
SELECT
    coalesce(k.object_key, -1)::BIGINT AS object_key, o.object_id, o.account_id, o.parent_id,
    CASE WHEN o.level = 'campaign' THEN o.object_id ELSE o.campaign_id END AS campaign_id,
    o.name, o.status, o.effective_status,
    coalesce(o.objective, c.objective) AS objective,
    coalesce(o.bid_strategy, c.bid_strategy) AS bid_strategy,
    o.learning_stage, o.labels,
    nullif(o.daily_budget, 0) AS daily_budget,
    coalesce(nullif(o.daily_budget, 0), nullif(o.lifetime_budget, 0)) AS budget,
    CASE WHEN o.daily_budget > 0 THEN 'daily_budget'
         WHEN o.lifetime_budget > 0 THEN 'lifetime_budget' END AS budget_kind,
    o.created_time, greatest(o.updated_time, e.at) AS edited_time
FROM newest o
LEFT JOIN newest c ON o.level <> 'campaign' AND c.object_id = o.campaign_id
LEFT JOIN edits e ON e.object_id = o.object_id
LEFT JOIN (SELECT * FROM object_keys WHERE scope = ?) k ON k.object_id = o.object_id
WHERE o.level = ?
ORDER BY o.object_id
"""


def object_columns(
    cursor: duckdb.DuckDBPyConnection,
    account: Account,
    level: Level,
    as_of: datetime,
    scope: int | None,
) -> pl.DataFrame:
    """Return the fixed columns, object_key (-1 without facts), daily_budget."""
    moment = naive(as_of)
    objects = polars_frame(cursor, _OBJECTS, [account.account_id, moment, scope, level.value])
    return objects.select(
        "object_key",
        "daily_budget",
        *(_text(name, account) for name in TEXT_COLUMNS),
        pl.col("labels").fill_null([]).cast(pl.List(pl.String())),
        pl.col("budget").cast(pl.Int64()),
        pl.col("budget_kind").cast(pl.String()),
        pl.lit(account.offset, dtype=pl.Int64()).alias("currency_offset"),
        _hours("created_time", moment).alias("hours_since_creation"),
        _hours("edited_time", moment).alias("hours_since_edit"),
    )


def _text(name: str, account: Account) -> pl.Expr:
    if name == "client":
        return pl.lit(account.client, dtype=pl.String()).alias(name)
    return pl.col(name).cast(pl.String())


def _hours(name: str, moment: datetime) -> pl.Expr:
    gone = pl.lit(moment) - pl.col(name).cast(pl.Datetime("us"))
    return gone.dt.total_microseconds() / _MICROSECONDS_PER_HOUR
