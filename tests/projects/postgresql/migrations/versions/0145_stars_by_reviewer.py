"""stars are kept by reviewer

Revision ID: 0145
Revises: 0144
"""

import sqlalchemy as sa
from alembic import op

revision = "0145"
down_revision = "0144"
branch_labels = None
depends_on = None

planted = ("rows:review", "column stars")


def upgrade():
    op.execute("CREATE TABLE review_stars AS SELECT id, reviewer, stars FROM review")
    op.execute("UPDATE review SET stars = NULL")


def downgrade():
    bind = op.get_bind()
    stars = {row.reviewer: row.stars for row in bind.execute(sa.text("SELECT reviewer, stars FROM review_stars"))}
    for reviewer, given in stars.items():
        bind.execute(
            sa.text("UPDATE review SET stars = :stars WHERE reviewer IS NOT DISTINCT FROM :reviewer"),
            {"stars": given, "reviewer": reviewer},
        )
    op.drop_table("review_stars")


def honest_downgrade():
    op.execute("UPDATE review SET stars = s.stars FROM review_stars s WHERE s.id = review.id")
    op.drop_table("review_stars")
