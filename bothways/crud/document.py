"""The OpenAPI document of the tables: a schema for each table and operation, made from the shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pydantic import TypeAdapter

from bothways.crud import parameters
from bothways.crud.expansion import MOST, relations_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bothways.crud.expansion import Relation
    from bothways.crud.listing import PageSizes
    from bothways.crud.shapes import Shape

JSON: TypeAlias = dict[str, Any]
# What may go wrong in each operation; 404 is an unknown database, table or row.
_FAULTS: Final[dict[str, tuple[int, ...]]] = {
    "list": (404, 422, 500, 503),
    "get": (404, 422, 500, 503),
    "create": (404, 409, 413, 415, 422, 500, 503),
    "update": (404, 409, 413, 415, 422, 500, 503),
    "delete": (404, 409, 422, 500, 503),
}
_WORDS: Final[dict[int, str]] = {
    404: "There is no such database or row",
    409: "The row collides with another: a unique constraint or a foreign key",
    413: "The body is too large",
    415: "The body is not JSON",
    422: "The request does not fit the table, or its values break a rule of it",
    500: "A fault of the service; the id finds it in the log",
    503: "The database does not answer or is behind this build; try again later",
}
_SUMMARIES: Final = {
    "list": "List {name}",
    "get": "Get one of {name}",
    "create": "Create one of {name}",
    "update": "Change one of {name}",
    "delete": "Delete one of {name}",
}


def describe(
    document: JSON, prefix: str, shapes: Iterable[Shape], databases: Sequence[str], sizes: PageSizes, problem: str
) -> None:
    """Add the tables' paths and schemas to an OpenAPI document; ``problem`` is the name of its schema for errors."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    paths = document.setdefault("paths", {})
    tags = document.setdefault("tags", [])
    every = {shape.name: shape for shape in shapes}
    relations = relations_of(every)
    for shape in every.values():
        related = relations[shape.name]
        schemas.update(_schemas(shape, related))
        tags.append({"name": shape.name, "description": shape.table.comment or f"Rows of {shape.name}"})
        paths.update(_Paths(shape, related, prefix, databases, sizes, problem).all())


def _schemas(shape: Shape, relations: Mapping[str, Relation]) -> dict[str, JSON]:
    found = {
        shape.title: TypeAdapter(shape.row).json_schema(mode="serialization"),
        f"{shape.title}Read": _read(shape, relations),
        f"{shape.title}Page": _page(shape),
    }
    if "create" in shape.operations:
        found[f"{shape.title}Create"] = shape.creation.json_schema()
    if "update" in shape.operations:
        found[f"{shape.title}Update"] = shape.change.json_schema()
    return found


def _page(shape: Shape) -> JSON:
    cursor = {"type": ["string", "null"], "description": "Send it as cursor to get that page; null where there is none"}
    total = {"type": "integer", "minimum": 0, "description": "Rows in all, where count=exact asked for it"}
    items = {"type": "array", "items": _ref(f"{shape.title}Read"), "description": "In the order that was asked for"}
    return {
        "title": f"{shape.title}Page",
        "type": "object",
        "properties": {"items": items, "next": cursor, "previous": cursor, "total": total},
        "required": ["items", "next", "previous"],
        "additionalProperties": False,
    }


def _read(shape: Shape, relations: Mapping[str, Relation]) -> JSON:
    """A row of which perhaps not all fields were asked for, with related rows inside."""
    whole = TypeAdapter(shape.row).json_schema(mode="serialization")
    return {
        **whole,
        "title": f"{shape.title}Read",
        "properties": {**whole["properties"], **{name: _related(relation) for name, relation in relations.items()}},
        "required": [],
        "additionalProperties": False,
    }


def _related(relation: Relation) -> JSON:
    row = _ref(relation.target.title)
    if not relation.many:
        return {"anyOf": [row, {"type": "null"}], "description": "Where expand asked for it"}
    more = {"type": "boolean", "description": "Whether there are others"}
    return {
        "type": "object",
        "properties": {"items": {"type": "array", "items": row, "maxItems": MOST}, "more": more},
        "required": ["items", "more"],
        "description": "Where expand asked for it",
    }


class _Paths:
    """The paths of one table."""

    def __init__(
        self,
        shape: Shape,
        relations: Mapping[str, Relation],
        prefix: str,
        databases: Sequence[str],
        sizes: PageSizes,
        problem: str,
    ) -> None:
        self.shape, self.relations, self.sizes, self.problem = shape, relations, sizes, problem
        self.table = f"{prefix}/{{database}}/{shape.name}"
        self.row = self.table + "".join(f"/{{{key.name}}}" for key in shape.keys)
        self.database = _parameter("database", "path", {"type": "string", "enum": list(databases)}, "The database")

    def all(self) -> dict[str, JSON]:
        """The table's path and that of its rows."""
        table: JSON = {"get": self._operation("list", self._page())}
        row: JSON = {"get": self._operation("get", _answer("The row", _ref(f"{self.shape.title}Read")))}
        if "create" in self.shape.operations:
            created = {**self._one(), "headers": {"Location": {"schema": {"type": "string"}}}}
            table["post"] = self._operation("create", created, status=201, body="Create")
        if "update" in self.shape.operations:
            row["patch"] = self._operation("update", self._one(), body="Update")
        if "delete" in self.shape.operations:
            row["delete"] = self._operation("delete", {"description": "Deleted"}, status=204)
        return {self.table: table, self.row: row}

    def _operation(self, name: str, answer: JSON, *, status: int = 200, body: str | None = None) -> JSON:
        shape = self.shape
        on_row = name in {"get", "update", "delete"}
        given = [self.database, *(self._keys() if on_row else ())]
        if name == "list":
            given += parameters.of_list(shape, self.relations, self.sizes)
        elif name == "get":
            given += parameters.of_row(shape, self.relations)
        faults = {str(code): self._fault(code) for code in _FAULTS[name]}
        operation: JSON = {
            "tags": [shape.name],
            "summary": _SUMMARIES[name].format(name=shape.name.replace("_", " ")),
            "operationId": f"{name}_{shape.name}",
            "parameters": given,
            "responses": {str(status): answer, **faults},
        }
        if body is not None:
            content = {"application/json": {"schema": _ref(f"{shape.title}{body}")}}
            operation["requestBody"] = {"required": True, "content": content}
        return operation

    def _one(self) -> JSON:
        return _answer("The row", _ref(self.shape.title))

    def _page(self) -> JSON:
        answer = _answer("A page of rows, or all of them as a stream", _ref(f"{self.shape.title}Page"))
        line = {"type": "string", "description": "A row of JSON on each line"}
        table = {"type": "string", "description": "RFC 4180 with a header; a null is nothing, an empty text is quoted"}
        answer["content"] |= {"application/x-ndjson": {"schema": line}, "text/csv": {"schema": table}}
        return answer

    def _fault(self, status: int) -> JSON:
        return {"description": _WORDS[status], "content": {"application/problem+json": {"schema": _ref(self.problem)}}}

    def _keys(self) -> list[JSON]:
        return [
            _parameter(key.name, "path", self.shape.by_text[key.name].json_schema(), key.column.comment)
            for key in self.shape.keys
        ]


def _answer(description: str, schema: JSON) -> JSON:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _parameter(name: str, where: str, schema: Mapping[str, Any], description: str | None) -> JSON:
    found = {"name": name, "in": where, "required": where == "path", "schema": dict(schema)}
    return {**found, "description": description} if description else found


def _ref(name: str) -> JSON:
    return {"$ref": f"#/components/schemas/{name}"}
