"""PostgreSQL's index: no text is a query that fails, and it finds and ranks as SQLite's does."""

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopcast.discovery.search.model import (
    WORD_LIMIT,
    Words,
    index_words,
    match_expression,
    parse_query,
    term_expressions,
)
from shopcast.kernel.text import tokens
from tests.support.databases import Database, lent_database

TEXTS = (
    "Silk scarf, hand made in Lyon",
    "Scarf",
    "A lamp with a silk shade, a silk cord and a silk plug",
    "Café crème cup with a long description of what it is made of, where it is from and how a scarf lies beside it",
    "手工丝绸围巾",
    "丝绸衬衫",
    "Ångström's Ünder-größe",
)
QUERIES = ("silk", "scarf", "sca", "silk scarf", "cafe cre", "丝绸", "围巾", "angstrom", "grosse", "wool", "a si")
UNACCENTED = "tokenize='unicode61 remove_diacritics 2'"


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with lent_database() as lent:
        lent.execute("CREATE TABLE texts (number integer PRIMARY KEY, words tsvector NOT NULL)")
        for number, text in enumerate(TEXTS):
            lent.execute("INSERT INTO texts VALUES (?, ?::tsvector)", number, index_words(" ".join(tokens(text))))
        yield lent


@pytest.fixture(scope="module")
def beside() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute(f"CREATE VIRTUAL TABLE texts USING fts5(tokens, {UNACCENTED})")
    connection.executemany(
        "INSERT INTO texts (rowid, tokens) VALUES (?, ?)",
        [(number, " ".join(tokens(text))) for number, text in enumerate(TEXTS)],
    )
    yield connection
    connection.close()


def words_of(text: str) -> Words:
    return parse_query(text, ()).words


def found(database: Database, words: Words) -> list[int]:
    rows = database.execute("SELECT number FROM texts WHERE words @@ ?::tsquery", " & ".join(term_expressions(words)))
    return sorted(row[0] for row in rows)


@pytest.mark.parametrize("query", QUERIES)
def test_both_engines_find_the_same(database: Database, beside: sqlite3.Connection, query: str) -> None:
    words = words_of(query)
    rows = beside.execute("SELECT rowid FROM texts WHERE texts MATCH ?", (match_expression(words),))
    assert found(database, words) == sorted(row[0] for row in rows)


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_is_a_query_that_fails(database: Database, text: str) -> None:
    if words := words_of(text):
        assert all(isinstance(number, int) for number in found(database, words))


@given(st.text(max_size=400))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_can_not_be_kept_and_each_finds_itself(database: Database, text: str) -> None:
    kept = index_words(" ".join(tokens(text)))
    for word in tokens(text)[:5]:
        row = database.execute("SELECT ?::tsvector @@ ?::tsquery", kept, term_expressions((word,))[0]).fetchone()
        assert row == (True,)


def test_a_word_without_an_end_is_found_by_its_beginning(database: Database) -> None:
    endless = "x" * 10_000
    kept = index_words(" ".join(tokens(endless)))
    for query in ("xxx", endless, endless[: WORD_LIMIT + 5]):
        row = database.execute("SELECT ?::tsvector @@ ?::tsquery", kept, term_expressions((query,))[0]).fetchone()
        assert row == (True,)


def test_a_text_of_one_word_a_thousand_times_is_kept(database: Database) -> None:
    row = database.execute("SELECT ?::tsvector @@ 'echo'::tsquery", index_words(" ".join(["echo"] * 20_000))).fetchone()
    assert row == (True,)
