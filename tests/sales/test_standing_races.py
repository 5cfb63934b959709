"""Many workers at one queue, and people changing their mind in that instant: over real sockets, through the writer."""

import asyncio
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from shopcast.backends.inprocess.wakes import InProcessWakes
from shopcast.backends.sqlite.client import WriterActions
from shopcast.backends.sqlite.wire import connected_socket
from shopcast.catalog import ChangeVariant
from shopcast.kernel.actions import Command
from shopcast.kernel.config import Settings
from shopcast.kernel.errors import Refused
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.sales.mandates.give_mandate import RevokeMandate
from shopcast.sales.standing.buy_standing import BuyStanding, GiveUpBuying
from shopcast.sales.standing.end_standing import CancelStanding
from shopcast.sales.standing.serve_variant import ServeVariant
from tests.factories import person
from tests.sales.plans import Plans, keyed
from tests.sales.support import SaleShop
from tests.sales.writer import sales_registry

ROOT = Path(__file__).parents[2]


@contextmanager
def writer_of(sale: SaleShop, directory: Path) -> Iterator[Settings]:
    """A copy of the shop as it is now, owned by a writer in a process of its own."""
    settings = Settings(data_dir=directory / "var")
    settings.data_dir.mkdir()
    copy = sqlite3.connect(settings.database_path)
    sale.backend.actions.raw.backup(copy)
    # The writer's clock is the real one: nobody's time is over in it.
    copy.execute("UPDATE sales_standing_order SET until = until + 31536000000000 * 50")
    copy.execute("UPDATE sales_mandate SET expires_at = expires_at + 31536000000000 * 50")
    copy.commit()
    copy.close()
    log = directory / "writer.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.sales.writer", str(settings.data_dir)],
            cwd=ROOT,
            env={"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
            stdout=output,
            stderr=output,
        )
    try:
        _wait_until_listening(settings, process, log)
        yield settings
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_until_listening(settings: Settings, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            connected_socket(settings.writer_socket_path).close()
        except OSError:
            assert process.poll() is None, log.read_text()
            time.sleep(0.05)
        else:
            return
    raise AssertionError(log.read_text())


async def race(settings: Settings, commands: Sequence[tuple[Command, Principal]]) -> list[object]:
    """All at once over three connections; the answers, or the codes of refusals."""
    registry = sales_registry()
    clients = [WriterActions(settings.writer_socket_path, registry, InProcessWakes()) for _ in range(3)]
    for client in clients:
        await client.start()

    async def ask(number: int) -> object:
        command, by = commands[number]
        key = new_id("key") if registry.spec_of(command).moves_stock_or_money else None
        try:
            return await clients[number % 3].run(command, by, idempotency_key=key)
        except Refused as refusal:
            return refusal.code

    answers = await asyncio.gather(*(ask(number) for number in range(len(commands))))
    for client in clients:
        await client.close()
    return list(answers)


def rows(settings: Settings, statement: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(settings.database_path)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


def test_one_comes_back_and_fifty_wait_while_ten_workers_serve(sale: SaleShop, tmp_path: Path) -> None:
    plans = Plans(sale)
    plans.left(0, 1)
    for number in range(50):
        wish = plans.wish(1, kind="restock", with_mandate=False, max_price_minor=None)
        body = {"wish": wish, "email": f"g{number}@example.com"}
        assert sale.guest().post("/v1/standing-orders", body, headers=keyed()).status_code == 201
        sale.backend.advance(seconds=1)
    variant_id = sale.variants[1]
    with writer_of(sale, tmp_path) as settings:
        restock = ChangeVariant(variant_id=variant_id, left=1)
        serve: list[tuple[Command, Principal]] = [(ServeVariant(variant_id=variant_id), SYSTEM)] * 10
        answers = asyncio.run(race(settings, [(restock, sale.owner()), *serve]))
        # The stock may have come after some of them had looked.
        asyncio.run(race(settings, serve))
        assert [answer for answer in answers[1:] if answer not in (0, 1)] == []
        taken = rows(settings, "SELECT state FROM sales_standing_order ORDER BY placed_at, id")
        assert taken == [("taken",)] + [("waiting",)] * 49
        stock = rows(settings, f"SELECT on_hand, held, sold FROM catalog_stock WHERE variant_id = '{variant_id}'")
        assert stock == [(1, 1, 0)]
        assert rows(settings, "SELECT count(*) FROM sales_hold WHERE state = 'held'") == [(1,)]


def test_taken_back_or_cancelled_in_the_very_instant_it_is_bought(sale: SaleShop, tmp_path: Path) -> None:
    """Whoever is first wins: charged within the cap, or not at all; the piece is sold at most once, or free again."""
    plans = Plans(sale)
    people = [plans.shopper(f"p{number}") for number in range(6)]
    placed = []
    for visitor in people:
        standing_id = plans.placed(visitor, plans.wish(0))
        placed.append((visitor, standing_id, str(plans.standing(visitor, standing_id)["mandate_id"])))
        sale.backend.advance(seconds=1)
    with writer_of(sale, tmp_path) as settings:
        cheap = ChangeVariant(variant_id=sale.variants[0], price_minor=2000)
        asyncio.run(race(settings, [(cheap, sale.owner())]))
        asyncio.run(race(settings, [(ServeVariant(variant_id=sale.variants[0]), SYSTEM)]))
        assert rows(settings, "SELECT count(*) FROM sales_standing_order WHERE state = 'taken'") == [(5,)]
        commands: list[tuple[Command, Principal]] = []
        for visitor, standing_id, mandate_id in placed:
            by = person(visitor.person_id)
            commands += [
                (BuyStanding(standing_id=standing_id), SYSTEM),
                (RevokeMandate(mandate_id=mandate_id), by),
                (BuyStanding(standing_id=standing_id), SYSTEM),
                (CancelStanding(standing_id=standing_id), by),
            ]
        answers = asyncio.run(race(settings, commands))
        assert set(answers) <= {None, "sales.mandate_over", "sales.being_bought"}, answers
        give_up = [(GiveUpBuying(standing_id=one, code="sales.mandate_over"), SYSTEM) for _, one, _ in placed]
        asyncio.run(race(settings, give_up))
        # One payment per wish at the most, each covered by what its permission has set aside.
        doubled = "SELECT checkout_id FROM sales_payment GROUP BY checkout_id HAVING count(*) > 1"
        assert rows(settings, doubled) == []
        uncovered = (
            "SELECT s.id FROM sales_standing_order s JOIN sales_mandate m ON m.id = s.mandate_id LEFT JOIN"
            " sales_payment p ON p.checkout_id = s.checkout_id WHERE COALESCE(p.amount_minor, 0) <> m.used_minor"
            " OR m.used_minor > s.cap_minor OR (p.id IS NULL) <> (s.checkout_id IS NULL)"
        )
        assert rows(settings, uncovered) == []
        held = rows(settings, "SELECT COALESCE(SUM(quantity), 0) FROM sales_hold WHERE state = 'held'")
        stored = rows(settings, f"SELECT held FROM catalog_stock WHERE variant_id = '{sale.variants[0]}'")
        paying = rows(settings, "SELECT count(*) FROM sales_standing_order WHERE state = 'taken'")
        assert held == stored == paying
