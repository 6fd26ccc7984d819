"""PostgreSQL needs no administrator, and every test has a database of its own."""

import psycopg
import pytest

TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"


@pytest.mark.parametrize("time", ["first", "second"])
def test_a_test_begins_with_an_empty_database(postgres_url: str, time: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute(TABLES).fetchone() == (0,), time
        connection.execute("CREATE TABLE left_behind (id int)")
