"""The OpenAPI document of the tables: a schema for each table and operation, made from the shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pydantic import TypeAdapter

from bothways.crud import examples, parameters
from bothways.crud.document_of_changes import ETAG, IF_NONE_MATCH, WORDS, paths_of_changes, schemas_of_changes
from bothways.crud.expansion import MOST, relations_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bothways.crud.expansion import Relation
    from bothways.crud.listing import PageSizes
    from bothways.crud.shapes import Shape

JSON: TypeAlias = dict[str, Any]
# What may go wrong in each operation; 404 is an unknown database, table or row.
_FAULTS: Final[dict[str, tuple[int, ...]]] = {"list": (404, 422, 500, 503), "get": (404, 422, 500, 503)}
_SUMMARIES: Final = {"list": "List {name}", "get": "Get one of {name}"}


def describe(
    document: JSON,
    prefix: str,
    shapes: Iterable[Shape],
    databases: Sequence[str],
    sizes: PageSizes,
    problem: str,
    bulk_max: int = 1_000,
) -> None:
    """Add the tables' paths and schemas to an OpenAPI document.

    ``problem`` is the name of its schema for errors; ``bulk_max`` rows may be in one body.
    """
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    paths = document.setdefault("paths", {})
    tags = document.setdefault("tags", [])
    every = {shape.name: shape for shape in shapes}
    relations = relations_of(every)
    for shape in every.values():
        related = relations[shape.name]
        schemas.update(_schemas(shape, related))
        tags.append({"name": shape.name, "description": shape.table.comment or f"Rows of {shape.name}"})
        made = _Paths(shape, related, prefix, databases, sizes, problem)
        paths.update(made.all())
        changes = paths_of_changes(shape, made.table, made.row, [made.database], made.keys(), bulk_max, made.fault)
        for path, operations in changes.items():
            paths.setdefault(path, {}).update(operations)


def _schemas(shape: Shape, relations: Mapping[str, Relation]) -> dict[str, JSON]:
    return {
        shape.title: TypeAdapter(shape.row).json_schema(mode="serialization"),
        f"{shape.title}Read": _read(shape, relations),
        f"{shape.title}Page": _page(shape),
        **schemas_of_changes(shape),
    }


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
        shown = _answer("The row", _ref(f"{self.shape.title}Read"), examples.row(self.shape))
        one = {**shown, "headers": {"ETag": ETAG}}
        row: JSON = {"get": self._operation("get", one)}
        row["get"]["responses"]["304"] = {"description": "The client has the row as it is", "headers": {"ETag": ETAG}}
        row["get"]["parameters"].append(IF_NONE_MATCH)
        return {self.table: table, self.row: row}

    def _operation(self, name: str, answer: JSON) -> JSON:
        shape = self.shape
        if name == "list":
            given = [self.database, *parameters.of_list(shape, self.relations, self.sizes)]
        else:
            given = [self.database, *self.keys(), *parameters.of_row(shape, self.relations)]
        faults = {str(code): self.fault(code) for code in _FAULTS[name]}
        operation: JSON = {
            "tags": [shape.name],
            "summary": _SUMMARIES[name].format(name=shape.name.replace("_", " ")),
            "operationId": f"{name}_{shape.name}",
            "parameters": given,
            "responses": {"200": answer, **faults},
        }
        return operation

    def _page(self) -> JSON:
        shape, words = self.shape, "A page of rows, or all of them as a stream"
        answer = _answer(words, _ref(f"{shape.title}Page"), examples.page(shape))
        line = {"type": "string", "description": "A row of JSON on each line"}
        table = {"type": "string", "description": "RFC 4180 with a header; a null is nothing, an empty text is quoted"}
        answer["content"] |= {
            "application/x-ndjson": {"schema": line, "example": examples.lines(shape)},
            "text/csv": {"schema": table, "example": examples.table(shape)},
        }
        return answer

    def fault(self, status: int) -> JSON:
        """How the document says that an error is answered."""
        return {"description": WORDS[status], "content": {"application/problem+json": {"schema": _ref(self.problem)}}}

    def keys(self) -> list[JSON]:
        """The parameters of a row's address."""
        return [
            _parameter(key.name, "path", self.shape.by_text[key.name].json_schema(), key.column.comment)
            for key in self.shape.keys
        ]


def _answer(description: str, schema: JSON, example: Any) -> JSON:
    return {"description": description, "content": {"application/json": {"schema": schema, "example": example}}}


def _parameter(name: str, where: str, schema: Mapping[str, Any], description: str | None) -> JSON:
    found = {"name": name, "in": where, "required": where == "path", "schema": dict(schema)}
    return {**found, "description": description} if description else found


def _ref(name: str) -> JSON:
    return {"$ref": f"#/components/schemas/{name}"}
