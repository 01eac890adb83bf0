"""A field that is called like a parameter of lists is filtered by with a prefix; everything else goes by its name."""

import pytest
import sqlalchemy as sa

from bothways import revisions
from bothways.connections import call
from bothways.crud.filters import parameter_of
from bothways.crud.listing import Listings, PageSizes, words_of_lists
from bothways.crud.shapes import shape_of
from bothways.errors import InvalidRequest
from tests.api.conftest import serving
from tests.tiny import write

WORDS = ("limit", "cursor", "sort", "fields", "expand", "count", "format", "csv", "deleted")
COLUMNS = ", ".join(
    [
        "sa.Column('id', sa.Integer, primary_key=True)",
        *(f"sa.Column('{word}', sa.Integer)" for word in WORDS),
        "sa.Column('deleted_at', sa.DateTime(timezone=True))",
        "sa.Column('filter', sa.JSON)",
    ]
)


@pytest.fixture
def table(tmp_path, empty_database):
    """A client of a project whose only table has all these fields, the table's address, and the document."""
    tiny = write(tmp_path / f"wordy_{empty_database.dialect}", empty_database.dialect)
    models = tiny.folder / f"models_{tiny.folder.name}.py"
    models.write_text(f"import sqlalchemy as sa\n\nmetadata = sa.MetaData()\nsa.Table('wordy', metadata, {COLUMNS})\n")
    tiny.revision("r1", f"op.create_table('wordy', {COLUMNS})", "op.drop_table('wordy')")
    project = tiny.load(empty_database)
    main = project.database("main")
    call(main.url, lambda c: revisions.upgrade(c, project, main, "head"), purpose="migrate")
    with serving({}, project=project) as client:
        yield client, "/api/v1/main/wordy", client.get("/openapi.json").json()


def test_its_rows_are_found_and_the_words_of_lists_mean_what_they_mean(table):
    client, address, document = table
    made = client.post(address, json=[dict.fromkeys(WORDS, number) | {"filter": {"limit": 1}} for number in (3, 1, 2)])
    assert made.status_code == 201, made.text
    given = document["paths"]["/api/v1/{database}/wordy"]["get"]["parameters"]
    names = [parameter["name"] for parameter in given]
    assert len(set(names)) == len(names)
    for word in WORDS:
        assert f"filter.{word}" in names
        query = {f"filter.{word}": "gte:2", "sort": f"-{word}", "fields": word, "limit": 1, "count": "exact"}
        first = client.get(address, params=query).json()
        assert (first["items"], first["total"]) == ([{word: 3}], 2)
        second = client.get(address, params={**query, "cursor": first["next"]}).json()
        assert (second["items"], second["next"]) == ([{word: 2}], None)
    assert client.get(f"{address}?format=csv&fields=count,csv&sort=count").text == "count,csv\r\n1,1\r\n2,2\r\n3,3\r\n"


def shape(*columns):
    return shape_of(sa.Table("wordy", sa.MetaData(), sa.Column("id", sa.Integer(), primary_key=True), *columns))


def test_parts_of_a_document_that_is_called_so_have_the_prefix_too():
    wordy = shape(sa.Column("csv", sa.JSON()), sa.Column("filter", sa.JSON()))
    read = Listings(wordy, PageSizes()).of_list(b"filter.csv.kind=x&filter.part=y&filter.csv=not:null&csv=safe")
    assert [(c.name, c.path) for c in read.conditions] == [("csv", ("kind",)), ("filter", ("part",)), ("csv", ())]
    assert read.safe


def test_only_such_a_field_has_the_prefix():
    wordy = shape(sa.Column("count", sa.Integer()), sa.Column("deleted", sa.Integer()), sa.Column("name", sa.Text()))
    words = words_of_lists(wordy)  # deleted is none of them where no deleted rows are kept
    assert [parameter_of(f.name, words) for f in wordy.readable] == ["id", "filter.count", "deleted", "name"]
    with pytest.raises(InvalidRequest):
        Listings(wordy, PageSizes()).of_list(b"filter.name=x")
    with pytest.raises(InvalidRequest) as refused:
        Listings(wordy, PageSizes()).of_list(b"filter_count=5")
    assert "filter.count" in refused.value.details["errors"][0]["msg"]
