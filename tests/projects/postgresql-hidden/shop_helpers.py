"""What several revisions of the shop use."""

from alembic import op


def run(statement):
    """Run a statement with the driver's own cursor."""
    cursor = op.get_bind().connection.cursor()
    cursor.execute(statement)
    cursor.close()
