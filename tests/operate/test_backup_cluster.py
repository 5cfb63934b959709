"""A cluster's database, copied while it is written to, put into an empty one: the same rows, guarded as before."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from shopcast import wiring
from shopcast.kernel.config import Settings
from shopcast.operate.backup import BackupError, Wanted, back_up, open_vault, restore
from shopcast.operate.backup.restore import EPOCH_LEAP
from tests.support.servers import Postgres, shared_postgres

# What COPY's text form has to escape.
ODD = "tab\there, 七号, back\\slash, and\nanother line"
NOW = datetime(2026, 3, 6, 19, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def server() -> Postgres:
    # The tables of all domains are known only once they are wired.
    assert wiring.DOMAINS
    return shared_postgres()


@pytest.fixture
def shop(server: Postgres, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    yield from opened(server, tmp_path / "shop", f"shop_{abs(hash(request.node.nodeid))}")


@pytest.fixture
def empty(server: Postgres, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    yield from opened(server, tmp_path / "empty", f"empty_{abs(hash(request.node.nodeid))}")


def opened(server: Postgres, data_dir: Path, database: str) -> Iterator[Settings]:
    server.run(f'CREATE DATABASE "{database}"')
    yield Settings(
        data_dir=data_dir,
        database_url=server.url(database),
        redis_url="redis://127.0.0.1:1/0",
        given_secret="ab" * 32,
    )
    server.run(f'DROP DATABASE "{database}" WITH (FORCE)')


def test_rows_come_back_as_of_one_instant_and_stay_guarded(shop: Settings, empty: Settings, tmp_path: Path) -> None:
    wiring.migrate(shop)
    fill(shop)
    where = str(tmp_path / "vault")
    stopped = threading.Event()
    thread = threading.Thread(target=sell_on, args=(shop, stopped))
    thread.start()
    made = back_up(shop, open_vault(where, shop, for_writing=True), NOW)
    stopped.set()
    thread.join(30)
    # The picture's row names a blob that nobody ever stored.
    assert made.missing == ["images/gone.jpg"]

    restored = restore(empty, open_vault(where, empty, for_writing=False), Wanted(migrate=wiring.migrate), NOW)
    assert restored.missing == ["images/gone.jpg"]
    counts = {table.name: table.rows for table in restored.manifest.tables}
    with connected(empty) as connection:
        for name, count in counts.items():
            assert count_of(connection, name) == count, name
        # One instant: a sale's journal, its entries and its event are there together or not at all.
        unbalanced = "SELECT journal_id FROM talent_entry GROUP BY 1 HAVING sum(amount_minor) <> 0 OR count(*) <> 2"
        assert connection.execute(unbalanced).fetchall() == []
        assert count_of(connection, "talent_journal") == count_of(connection, "kernel_events")
        assert count_of(connection, "talent_entry") == 2 * count_of(connection, "talent_journal")
        assert row(connection, "SELECT salt, epoch, lease_holder FROM room") == (ODD, 3 + EPOCH_LEAP, None)
        # Numbers go on behind those that were given, and what is sealed stays sealed.
        last = value(connection, "SELECT max(id) FROM kernel_events")
        connection.execute("INSERT INTO kernel_events (event_type, body, recorded_at) VALUES ('a.b', '{}', 1)")
        assert value(connection, "SELECT max(id) FROM kernel_events") > last
        connection.commit()
        with pytest.raises(psycopg.Error):
            connection.execute("UPDATE talent_entry SET amount_minor = 1")


def test_balances_are_the_same_afterwards(shop: Settings, empty: Settings, tmp_path: Path) -> None:
    wiring.migrate(shop)
    fill(shop)
    where = str(tmp_path / "shop.tar")
    back_up(shop, open_vault(where, shop, for_writing=True), NOW)
    restore(empty, open_vault(where, empty, for_writing=False), Wanted(migrate=wiring.migrate), NOW)
    balances = "SELECT organisation_id, account, currency, sum(amount_minor) FROM talent_entry GROUP BY 1, 2, 3"
    with connected(shop) as before, connected(empty) as after:
        assert sorted(before.execute(balances).fetchall()) == sorted(after.execute(balances).fetchall())


def test_a_database_with_a_shop_in_it_is_left_alone(shop: Settings, empty: Settings, tmp_path: Path) -> None:
    wiring.migrate(shop)
    wiring.migrate(empty)
    fill(shop)
    fill(empty)
    where = str(tmp_path / "vault")
    back_up(shop, open_vault(where, shop, for_writing=True), NOW)
    with connected(empty) as connection:
        connection.execute("INSERT INTO kernel_events (event_type, body, recorded_at) VALUES ('own.one', '{}', 1)")
    with pytest.raises(BackupError, match="already"):
        restore(empty, open_vault(where, empty, for_writing=False), Wanted(migrate=wiring.migrate), NOW)
    with connected(empty) as connection:
        assert value(connection, "SELECT count(*) FROM kernel_events WHERE event_type = 'own.one'") == 1
    wanted = Wanted(migrate=wiring.migrate, replace=True)
    restore(empty, open_vault(where, empty, for_writing=False), wanted, NOW)
    with connected(empty) as connection:
        assert value(connection, "SELECT count(*) FROM kernel_events WHERE event_type = 'own.one'") == 0


def fill(settings: Settings) -> None:
    with connected(settings) as connection:
        for number in range(3):
            sale(connection, f"first-{number}")
        connection.execute(
            "INSERT INTO room (id, salt, public_log, epoch, next_seq, created_at, lease_holder, lease_until)"
            " VALUES ('rom_1', %s, false, 3, 9, 1, 'web:1', 9)",
            (ODD,),
        )
        connection.execute(
            "INSERT INTO media_broadcast (id, organisation_id, state, is_cut, created_at)"
            " VALUES ('bro_1', 'org_1', 'ended', 0, 1)"
        )
        connection.execute(
            "INSERT INTO media_export"
            " (id, broadcast_id, from_at, to_at, format, state, requested_by, requested_at, blob_key)"
            " VALUES ('exp_1', 'bro_1', 1, 2, 'mp4', 'done', 'per_1', 1, 'images/gone.jpg')"
        )


def sale(connection: "psycopg.Connection[Any]", name: str) -> None:
    with connection.transaction():
        connection.execute(
            "INSERT INTO talent_journal (id, organisation_id, kind, source, happened_at, recorded_at, sealed)"
            " VALUES (%s, 'org_1', 'sale', %s, 1, 1, 0)",
            (f"jrn_{name}", name),
        )
        for account, amount in (("clearing.test", 1_990), ("seller.goods", -1_990)):
            connection.execute(
                "INSERT INTO talent_entry (id, journal_id, organisation_id, account, amount_minor, currency)"
                " VALUES (%s, %s, 'org_1', %s, %s, 'EUR')",
                (f"ent_{name}_{account}", f"jrn_{name}", account, amount),
            )
        connection.execute("UPDATE talent_journal SET sealed = 1 WHERE id = %s", (f"jrn_{name}",))
        connection.execute("INSERT INTO kernel_events (event_type, body, recorded_at) VALUES ('test.sale', '{}', 1)")


def sell_on(settings: Settings, stopped: threading.Event) -> None:
    with connected(settings) as connection:
        number = 0
        while not stopped.is_set():
            sale(connection, f"rush-{number}")
            number += 1


def connected(settings: Settings) -> "psycopg.Connection[Any]":
    return psycopg.connect(settings.database_url or "")


def count_of(connection: "psycopg.Connection[Any]", table: str) -> int:
    return int(value(connection, f"SELECT count(*) FROM {table}"))


def value(connection: "psycopg.Connection[Any]", statement: str) -> Any:
    return row(connection, statement)[0]


def row(connection: "psycopg.Connection[Any]", statement: str) -> Any:
    found = connection.execute(statement.encode()).fetchone()
    assert found is not None
    return found
