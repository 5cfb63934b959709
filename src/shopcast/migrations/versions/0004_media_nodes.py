"""Media nodes: the lease of a broadcast."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "media_lease",
        sa.Column("broadcast_id", sa.String(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("node", sa.String(), nullable=True),
        sa.Column("boot", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("next_sequence", sa.BigInteger(), nullable=False),
        sa.Column("first_listed", sa.BigInteger(), nullable=False),
        sa.Column("discontinuity", sa.Integer(), nullable=False),
        sa.Column("target_duration_s", sa.Integer(), nullable=False),
        sa.Column("started_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("publishing", sa.Integer(), nullable=False),
        sa.Column("on_air", sa.Integer(), nullable=False),
        sa.Column("media_at", sa.BigInteger(), nullable=True),
        sa.Column("renewed_at", sa.BigInteger(), nullable=False),
        sa.Column("lost_at", sa.BigInteger(), nullable=True),
        sa.Column("takeover_until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["broadcast_id"], ["media_broadcast.id"], name=op.f("fk_media_lease_broadcast_id")),
        sa.PrimaryKeyConstraint("broadcast_id", name=op.f("pk_media_lease")),
    )
    op.create_index("media_lease_by_node", "media_lease", ["node"], unique=False)


def downgrade() -> None:
    op.drop_index("media_lease_by_node", "media_lease")
    op.drop_table("media_lease")
