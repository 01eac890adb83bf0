"""Every exception of the engine; each has a message, a hint (the next command to type) and a code.

::

    BothwaysError
     ├─ ConfigurationError
     │   ├─ UnknownDatabase         no section of that name in alembic.ini
     │   ├─ UnknownBranch           no branch of that name
     │   ├─ DatabaseNotConfigured   a section without a URL
     │   ├─ InvalidURL              a URL that cannot be read, or of the wrong engine
     │   ├─ DriverMissing           the driver that the URL names is not installed
     │   ├─ ModelsNotImportable     the canonical models cannot be imported
     │   ├─ InvalidModels           the canonical models say what no revision can be drafted from
     │   └─ ServerBinariesMissing   no PostgreSQL or MariaDB to start a private server with
     ├─ HistoryError
     │   ├─ UnknownRevision         no revision of that name in the branch
     │   ├─ AmbiguousRevision       several revisions begin like that
     │   ├─ InvalidRevisionFile     a revision file with a syntax error or without the needed names
     │   ├─ DuplicateRevision       two files with one id
     │   ├─ BrokenHistory           a parent that is missing, or a circle
     │   └─ MultipleHeads           several heads where one is needed
     ├─ DatabaseError
     │   ├─ Unreachable             nothing answers at that address, or not in time
     │   ├─ AuthenticationFailed    wrong user or password
     │   ├─ DatabaseMissing         the server is there, the database is not
     │   ├─ PrivilegeMissing        the role may not do that
     │   ├─ ReadOnlyDatabase        the file, disk or server takes no writes
     │   ├─ DiskFull                no space left
     │   ├─ DatabaseLocked          another session holds a lock for longer than we wait
     │   ├─ ConnectionLost          the server went away in the middle
     │   └─ UnknownDatabaseRevision the database is at a revision that this checkout does not have
     ├─ Refused
     │   ├─ IrreversibleRevision    the revision says that it cannot be undone
     │   └─ PossibleRename          something is gone and something new looks like it
     ├─ MigrationFailed             a revision raised while it ran
     ├─ DraftFailed                 a drafted revision does not run, so it was not written
     ├─ WorkerLost                  the process that proves revisions ended before it had begun
     └─ RequestError
         ├─ NotFound                no such row, table, user, key, run or address
         ├─ InvalidRequest          the request's body, query or headers do not fit
         ├─ Conflict                the state of things does not allow it (a row or a name is taken, a run has ended)
         ├─ ConstraintViolated      the values break a rule of the table (check, not null, range)
         ├─ DatabaseBehind          the database is not at the revision that this build needs
         ├─ Unauthenticated         nobody knows who asks
         ├─ Forbidden               who asks may not do that
         ├─ PreconditionFailed      the row is no longer what the request thinks that it is
         ├─ PreconditionRequired    the request has to say which state of the row it is about
         ├─ TooManyRequests         more than is allowed in so short a time
         ├─ RunUnderWay             another run has the database
         └─ TookTooLong             no answer within the limit of time
"""

from bothways.errors.engine import (
    AmbiguousRevision,
    AuthenticationFailed,
    BothwaysError,
    BrokenHistory,
    ConfigurationError,
    ConnectionLost,
    DatabaseError,
    DatabaseLocked,
    DatabaseMissing,
    DatabaseNotConfigured,
    DiskFull,
    DraftFailed,
    DriverMissing,
    DuplicateRevision,
    HistoryError,
    InvalidModels,
    InvalidRevisionFile,
    InvalidURL,
    IrreversibleRevision,
    MigrationFailed,
    ModelsNotImportable,
    MultipleHeads,
    PossibleRename,
    PrivilegeMissing,
    ReadOnlyDatabase,
    Refused,
    ServerBinariesMissing,
    UnknownBranch,
    UnknownDatabase,
    UnknownDatabaseRevision,
    UnknownRevision,
    Unreachable,
    WorkerLost,
)
from bothways.errors.requests import (
    Conflict,
    ConstraintViolated,
    DatabaseBehind,
    Forbidden,
    InvalidRequest,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    RequestError,
    RunUnderWay,
    TookTooLong,
    TooManyRequests,
    Unauthenticated,
)

__all__ = [
    "AmbiguousRevision",
    "AuthenticationFailed",
    "BothwaysError",
    "BrokenHistory",
    "ConfigurationError",
    "Conflict",
    "ConnectionLost",
    "ConstraintViolated",
    "DatabaseBehind",
    "DatabaseError",
    "DatabaseLocked",
    "DatabaseMissing",
    "DatabaseNotConfigured",
    "DiskFull",
    "DraftFailed",
    "DriverMissing",
    "DuplicateRevision",
    "Forbidden",
    "HistoryError",
    "InvalidModels",
    "InvalidRequest",
    "InvalidRevisionFile",
    "InvalidURL",
    "IrreversibleRevision",
    "MigrationFailed",
    "ModelsNotImportable",
    "MultipleHeads",
    "NotFound",
    "PossibleRename",
    "PreconditionFailed",
    "PreconditionRequired",
    "PrivilegeMissing",
    "ReadOnlyDatabase",
    "Refused",
    "RequestError",
    "RunUnderWay",
    "ServerBinariesMissing",
    "TooManyRequests",
    "TookTooLong",
    "Unauthenticated",
    "UnknownBranch",
    "UnknownDatabase",
    "UnknownDatabaseRevision",
    "UnknownRevision",
    "Unreachable",
    "WorkerLost",
]
