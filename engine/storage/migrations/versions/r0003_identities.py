"""Identities and what they may work on; accounts can be removed.

No column here holds a token: those are in the keyring.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of identities, and let accounts note their removal."""
    op.create_table(
        "identities",
        sa.Column("identity_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("app_id", sa.Text(), nullable=False),
        sa.Column("scopes", sa.JSON()),
        sa.Column("declined", sa.JSON(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("data_access_expires_at", sa.DateTime(timezone=True)),
        sa.Column("checked_at", sa.DateTime(timezone=True)),
        sa.Column("takes_all", sa.Boolean(), nullable=False),
        sa.Column("reminded", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("identity_id"),
    )
    op.create_table(
        "identity_accounts",
        sa.Column("identity_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("reads", sa.Boolean(), nullable=False),
        sa.Column("writes", sa.Boolean(), nullable=False),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["identity_id"], ["identities.identity_id"]),
        sa.PrimaryKeyConstraint("identity_id", "account_id"),
    )
    op.add_column("accounts", sa.Column("removed_at", sa.DateTime(timezone=True)))
