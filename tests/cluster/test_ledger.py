"""What only an engine with several writers needs of the ledger's guards."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import IntegrityError

from shopcast import talent
from tests.factories import TestBackend, make_backend

JOURNAL = "INSERT INTO talent_journal VALUES (?, 'org_1', 'sale', ?, NULL, NULL, 0, 0, 0)"
ENTRY = "INSERT INTO talent_entry VALUES (?, 'jrn_x', 'org_1', 'a', ?, 'EUR')"
SEAL = "UPDATE talent_journal SET sealed = 1 WHERE id = 'jrn_x'"


@pytest.fixture
def books(tmp_path: Path) -> Iterator[TestBackend]:
    """One journal in balance, not sealed yet."""
    opened = make_backend(tmp_path, actions=talent.ACTIONS, profile="cluster")
    opened.raw.execute(JOURNAL, ("jrn_x", "x"))
    opened.raw.execute(ENTRY, ("ent_1", 100))
    opened.raw.execute(ENTRY, ("ent_2", -100))
    yield opened
    opened.close()


@pytest.mark.parametrize("table", ["talent_journal", "talent_entry"])
def test_the_ledger_is_not_emptied_at_one_stroke(books: TestBackend, table: str) -> None:
    with pytest.raises(IntegrityError, match="never deleted"):
        books.raw.execute(f"TRUNCATE {table} CASCADE")
    assert books.rows("SELECT count(*) FROM talent_entry") == [(2,)]


def test_an_entry_waits_for_the_sealing_of_its_journal_and_is_refused(books: TestBackend) -> None:
    sealing, adding = books.raw.another(), books.raw.another()
    sealing.execute("BEGIN")
    sealing.execute(SEAL)
    adding.execute("SET lock_timeout = 100")
    with pytest.raises(psycopg.errors.LockNotAvailable):
        adding.execute(ENTRY, ("ent_late", 1))
    sealing.execute("COMMIT")
    with pytest.raises(IntegrityError, match="takes no entries"):
        adding.execute(ENTRY, ("ent_late", 1))
    sealing.close()
    adding.close()
    assert books.rows("SELECT sum(amount_minor) FROM talent_entry") == [(0,)]


def test_sealing_waits_for_an_entry_and_counts_it(books: TestBackend) -> None:
    sealing, adding = books.raw.another(), books.raw.another()
    adding.execute("BEGIN")
    adding.execute(ENTRY, ("ent_late", 1))
    sealing.execute("SET lock_timeout = 100")
    with pytest.raises(psycopg.errors.LockNotAvailable):
        sealing.execute(SEAL)
    adding.execute("COMMIT")
    with pytest.raises(IntegrityError, match="sum to zero"):
        sealing.execute(SEAL)
    sealing.close()
    adding.close()
    assert books.rows("SELECT sealed FROM talent_journal") == [(0,)]
