"""Many who write at once: nothing is lost, nothing is done twice, and whoever must wait is told."""

import asyncio
import itertools
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import hypothesis.strategies as st
import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from bothways.crud.pools import Pool
from bothways.dialects.performing import BEGIN, Ask
from bothways.dialects.sessions import Limits
from schema import metadata
from tests.api.conftest import project_with

WRITERS = 6
SLEEPS = {"postgresql": "select pg_sleep(0.3)", "mysql": "select sleep(0.3)"}


def at_once(work, count=WRITERS):
    """The results of so many calls of ``work``, begun together."""
    start = Barrier(count)

    def one(number):
        start.wait(timeout=30)
        return work(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(one, range(count)))


def test_no_increment_is_lost_by_those_who_say_what_they_saw(rows, client):
    path = rows.path("rooms", rows.create("rooms", active_users=0)["id"])

    def increment(_):
        done = 0
        for _ in range(6):
            seen = client.get(path)
            answer = client.patch(
                path, json={"active_users": seen.json()["active_users"] + 1}, headers={"If-Match": seen.headers["etag"]}
            )
            assert answer.status_code in {200, 412}, answer.text
            done += answer.status_code == 200
        return done

    done = sum(at_once(increment))
    assert done >= 6
    assert client.get(path).json()["active_users"] == done


def test_one_of_many_replacements_of_a_state_is_done(rows, client):
    made = rows.create("products")
    path = rows.path("products", made["id"])
    tag = client.get(path).headers["etag"]

    def replace(number):
        body = {"sku": made["sku"], "name": f"writer {number}", "price": "1.00"}
        return client.put(path, json=body, headers={"If-Match": tag})

    answers = at_once(replace)
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * (WRITERS - 1)
    winner = next(answer for answer in answers if answer.status_code == 200)
    assert client.get(path).json() == winner.json()


def test_a_row_is_deleted_once(rows, client):
    for table in ("roles", "products"):
        path = rows.path(table, rows.create(table)["id"])
        answers = at_once(lambda _, path=path: client.delete(path))
        assert sorted(answer.status_code for answer in answers) == [204] + [404] * (WRITERS - 1)


def test_those_who_lock_each_other_out_are_tried_again(rows, client):
    """Two bodies with the same unique values in opposite order: one wins, the other is told which row collides."""
    for _ in range(4):
        names = [uuid4().hex for _ in range(10)]
        orders = [names, names[::-1]]
        answers = at_once(
            lambda number, orders=orders: client.post(rows.path("roles"), json=[{"name": n} for n in orders[number]]), 2
        )
        assert sorted(answer.status_code for answer in answers) == [201, 409], [answer.text for answer in answers]


# Those who write to a file wait for their turn: there is no deadlock.
@pytest.mark.parametrize("engine_name", list(SLEEPS), indirect=True)
def test_both_ends_of_a_deadlock_are_done(rows, client, migrated, engine_name):
    """Two transactions that hold what the other wants: one is undone by the server, and done again by the service."""
    keys = [rows.create("roles")["id"] for _ in range(2)]
    roles, tried = metadata.tables["roles"], []

    async def run():
        pool = Pool.open(project_with({engine_name: migrated[engine_name]}).database(engine_name), Limits(lock=30.0))

        def writer(number):
            first, second = keys[number], keys[1 - number]

            def work(_features):
                tried.append(number)
                yield BEGIN
                yield Ask(roles.update().where(roles.c.id == first), {"description": f"by {number}"})
                # Long enough for the other one to hold its first row too.
                yield Ask(sa.text(SLEEPS[engine_name]))
                yield Ask(roles.update().where(roles.c.id == second), {"description": f"by {number}"})

            return work

        await asyncio.gather(*(pool.perform(writer(number)) for number in range(2)))
        await pool.close()

    asyncio.run(run())
    assert len(tried) > 2, "there was no deadlock"
    said = {client.get(rows.path("roles", key)).json()["description"] for key in keys}
    assert len(said) == 1


NAMES = st.sampled_from(["a", "b", "c"])


