from bothways.dialects.reading import take
from bothways.snapshot import difference


def suspicious(source):
    return False


class Tracker:
    def __init__(self, connection, *, version_table="alembic_version", rows=True):
        self.c = connection
        self.v = version_table

    def snapshot(self):
        return take(self.c, version_table=self.v, rows=True)

    def difference(self, a, b):
        return difference(a, b)

    def touched_since(self, a):
        return None

    def check(self):
        return ()

    def forget(self):
        pass
