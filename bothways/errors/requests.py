"""What is wrong with a request to the service, or with what it is about."""

from __future__ import annotations

from bothways.errors.engine import BothwaysError


class RequestError(BothwaysError):
    """A request to the service that cannot be met as it is."""

    code = "request"


class NotFound(RequestError):
    """There is no such thing: row, table, user, key, run or address."""

    code = "not-found"


class InvalidRequest(RequestError):
    """The request does not fit; ``details["errors"]`` lists where."""

    code = "invalid-request"


class Conflict(RequestError):
    """The state of things does not allow it: a row or a name is taken, other rows refer to it, a run has ended."""

    code = "conflict"


class ConstraintViolated(RequestError):
    """The values break a rule of the table: a foreign key, a check, NOT NULL, a range or a length."""

    code = "constraint-violated"


class DatabaseBehind(RequestError):
    """The database is not at the revision that this build needs."""

    code = "database-behind"


class Unauthenticated(RequestError):
    """Nobody knows who asks: no credentials, or some that are wrong, expired or revoked."""

    code = "unauthenticated"


class Forbidden(RequestError):
    """Who asks may not do that."""

    code = "forbidden"


class PreconditionFailed(RequestError):
    """The row is no longer what the request thinks that it is."""

    code = "precondition-failed"


class PreconditionRequired(RequestError):
    """The request has to say which state of the row it is about."""

    code = "precondition-required"


class TooManyRequests(RequestError):
    """More than is allowed in so short a time; ``details["retry_after"]`` is in seconds."""

    code = "too-many-requests"


class RunUnderWay(RequestError):
    """Another run has the database; ``details["run"]`` is its id."""

    code = "run-under-way"


class TookTooLong(RequestError):
    """The request took longer than a request may."""

    code = "took-too-long"
