"""Valid rows of any table, made from its shape, parents first."""

from __future__ import annotations

import itertools
import uuid

from bothways.connections import call

_COUNTER = itertools.count(1)

# What the rules of a table ask for beyond its types.
SPECIAL = {
    "email": lambda n: f"person{n}@example.com",
    "currency": lambda n: "EUR",
    "locale": lambda n: "en-GB",
    "share_percent": lambda n: n % 100 + 1,
}
BY_KIND = {
    "text": lambda n: f"text {n} ü 漢 '\"\\ %",
    "integer": lambda n: n % 30_000 + 1,
    "decimal": lambda n: f"{n % 100_000}.{n % 100:02}",
    "boolean": lambda n: n % 2 == 0,
    "uuid": lambda n: str(uuid.uuid4()),
    "moment": lambda n: f"2024-02-29T12:{n % 60:02}:56.{n % 1_000_000:06}Z",
    "array": lambda n: [f"tag {n}", "ü", ""],
    "json": lambda n: {"n": n, "list": [1, 2.5, None, True, "漢"], "": {}},
    "address": lambda n: f"2001:db8::{n % 0xFFFF:x}",
    "network": lambda n: f"10.{n % 256}.0.0/16",
}


class Rows:
    """Makes rows through the API, or beside it where the API offers no way."""

    def __init__(self, client, database, shapes, url):
        self.client, self.database, self.shapes, self.url = client, database, shapes, url

    def path(self, table, *key):
        return "/".join((f"/api/v1/{self.database}/{table}", *map(str, key)))

    def create(self, table, **values):
        """A row of the table with every field that a client may send; its document."""
        body = self.body(table) | values
        shape = self.shapes[table]
        if "create" not in shape.operations:
            return self._create_beside(shape, body)
        answer = self.client.post(self.path(table), json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def body(self, table):
        """A valid body; keys of parents point at rows made for it."""
        shape, n = self.shapes[table], next(_COUNTER)
        body = {f.name: self.value(f, n) for f in shape.fields if f.writable}
        for constraint in shape.table.foreign_key_constraints:
            names = [c.name for c in constraint.columns]
            parent = constraint.referred_table.name
            optional = all(c.nullable for c in constraint.columns)
            if optional and (parent == table or constraint.use_alter):
                body |= dict.fromkeys(names)  # a root, or one of two that point at each other
            else:
                made = self.create(parent)
                body |= {e.parent.name: made[e.column.name] for e in constraint.elements}
        return body

    def value(self, field, n):
        """A valid value of a field."""
        if field.name in SPECIAL:
            return SPECIAL[field.name](n)
        if field.kind.name == "enum":
            labels = field.column.type.enums
            return labels[n % len(labels)]
        value = BY_KIND[field.kind.name](n)
        length = getattr(field.column.type, "length", None)
        return value[:length] if isinstance(value, str) and length else value

    def key(self, table, document):
        """The key of a row."""
        return [document[k.name] for k in self.shapes[table].keys]

    def _create_beside(self, shape, body):
        parsed = {name: shape.change.validate_python({name: value}, strict=False)[name] for name, value in body.items()}
        for field in shape.fields:
            if field.required and not field.writable:
                parsed[field.name] = f"secret-{next(_COUNTER)}"

        def insert(connection):
            key = connection.execute(shape.table.insert(), parsed).inserted_primary_key
            connection.commit()
            return key

        key = call(self.url, insert, purpose="write")
        answer = self.client.get(self.path(shape.name, *key))
        assert answer.status_code == 200, answer.text
        return answer.json()