class Catalog(RuleBasedStateMachine):
    """A table of products in Python beside the one behind the API: both say the same after every step."""

    client = engine = url = None
    keys = Bundle("keys")
    counter = itertools.count()

    @initialize()
    def begin(self):
        self.path = f"/api/v1/{self.engine}/products"
        self.model = {}
        self.tags = {}
        self.gone = {}
        self.prefix = uuid4().hex

    def new(self, name):
        return {"sku": f"{self.prefix[:20]}{next(self.counter)}", "name": name, "price": "1.00"}

    def at(self, key):
        return f"{self.path}/{key}"

    def keep(self, document, tag):
        self.model[document["id"]], self.tags[document["id"]] = document, tag

    @rule(target=keys, name=NAMES)
    def create(self, name):
        answer = self.client.post(self.path, json=self.new(name))
        assert answer.status_code == 201
        self.keep(answer.json(), answer.headers["etag"])
        return answer.json()["id"]

    @rule(target=keys, names=st.lists(NAMES, min_size=2, max_size=3))
    def create_many(self, names):
        bodies = [self.new(name) for name in names]
        documents = self.client.post(self.path, json=bodies).json()
        assert [d["sku"] for d in documents] == [b["sku"] for b in bodies]
        for document in documents:
            self.keep(document, self.client.get(self.at(document["id"])).headers["etag"])
        return documents[0]["id"]

    @rule(key=keys)
    def create_many_with_one_that_is_there(self, key):
        if key not in self.model:
            return
        twice = [self.new("x"), self.new("y") | {"sku": self.model[key]["sku"]}]
        answer = self.client.post(self.path, json=twice)
        assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (409, ["body", 1, "sku"])
        assert self.client.get(self.path, params={"sku": f"eq:{twice[0]['sku']}"}).json()["items"] == []

    @rule(key=keys, name=NAMES, condition=st.sampled_from([None, "now", "before"]))
    def change(self, key, name, condition):
        self.write("PATCH", key, {"name": name}, condition)

    @rule(key=keys, name=NAMES, condition=st.sampled_from([None, "now", "before", "any"]))
    def replace(self, key, name, condition):
        sku = self.model.get(key, {}).get("sku", "none")
        self.write("PUT", key, {"sku": sku, "name": name, "price": "2.00"}, condition)

    def write(self, method, key, body, condition):
        tag = {"now": self.tags.get(key, '"x"'), "before": '"before"', "any": "*"}.get(condition)
        answer = self.client.request(
            method, self.at(key), json=body, headers={"If-Match": tag} if tag is not None else {}
        )
        if tag is None and method == "PUT":
            assert answer.status_code == 428
        elif key not in self.model:
            assert answer.status_code == 404
        elif condition == "before":
            assert answer.status_code == 412
        else:
            assert answer.status_code == 200
            changed = answer.json()
            rest = {"updated_at"} | set(body)
            assert {k: v for k, v in changed.items() if k not in rest} == {
                k: v for k, v in self.model[key].items() if k not in rest
            }
            assert {k: changed[k] for k in body} == body
            self.keep(changed, answer.headers["etag"])

    @rule(key=keys, condition=st.sampled_from([None, "now", "before"]))
    def delete(self, key, condition):
        tag = {"now": self.tags.get(key, '"x"'), "before": '"before"'}.get(condition)
        answer = self.client.delete(self.at(key), headers={"If-Match": tag} if tag else {})
        if key not in self.model:
            assert answer.status_code == 404
        elif condition == "before":
            assert answer.status_code == 412
        else:
            assert answer.status_code == 204
            self.gone[key] = self.model.pop(key)
            del self.tags[key]

    @rule(key=keys)
    def restore(self, key):
        answer = self.client.post(f"{self.at(key)}/restore")
        if key not in self.model and key not in self.gone:
            assert answer.status_code == 404
            return
        before = self.gone.pop(key, None) or self.model[key]
        assert answer.json() | {"updated_at": None} == before | {"updated_at": None}
        self.keep(answer.json(), answer.headers["etag"])

    @rule(key=consumes(keys))
    def purge(self, key):
        there = key in self.model or key in self.gone
        answer = self.client.delete(self.at(key), params={"purge": "true"})
        assert answer.status_code == (204 if there else 404)
        for kept in (self.model, self.gone, self.tags):
            kept.pop(key, None)

    @invariant()
    def every_row_is_as_the_model_has_it(self):
        for key, document in list(getattr(self, "model", {}).items())[-3:]:
            answer = self.client.get(self.at(key))
            assert (answer.json(), answer.headers["etag"]) == (document, self.tags[key])
        for key in list(getattr(self, "gone", {}))[-2:]:
            assert self.client.get(self.at(key)).status_code == 404


@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
def test_a_table_is_what_a_model_of_it_is(client, engine_name, migrated):
    machine = type("Machine", (Catalog,), {"client": client, "engine": engine_name, "url": migrated[engine_name]})
    run = machine.TestCase
    run.settings = settings(max_examples=max(4, settings().max_examples // 10), stateful_step_count=15, deadline=None)
    run().runTest()


def test_what_a_client_must_not_send_is_refused_in_every_body(rows, client):
    made = rows.create("products")
    path = rows.path("products", made["id"])
    body = rows.body("products")
    for name in ("id", "created_at", "updated_at", "deleted_at", "is_admin"):
        more = body | {name: made.get(name) or "2024-01-01T00:00:00Z"}
        for answer in (
            client.post(rows.path("products"), json=more),
            client.post(rows.path("products"), json=[body, more]),
            client.put(path, json=more, headers={"If-Match": "*"}),
            client.patch(path, json=more),
        ):
            assert answer.status_code == 422, answer.text
            assert {fault["type"] for fault in answer.json()["errors"]} == {"extra_forbidden"}
    assert client.get(path).json() == made
