"""A database's address: what is read, what is written, and that nothing secret is ever shown."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.vendor.pretty import pretty

from bothways.errors import InvalidURL
from bothways.urls import DatabaseURL

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("postgres://u:p@h:5432/db", "postgresql+asyncpg://u:p@h:5432/db"),
        ("postgresql://u@h/db", "postgresql+asyncpg://u@h/db"),
        ("postgresql+psycopg://u@h/db", "postgresql+psycopg://u@h/db"),
        ("mysql://u:p@h/db", "mysql+pymysql://u:p@h/db"),
        ("mariadb://u:p@h/db", "mysql+pymysql://u:p@h/db"),
        ("postgresql://[::1]:5433/db", "postgresql+asyncpg://[::1]:5433/db"),
        ("postgresql://u:p@ss@h/db", "postgresql+asyncpg://u:p%40ss@h/db"),
        ("postgres://h/db?sslmode=require", "postgresql+asyncpg://h/db?ssl=require"),
        ("sqlite:////var/app.db", "sqlite+pysqlite:////var/app.db"),
    ],
)
def test_what_people_write_is_normalised(written, meant):
    assert DatabaseURL.parse(written).reveal() == meant


@pytest.mark.parametrize(
    ("written", "driver", "meant"),
    [
        ("postgresql://h/db?sslmode=require", "psycopg2", "postgresql+psycopg2://h/db?sslmode=require"),
        ("postgresql+psycopg://h/db?sslmode=require", "asyncpg", "postgresql+asyncpg://h/db?ssl=require"),
        ("mysql://h/db?ssl_disabled=true", "mysqldb", "mysql+mysqldb://h/db?ssl_mode=DISABLED"),
        ("mysql://h/db?ssl_disabled=true", "mariadbconnector", "mysql+mariadbconnector://h/db?ssl=false"),
    ],
)
def test_an_option_is_told_to_another_driver_in_its_own_words(written, driver, meant):
    assert DatabaseURL.parse(written).with_driver(driver).reveal() == meant


def test_a_relative_sqlite_path_is_taken_from_the_projects_folder():
    assert DatabaseURL.parse("sqlite:///data/app.db", root=Path("/srv/project")).database == "/srv/project/data/app.db"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "not a url",
        "oracle://u:hunter2@h/db",
        "postgresql://u:hunter2@h:port/db",
        "postgresql://u:hunter2@h:0/db",
        "postgresql://u:hunter2@h",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite://relative.db",
    ],
)
def test_a_wrong_url_is_refused_without_repeating_it(written):
    with pytest.raises(InvalidURL) as caught:
        DatabaseURL.parse(written)
    shown = f"{caught.value.message} {caught.value.hint} {caught.value.details}"
    assert "hunter2" not in shown
    assert caught.value.hint


@given(user=TEXT, password=TEXT, option=TEXT)
def test_no_password_and_no_option_is_ever_shown(user, password, option):
    secret = f"s3cret{password}"
    url = DatabaseURL("postgresql", "asyncpg", "host", 5432, "me", secret, "db", (("sslpassword", f"s3cret{option}"),))
    for shown in (str(url), repr(url), f"{url}", str([url]), str({"url": url})):
        assert "s3cret" not in shown
    assert "s3cret" not in url.address
    assert "s3cret" not in pretty(url)
    assert "s3cret" not in str(list(url.__rich_repr__()))


@given(user=TEXT, password=TEXT, database=TEXT)
def test_a_url_written_and_read_again_is_the_same(user, password, database):
    url = DatabaseURL("mysql", "pymysql", "host", 3306, user, password, database)
    assert DatabaseURL.parse(url.reveal()) == url


@given(user=TEXT, password=TEXT, database=TEXT)
def test_sqlalchemy_gets_exactly_what_was_written(user, password, database):
    url = DatabaseURL("postgresql", "asyncpg", "host", 5432, user, password, database).to_sqlalchemy()
    assert (url.username, url.password, url.database, url.drivername) == (
        user,
        password,
        database,
        "postgresql+asyncpg",
    )
    assert isinstance(url, sa.URL)
