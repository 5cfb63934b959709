"""Hand-written statements as PostgreSQL's driver reads them."""

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopcast.backends.postgres.statements import translated
from tests.support.servers import shared_postgres


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("SELECT ?", "SELECT %s"),
        ("SELECT '?', ? WHERE a LIKE '%?'", "SELECT '?', %s WHERE a LIKE '%%?'"),
        ("SELECT 5 % ?", "SELECT 5 %% %s"),
        ("SELECT 'it''s ?' || ?", "SELECT 'it''s ?' || %s"),
        ('SELECT "odd ? name" FROM t WHERE id = ?', 'SELECT "odd ? name" FROM t WHERE id = %s'),
        ("SELECT 1 -- why?\n, ?", "SELECT 1 -- why?\n, %s"),
        ("SELECT /* what? */ ?", "SELECT /* what? */ %s"),
        ("SELECT $$ ? $$, $a$ $$?$$ $a$, ?", "SELECT $$ ? $$, $a$ $$?$$ $a$, %s"),
        ("SELECT ?::text, :name::text", "SELECT %s::text, %(name)s::text"),
    ],
)
def test_marks_are_parameters_only_where_a_value_may_stand(written: str, read: str) -> None:
    assert translated(written) == read


@settings(max_examples=60, deadline=None)
@given(text=st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=30))
def test_literals_arrive_as_they_were_written(text: str) -> None:
    literal = "'" + text.replace("'", "''") + "'"
    with psycopg.connect(shared_postgres().url("postgres")) as connection:
        row = connection.execute(translated(f"SELECT {literal}, ?").encode(), ("given",)).fetchone()
    assert row == (text, "given")
