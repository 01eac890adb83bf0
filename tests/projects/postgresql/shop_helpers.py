"""What several revisions of the shop use."""

from alembic import op


def run(statement):
    """Run a statement with the driver's own cursor."""
    with op.get_bind().connection.cursor() as cursor:
        cursor.execute(statement)
