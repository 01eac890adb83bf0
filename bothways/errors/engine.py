"""What goes wrong in the engine: configuration, histories, databases, revisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping


class BothwaysError(Exception):
    """The root: everything that the engine raises on purpose.

    ``message`` says what is wrong and where, ``hint`` what to type next, ``details`` holds the same as data
    for machines. None of them may hold a password.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, hint: str | None = None, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details: dict[str, Any] = dict(details or {})

    def to_dict(self) -> dict[str, Any]:
        """The error as JSON-ready data."""
        return {"code": self.code, "message": self.message, "hint": self.hint, "details": self.details}


class ConfigurationError(BothwaysError):
    """Something in alembic.ini, the environment or .env is missing or wrong."""

    code = "configuration"


class UnknownDatabase(ConfigurationError):
    """No database of that name: alembic.ini has no such section."""

    code = "unknown-database"


class UnknownBranch(ConfigurationError):
    """No branch of that name."""

    code = "unknown-branch"


class DatabaseNotConfigured(ConfigurationError):
    """A section without a URL."""

    code = "database-not-configured"


class InvalidURL(ConfigurationError):
    """A URL that cannot be read, or one of another engine than its branch."""

    code = "invalid-url"


class DriverMissing(ConfigurationError):
    """The driver that the URL names is not installed."""

    code = "driver-missing"


class ModelsNotImportable(ConfigurationError):
    """The canonical models cannot be imported."""

    code = "models-not-importable"


class InvalidModels(ConfigurationError):
    """The canonical models say what no revision can be drafted from; ``details["mistakes"]`` lists it all."""

    code = "invalid-models"


class ServerBinariesMissing(ConfigurationError):
    """No binaries to start a private server with."""

    code = "server-binaries-missing"


class HistoryError(BothwaysError):
    """The revision files do not form the history that was asked for."""

    code = "history"


class UnknownRevision(HistoryError):
    """No revision of that name in the branch."""

    code = "unknown-revision"


class AmbiguousRevision(HistoryError):
    """Several revisions begin like that."""

    code = "ambiguous-revision"


class InvalidRevisionFile(HistoryError):
    """A revision file with a syntax error, or without the names that Alembic needs."""

    code = "invalid-revision-file"


class DuplicateRevision(HistoryError):
    """Two files with one id."""

    code = "duplicate-revision"


class BrokenHistory(HistoryError):
    """A parent that is missing, or revisions that revise each other in a circle."""

    code = "broken-history"


class MultipleHeads(HistoryError):
    """Several heads where one is needed."""

    code = "multiple-heads"


class DatabaseError(BothwaysError):
    """A database did not do what it was asked."""

    code = "database"


class Unreachable(DatabaseError):
    """Nothing answers at that address, or not in time."""

    code = "unreachable"


class AuthenticationFailed(DatabaseError):
    """Wrong user or password."""

    code = "authentication-failed"


class DatabaseMissing(DatabaseError):
    """The server is there, the database is not."""

    code = "database-missing"


class PrivilegeMissing(DatabaseError):
    """The role may not do that."""

    code = "privilege-missing"


class ReadOnlyDatabase(DatabaseError):
    """The file, the disk or the server takes no writes."""

    code = "read-only"


class DiskFull(DatabaseError):
    """No space left where the database lives."""

    code = "disk-full"


class DatabaseLocked(DatabaseError):
    """Another session holds a lock for longer than we wait."""

    code = "locked"


class ConnectionLost(DatabaseError):
    """The server went away in the middle."""

    code = "connection-lost"


class UnknownDatabaseRevision(DatabaseError):
    """The database is at a revision that this checkout does not have."""

    code = "unknown-database-revision"


class Refused(BothwaysError):
    """Possible, but against a rule."""

    code = "refused"


class IrreversibleRevision(Refused):
    """The revision says that it cannot be undone."""

    code = "irreversible-revision"


class PossibleRename(Refused):
    """Something is gone and something new looks like it: only its author knows whether that is a rename."""

    code = "possible-rename"


class MigrationFailed(BothwaysError):
    """A revision raised while it ran; ``details`` names the revision, its file and line, and the SQL."""

    code = "migration-failed"


class DraftFailed(BothwaysError):
    """What was drafted does not run on a scratch database, so nothing was written."""

    code = "draft-failed"


class WorkerLost(BothwaysError):
    """The process that proves revisions ended before it had begun, or by a fault of our own."""

    code = "worker-lost"
