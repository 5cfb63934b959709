"""One statement for many rows does what the driver would do row by row."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopcast.backends.postgres.sets import array_literal, gathered, set_statement
from shopcast.sales.checkout.repository import SET_ORDER
from shopcast.sales.drops.repository import GIVE_BACK_EACH
from shopcast.sales.holds import repository as holds
from shopcast.sales.payments.repository import INSERT_EVENT, INSERT_REFERENCE
from shopcast.sales.payments.together import ANSWERED, STORE
from shopcast.sales.restrictions.repository import _STRIKE_EACH
from shopcast.talent.ledger.repository import INSERT_ENTRY, INSERT_JOURNAL, SEAL
from tests.factories import TestBackend, make_backend
from tests.support.databases import Database, lent_database

HOT = (
    holds.INSERT,
    holds.ATTACH_EACH,
    GIVE_BACK_EACH,
    SET_ORDER,
    INSERT_EVENT,
    INSERT_REFERENCE,
    STORE,
    ANSWERED,
    INSERT_JOURNAL,
    INSERT_ENTRY,
    SEAL,
    "DELETE FROM kernel_jobs WHERE name = ? AND key = ? AND state = 'pending'",
)
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
CURSOR = "INSERT INTO kernel_cursors (subscription, position) VALUES (?, ?)"


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with lent_database() as lent:
        yield lent


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[TestBackend]:
    opened = make_backend(tmp_path, profile="cluster")
    yield opened
    opened.close()


def cursors(shop: TestBackend) -> list[tuple[Any, ...]]:
    return shop.rows("SELECT subscription, position FROM kernel_cursors ORDER BY subscription")


@pytest.mark.parametrize("statement", HOT, ids=lambda text: text[:40])
def test_what_a_drop_says_for_many_is_one_statement(statement: str) -> None:
    assert set_statement(statement) is not None


@pytest.mark.parametrize(
    "statement",
    [
        # Two rows of one set may meet the same one.
        _STRIKE_EACH,
        "INSERT INTO kernel_cursors (subscription, position) VALUES (?, ?) RETURNING position",
        "UPDATE kernel_cursors SET position = ? WHERE subscription = ? OR position = ?",
        "UPDATE kernel_cursors SET position = coalesce(?, 0) WHERE subscription = ?",
        # Nothing says which row is meant.
        "UPDATE kernel_cursors SET position = ? WHERE position > ?",
        "INSERT INTO of_somebody_else (a) VALUES (?)",
        "SELECT 1",
    ],
)
def test_what_is_not_plain_is_left_to_the_driver(statement: str) -> None:
    assert set_statement(statement) is None


def test_rows_are_inserted_changed_and_deleted_as_one_by_one(shop: TestBackend) -> None:
    with shop.transaction() as tx:
        assert tx.exec_driver_sql(CURSOR, [("a", 1), ("b", 2), ("c", 3)]).rowcount == 3
        ignoring = f"{CURSOR} ON CONFLICT DO NOTHING"
        assert tx.exec_driver_sql(ignoring, [("c", 9), ("d", 4), ("d", 5)]).rowcount == 1
        moved = "UPDATE kernel_cursors SET position = position + :by WHERE subscription = :name AND position >= :least"
        rows = [{"by": 10, "name": name, "least": 2} for name in "abc"]
        assert tx.exec_driver_sql(moved, rows).rowcount == 2
        gone = "DELETE FROM kernel_cursors WHERE subscription = ?"
        assert tx.exec_driver_sql(gone, [("a",), ("x",)]).rowcount == 1
    assert cursors(shop) == [("b", 12), ("c", 13), ("d", 4)]


def test_two_changes_of_one_row_are_two(shop: TestBackend) -> None:
    """In one statement PostgreSQL would make one of them."""
    with shop.transaction() as tx:
        tx.exec_driver_sql(CURSOR, [("a", 1), ("b", 2)])
        raised = "UPDATE kernel_cursors SET position = position + ? WHERE subscription = ?"
        assert tx.exec_driver_sql(raised, [(10, "a"), (100, "a"), (1, "b")]).rowcount == 3
    assert cursors(shop) == [("a", 111), ("b", 3)]


def test_lists_of_any_length_are_one_text() -> None:
    text = "UPDATE sales_hold SET state = ? WHERE id IN ({ids}) AND state IN ('held', 'wanted') AND quantity > ?"
    made = [gathered(text.format(ids=", ".join("?" * count)), ("x", *map(str, range(count)), 7)) for count in (2, 300)]
    assert made[0] == (
        "UPDATE sales_hold SET state = ? WHERE id = ANY (?::text[]) AND state IN ('held', 'wanted') AND quantity > ?",
        ("x", '{"0","1"}', 7),
    )
    assert made[1][0] == made[0][0]
    rows = "INSERT INTO t (a, b) VALUES (?, ?), (?, ?) ON CONFLICT DO NOTHING"
    assert gathered(rows, ("a", 1, "b", 2)) == (
        "INSERT INTO t (a, b) SELECT * FROM unnest(?::text[], ?::bigint[]) ON CONFLICT DO NOTHING",
        ('{"a","b"}', "{1,2}"),
    )
    # Of nothing but NULLs nobody knows the type.
    assert gathered(rows, ("a", None, "b", None)) == (rows, ("a", None, "b", None))


def test_lists_find_and_write_what_marks_do(shop: TestBackend) -> None:
    with shop.transaction() as tx:
        tx.exec_driver_sql(
            "INSERT INTO kernel_cursors (subscription, position) VALUES (?, ?), (?, ?), (?, ?)",
            ("a", 1, "b", 2, 'c"\\', 3),
        )
        found = tx.exec_driver_sql(
            "SELECT subscription FROM kernel_cursors WHERE subscription IN (?, ?, ?) AND position IN (?, ?)"
            " ORDER BY subscription",
            ("a", 'c"\\', "x", 3, 1),
        )
        assert list(found.scalars()) == ["a", 'c"\\']


@given(st.lists(st.one_of(st.none(), TEXTS)))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_texts_arrive_as_they_are(database: Database, texts: list[str | None]) -> None:
    assert database.execute("SELECT ?::text[]", array_literal(texts)).fetchone() == (texts,)


@given(st.lists(st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1))))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_numbers_arrive_as_they_are(database: Database, numbers: list[int | None]) -> None:
    assert database.execute("SELECT ?::bigint[]", array_literal(numbers)).fetchone() == (numbers,)


@given(st.lists(st.binary(max_size=20)))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_arrive_as_they_are(database: Database, blobs: list[bytes]) -> None:
    assert database.execute("SELECT ?::bytea[]", array_literal(blobs)).fetchone() == (blobs,)


def test_a_text_with_a_zero_byte_is_refused_not_split(database: Database) -> None:
    with pytest.raises(psycopg.DataError, match="NUL"):
        database.execute("SELECT ?::text[]", array_literal(["a\0b", "c"]))
