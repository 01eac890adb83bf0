"""Every operation of the OpenAPI document, with requests that fit its schema and others that do not, by every caller.

schemathesis makes the requests and judges the answers. Each request is sent by every caller in turn, so that what one
role may do and another may not is seen side by side.
"""

from __future__ import annotations

import copy
import itertools
import json
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis.errors import Unsatisfiable
from requests import Request
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks
from schemathesis.transport.requests import REQUESTS_TRANSPORT

from bench.attacking.known import Known
from bench.attacking.target import ANONYMOUS, CALLERS, OPEN
from bench.attacking.useful import useful
from bothways.crud.listing import PageSizes
from bothways.crud.shapes import shapes_of
from bothways.web import login
from schema import metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from schemathesis import Case
    from schemathesis.schemas import APIOperation, BaseSchema

    from bench.attacking.direct import Answer
    from bench.attacking.target import Target

BASE = "http://testserver"
CHECKS = (
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.positive_data_acceptance,
    checks.missing_required_header,
    checks.unsupported_method,
    checks.allow_header_conformance,
)
STEERED = {
    "POST /api/v1/runs": "some name the real database, but what would take its tables away names no revision: a run of "
    "base would leave nothing to attack; real ones are in tests/runs and tests/api/test_runs.py",
}
"""Requests that are not as they were made, and why."""
LEFT_OUT = {
    "not_a_server_error": "ours is stricter: 5xx is a fault here, but for 503 where the operation documents it",
    "ignored_auth": "every request is sent by nobody too, and must be refused",
    "use_after_free": "callers take turns with one request: a row that one has deleted is gone for the next",
    "ensure_resource_availability": "for the same reason",
    "max_response_time": "the machine is shared: a limit would say how busy it is",
}
"""Checks of schemathesis that are not made, and why."""
# A schema cannot say that a name is taken, a row points nowhere, or the sum of two fields is too large.
_FITS = ["2xx", "304", "401", "403", "404", "409", "412", "422", "428", "503"]
_REFUSED = ["400", "401", "403", "404", "405", "406", "409", "412", "413", "415", "422", "428", "429", "503"]
_CONFIG = {
    "checks": {
        "positive_data_acceptance": {"expected-statuses": _FITS},
        "negative_data_rejection": {"expected-statuses": _REFUSED},
        "missing_required_header": {"expected-statuses": _REFUSED},
    },
    "generation": {"codec": "utf-8"},
}
_SETTINGS = hypothesis.settings(
    phases=[Phase.generate], deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
_SOME = 0.3
_ADDED = {"content-length", "accept-encoding", "user-agent", "connection"}
"""Headers that requests adds by itself."""


@dataclass(frozen=True, slots=True)
class Violation:
    """An answer that the document does not allow."""

    engine: str
    caller: str
    operation: str
    words: str
    request: str
    answer: str

    def __str__(self) -> str:
        return f"{self.engine}, {self.caller}: {self.operation}: {self.words}\n  {self.request}\n  {self.answer}"


@dataclass
class Tally:
    """What was sent, what came back, and what should not have."""

    statuses: Counter[int] = field(default_factory=Counter)
    operations: Counter[tuple[str, int]] = field(default_factory=Counter)
    callers: Counter[tuple[str, int]] = field(default_factory=Counter)
    violations: list[Violation] = field(default_factory=list)
    never_wrong: set[str] = field(default_factory=set)
    """Operations of which no request was found that does not fit: any text is an id there."""
    unready: Counter[str] = field(default_factory=Counter)
    """What was answered with 503: operations and codes."""

    @property
    def requests(self) -> int:
        """How many were sent."""
        return sum(self.statuses.values())

    def kinds(self) -> dict[tuple[str, str], list[Violation]]:
        """Violations of one kind in one operation together."""
        found: dict[tuple[str, str], list[Violation]] = {}
        for violation in self.violations:
            found.setdefault((violation.operation, violation.words.partition("\n")[0]), []).append(violation)
        return found


class Attack:
    """Requests for one target, by all or some callers."""

    def __init__(self, target: Target, seed: int, callers: Iterable[str] = CALLERS, tally: Tally | None = None) -> None:
        self.target, self.seed, self.callers = target, seed, tuple(callers)
        self.tally = tally or Tally()
        document = document_of(target)
        self.schema = _read(document)
        shapes = shapes_of(metadata)
        narrow = _read(useful(copy.deepcopy(document), shapes, PageSizes().most))
        self._fitting = {found.ok().label: found.ok() for found in narrow.get_all_operations()}
        self._known = Known(shapes, seed)
        self._chance = random.Random(seed)

    def operations(self) -> list[APIOperation]:
        """Every operation: parents' tables first, so that their rows are there, and what ends things last."""
        order = [table.name for table in metadata.sorted_tables]

        def place(operation: APIOperation) -> tuple[int, int]:
            table = operation.path.removeprefix("/api/v1/{database}/").partition("/")[0]
            return operation.method.lower() == "delete", order.index(table) if table in order else -1

        return sorted((found.ok() for found in self.schema.get_all_operations()), key=place)

    def fuzz(self, operation: APIOperation, examples: int) -> None:
        """Send that many requests that fit, and as many that do not where something can be wrong."""
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            if mode is GenerationMode.NEGATIVE and not (list(operation.iter_parameters()) or operation.body):
                continue

            @hypothesis.seed(self.seed)
            @hypothesis.settings(_SETTINGS, max_examples=examples)
            @given(case=self._of(operation, mode).as_strategy(mode))
            def sent(case: Case) -> None:
                self.send(case)

            try:
                sent()
            except Unsatisfiable:
                self.tally.never_wrong.add(operation.label)

    def cover(self, operation: APIOperation, most: int | None = None) -> None:
        """Send boundary values, missing parts and wrong methods, one by one; a sample of that many at most."""
        fit, wrong = (self._boundaries(operation, mode) for mode in GenerationMode)
        chosen: Iterable[Case] = itertools.chain(fit, wrong)
        if most is not None:
            found = [*itertools.islice(fit, most * 4), *itertools.islice(wrong, most * 4)]
            chosen = random.Random(self.seed).sample(found, min(most, len(found)))
        for case in chosen:
            self.send(case)

    def _of(self, operation: APIOperation, mode: GenerationMode) -> APIOperation:
        """The operation as requests are made from it: what fits is made useful, what does not is by the document."""
        return self._fitting[operation.label] if mode is GenerationMode.POSITIVE else operation

    def _boundaries(self, operation: APIOperation, mode: GenerationMode) -> Iterator[Case]:
        made = self._of(operation, mode)
        config = made.schema.config.generation_for(operation=made)
        # Asked for both: of what is wrong alone, all parts would be wrong at once.
        cases = made.schema.iter_coverage_cases(made, generation_modes=list(GenerationMode), generation_config=config)
        return (case for case in cases if case.meta is not None and case.meta.generation.mode is mode)

    def send(self, case: Case) -> None:
        """Send a request by every caller and judge the answers."""
        self._place(case)
        kwargs = REQUESTS_TRANSPORT.serialize_case(case, base_url=BASE)
        prepared = Request(**{k: v for k, v in kwargs.items() if k != "allow_redirects"}).prepare()
        headers = {str(k): _text(v) for k, v in prepared.headers.items() if k.lower() not in _ADDED}
        body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body or b""
        for caller in self.callers:
            answer = self.target.ask(caller, str(prepared.method), prepared.path_url, headers, body)
            self._count(caller, case, answer)
            words = self._judge(caller, case, answer, prepared)
            for said in words:
                request = f"{prepared.method} {prepared.path_url} {body[:600]!r} {_telling(headers)}"
                shown = f"{answer.status} {answer.content[:600]!r}"
                label = f"{case.method} {case.path}"
                self.tally.violations.append(Violation(self.target.engine, caller, label, said, request, shown))

    def _place(self, case: Case) -> None:
        """Name things that are there."""
        key = self._known.key(case.path)
        if key is not None and not _is_wrong(case) and all(name in case.path_parameters for name in key):
            case.path_parameters.update(key)
        if key is not None and "If-Match" in case.headers and self._chance.random() < 1 - _SOME:
            case.headers["If-Match"] = "*"
        if case.path == "/api/v1/runs" and isinstance(case.body, dict) and self._chance.random() < _SOME:
            harmless = case.body.get("kind") == "upgrade"
            case.body = {**case.body, "database": self.target.engine, "target": None if harmless else "nowhere"}
        if found := self._known.references(case.path, case.body):
            case.body = {**case.body, **found}

    def _count(self, caller: str, case: Case, answer: Answer) -> None:
        self._known.learn(case.path, answer)
        self.tally.statuses[answer.status] += 1
        self.tally.operations[f"{case.method} {case.path}", answer.status] += 1
        self.tally.callers[caller, answer.status] += 1
        if answer.status == 503:
            self.tally.unready[f"{case.method} {case.path} {(answer.json or {}).get('code')}"] += 1

    def _judge(self, caller: str, case: Case, answer: Answer, prepared: Any) -> list[str]:
        found = list(_own_faults(caller, case, answer))
        headers: dict[str, list[str]] = {}
        for name, value in answer.headers:
            headers.setdefault(name, []).append(value)
        response = Response(answer.status, headers, answer.content, prepared, 0.0, verify=False)
        # Nobody is told whether a method is offered.
        left_out = [checks.unsupported_method] if caller == ANONYMOUS and answer.status == 401 else []
        try:
            case.validate_response(response, checks=list(CHECKS), excluded_checks=left_out)
        except FailureGroup as group:
            found += [f"{type(f).__name__}: {f.title}: {f.message}" for f in group.exceptions]  # type: ignore[attr-defined]
        return found


def document_of(target: Target) -> dict[str, Any]:
    """The document of the target's application, without credentials: they are the caller's, and none are invented."""
    document: dict[str, Any] = json.loads(json.dumps(target.secured.app.openapi()))
    document.pop("security", None)
    document["components"].pop("securitySchemes", None)
    for operations in document["paths"].values():
        for operation in operations.values():
            operation.pop("security", None)
    return document


def _read(document: dict[str, Any]) -> BaseSchema:
    return schemathesis.openapi.from_dict(document, config=schemathesis.Config.from_dict(_CONFIG))


def _own_faults(caller: str, case: Case, answer: Answer) -> Iterator[str]:
    """What schemathesis cannot know."""
    documented = case.operation.responses.status_codes
    if answer.status >= 500 and not (answer.status == 503 and "503" in documented):
        yield f"ServerError: {answer.status}"
    kind = answer.header("content-type")
    if answer.status >= 400 and case.method != "HEAD" and kind != "application/problem+json":
        yield f"NoProblem: {answer.status} is {kind}"
    needs = "401" in documented and case.path not in login.OPEN
    if caller == ANONYMOUS and needs and answer.status != 401:
        yield f"Open: nobody was answered with {answer.status}"
    if caller == OPEN and needs and answer.status == 401:
        yield "Closed: a service without a secret asks for credentials"
    if answer.status == 401 and not answer.header("www-authenticate"):
        yield "NoChallenge: 401 without WWW-Authenticate"
    if answer.status == 405 and not answer.header("allow"):
        yield "NoAllow: 405 without Allow"
    if answer.status in {429, 503} and not answer.header("retry-after"):
        yield f"NoRetryAfter: {answer.status}"


def _is_wrong(case: Case) -> bool:
    """Whether its address is what does not fit."""
    found = case.meta.components.get(ParameterLocation.PATH) if case.meta is not None else None
    return found is not None and found.mode.is_negative


def _telling(headers: dict[str, str]) -> dict[str, str]:
    return {k: v for k, v in headers.items() if k.lower() != "x-schemathesis-testcaseid"}


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
