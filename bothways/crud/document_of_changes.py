"""The OpenAPI document of what changes rows: bodies, conditions, and what may go wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from bothways.crud import examples

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bothways.crud.shapes import Shape

JSON: TypeAlias = dict[str, Any]
WORDS: Final[dict[int, str]] = {
    404: "There is no such database or row",
    409: "The row collides with another, or others refer to it",
    412: "The row has changed since the client saw it",
    413: "The body is too large",
    415: "The body is not JSON",
    422: "The request does not fit the table, or its values break a rule of it",
    428: "The request has to say by If-Match which state of the row it is about",
    500: "A fault of the service; the id finds it in the log",
    503: "The database does not answer, is locked or behind this build; try again later",
}
_BODY: Final = (404, 409, 413, 415, 422, 500, 503)
_FAULTS: Final[dict[str, tuple[int, ...]]] = {
    "create": _BODY,
    "replace": (*_BODY, 412, 428),
    "update": (*_BODY, 412, 428),
    "delete": (404, 409, 412, 422, 428, 500, 503),
    "restore": (404, 409, 412, 422, 500, 503),
}
_SUMMARIES: Final = {
    "create": "Create one or many of {name}",
    "replace": "Replace one of {name}",
    "update": "Change one of {name}",
    "delete": "Delete one of {name}",
    "restore": "Restore one of {name}",
}
_METHODS: Final = {"replace": "put", "update": "patch", "delete": "delete"}
_BODIES: Final = {"create": "Create", "replace": "Replace", "update": "Update"}
ETAG: Final[JSON] = {
    "schema": {"type": "string"},
    "description": "The state of the row, for If-Match and If-None-Match",
}
IF_NONE_MATCH: Final[JSON] = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "ETags of the row that the client has: 304 where it is still one of them",
}


def schemas_of_changes(shape: Shape) -> dict[str, JSON]:
    """The schemas of the bodies that a table takes."""
    adapters = {"create": shape.creation, "replace": shape.replacement, "update": shape.change}
    return {
        f"{shape.title}{_BODIES[operation]}": adapter.json_schema()
        for operation, adapter in adapters.items()
        if operation in shape.operations
    }


def paths_of_changes(
    shape: Shape,
    table: str,
    row: str,
    parameters: Sequence[JSON],
    keys: Sequence[JSON],
    most: int,
    fault: Callable[[int], JSON],
) -> dict[str, JSON]:
    """What changes a table and its rows, by path and method; ``most`` rows may be in one body."""
    paths: dict[str, JSON] = {table: {}, row: {}}
    if "create" in shape.operations:
        paths[table]["post"] = _create(shape, parameters, most, fault)
    for operation, method in _METHODS.items():
        if operation in shape.operations:
            paths[row][method] = _change(shape, operation, [*parameters, *keys], fault)
    if "restore" in shape.operations:
        paths[f"{row}/restore"] = {"post": _change(shape, "restore", [*parameters, *keys], fault)}
    return paths


def _create(shape: Shape, parameters: Sequence[JSON], most: int, fault: Callable[[int], JSON]) -> JSON:
    one, body = _ref(shape.title), _ref(f"{shape.title}Create")
    made = _answer("The row, or all of them in the order of the body", _one_or_many(one, most), examples.row(shape))
    location = {"schema": {"type": "string"}, "description": "The address of a single row"}
    made["headers"] = {"Location": location, "ETag": ETAG}
    key = _header("Idempotency-Key", {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}, _KEY)
    operation = _operation(shape, "create", [*parameters, key], {"201": made}, fault)
    operation["requestBody"] = _body(_one_or_many(body, most), examples=_bodies(shape))
    return operation


def _change(shape: Shape, operation: str, parameters: list[JSON], fault: Callable[[int], JSON]) -> JSON:
    given = [*parameters, _header("If-Match", {"type": "string"}, _IF_MATCH, required=operation == "replace")]
    if operation == "delete":
        if shape.soft_delete is not None:
            purge = {"type": "boolean", "default": False}
            given.append({"name": "purge", "in": "query", "required": False, "schema": purge, "description": _PURGE})
        return _operation(shape, operation, given, {"204": {"description": "Deleted"}}, fault)
    answer = {**_answer("The row as it is now", _ref(shape.title), examples.row(shape)), "headers": {"ETag": ETAG}}
    found = _operation(shape, operation, given, {"200": answer}, fault)
    if operation in _BODIES:
        found["requestBody"] = _body(_ref(f"{shape.title}{_BODIES[operation]}"), example=_SHOWN[operation](shape))
    return found


def _operation(
    shape: Shape, name: str, parameters: list[JSON], answers: Mapping[str, JSON], fault: Callable[[int], JSON]
) -> JSON:
    return {
        "tags": [shape.name],
        "summary": _SUMMARIES[name].format(name=shape.name.replace("_", " ")),
        "operationId": f"{name}_{shape.name}",
        "parameters": parameters,
        "responses": {**answers, **{str(code): fault(code) for code in sorted(_FAULTS[name])}},
    }


_KEY: Final = "Sent again with the same key and body within 24 hours, the request is not done again but answered alike"
_IF_MATCH: Final = "The ETag of the row as the client knows it, or several; * is whatever state it is in"
_PURGE: Final = "Really delete the row, which cannot be restored then"


def _bodies(shape: Shape) -> JSON:
    first, second = (examples.to_create(shape, which) for which in (examples.FIRST, examples.SECOND))
    return {"one": {"summary": "One row", "value": first}, "many": {"summary": "Two rows", "value": [first, second]}}


_SHOWN: Final = {"replace": examples.to_replace, "update": examples.to_change}


def _one_or_many(row: JSON, most: int) -> JSON:
    return {"anyOf": [row, {"type": "array", "items": row, "minItems": 1, "maxItems": most}]}


def _body(schema: JSON, **shown: Any) -> JSON:
    return {"required": True, "content": {"application/json": {"schema": schema, **shown}}}


def _answer(description: str, schema: JSON, example: Any) -> JSON:
    return {"description": description, "content": {"application/json": {"schema": schema, "example": example}}}


def _header(name: str, schema: JSON, description: str, *, required: bool = False) -> JSON:
    return {"name": name, "in": "header", "required": required, "schema": schema, "description": description}


def _ref(name: str) -> JSON:
    return {"$ref": f"#/components/schemas/{name}"}
