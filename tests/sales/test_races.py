"""Many buyers, few goods: over real sockets through the writer's process; and proof that the proofs would notice."""

import asyncio
import sqlite3
from collections import Counter, deque
from collections.abc import Iterator, Sequence

import pytest

from shopcast import sales
from shopcast.backends.inprocess.wakes import InProcessWakes
from shopcast.backends.sqlite.client import WriterActions
from shopcast.backends.sqlite.executor import Request
from shopcast.catalog.stock import repository as stock_repository
from shopcast.kernel.config import Settings
from shopcast.kernel.errors import ActionFailed, Refused, ShopcastError
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.sales import EventKind, PaymentEvent
from shopcast.sales.holds import repository as hold_repository
from tests.factories import START, guest
from tests.sales.invariants import violations
from tests.sales.support import SaleShop, Template
from tests.sales.writer import running_writer, sales_registry


def _hold(sale: SaleShop, variant: int = 0, quantity: int = 1) -> sales.PlaceHold:
    return sales.PlaceHold(
        show_id=sale.show_id,
        item_id=sale.items[0 if variant < 2 else 1],
        variant_id=sale.variants[variant],
        quantity=quantity,
        source=sales.Source.LIVE,
    )


@pytest.fixture(scope="module")
def writer_process(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with running_writer(template.stored, tmp_path_factory.mktemp("race")) as settings:
        yield settings


@pytest.fixture
def writer(writer_process: Settings) -> Settings:
    """As if nobody had bought anything yet."""
    connection = sqlite3.connect(writer_process.database_path, timeout=10)
    connection.execute("DELETE FROM sales_hold")
    connection.execute("UPDATE catalog_stock SET held = 0, sold = 0, on_hand = min(on_hand, 5)")
    connection.commit()
    connection.close()
    return writer_process


async def _race(settings: Settings, commands: Sequence[tuple[sales.PlaceHold, Principal, str]]) -> Counter[str]:
    """All at once over three connections; how often each answer was given."""
    registry = sales_registry()
    clients = [WriterActions(settings.writer_socket_path, registry, InProcessWakes()) for _ in range(3)]
    for client in clients:
        await client.start()

    async def ask(number: int) -> str:
        command, by, key = commands[number]
        try:
            held = await clients[number % 3].run(command, by, idempotency_key=key)
        except Refused as refusal:
            return refusal.code
        return f"held {held.id}"

    answers = await asyncio.gather(*(ask(number) for number in range(len(commands))))
    for client in clients:
        await client.close()
    return Counter(answer.partition(" ")[0] if answer.startswith("held") else answer for answer in _holds_once(answers))


def _holds_once(answers: Sequence[str]) -> list[str]:
    """A hold answered twice (the same key sent twice) counts once; refusals count each."""
    return [*{answer for answer in answers if answer.startswith("held")}, *(a for a in answers if a[:4] != "held")]


def _rows(settings: Settings, statement: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(settings.database_path)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


async def test_two_hundred_buyers_for_the_last_five(writer: Settings, template: Template) -> None:
    sale = template.sale
    commands = [(_hold(sale), guest(f"gst_{number:04d}"), new_id("key")) for number in range(200)]
    answers = await _race(writer, commands)
    assert answers == {"held": 5, "catalog.sold_out": 195}
    stock = _rows(writer, f"SELECT on_hand, held, sold FROM catalog_stock WHERE variant_id = '{sale.variants[0]}'")
    assert stock == [(5, 5, 0)]
    assert _rows(writer, "SELECT count(*), count(DISTINCT buyer_key) FROM sales_hold WHERE state = 'held'") == [(5, 5)]


async def test_quantities_and_variants_race_without_deadlock_or_oversell(writer: Settings, template: Template) -> None:
    sale = template.sale
    commands = [
        (_hold(sale, number % 3, 1 + number % 2), guest(f"gst_{number:04d}"), new_id("key")) for number in range(180)
    ]
    await _race(writer, commands)
    # Five, one and three there were; whatever is left is less than what was asked for last.
    rows = _rows(writer, "SELECT on_hand, held, sold FROM catalog_stock ORDER BY variant_id")
    assert all(held + sold <= on_hand for on_hand, held, sold in rows)  # type: ignore[operator]
    held = _rows(writer, "SELECT variant_id, SUM(quantity) FROM sales_hold WHERE state = 'held' GROUP BY variant_id")
    stored = _rows(writer, "SELECT variant_id, held FROM catalog_stock WHERE held > 0")
    assert sorted(held) == sorted(stored)
    assert [row[1] for row in rows] == [5, 1, 3]


async def test_one_tap_sent_many_times_holds_once(writer: Settings, template: Template) -> None:
    sale, key = template.sale, new_id("key")
    answers = await _race(writer, [(_hold(sale), guest("gst_eager"), key)] * 30)
    assert answers == {"held": 1}
    assert _rows(writer, "SELECT count(*) FROM sales_hold") == [(1,)]


async def test_one_buyer_racing_alone_stays_within_the_limit(writer: Settings, template: Template) -> None:
    sale = template.sale
    connection = sqlite3.connect(writer.database_path, timeout=10)
    connection.execute("UPDATE catalog_stock SET on_hand = 1000 WHERE variant_id = ?", (sale.variants[0],))
    connection.commit()
    connection.close()
    answers = await _race(writer, [(_hold(sale), guest("gst_greedy"), new_id("key")) for _ in range(60)])
    assert answers == {"held": 20, "sales.too_many_holds": 40}


def test_a_batch_gives_each_command_its_own_answer(sale: SaleShop) -> None:
    """Refusals among holds of one batch leave no trace; what was held stays."""
    commands = [(_hold(sale, 1), guest(f"gst_{number}")) for number in range(3)]
    commands.insert(1, (_hold(sale, 0, 99), guest("gst_odd")))
    commands.append((_hold(sale, 0), SYSTEM))
    spec = sale.backend.registry.spec_of(commands[0][0])
    requests = [Request(spec, command, by, new_id("key")) for command, by in commands]
    # The writer's own way of running what came in together.
    sale.backend.actions._executor.run_batch(deque(requests))
    answers = [one.answer.code if isinstance(one.answer, ShopcastError) else "held" for one in requests]
    assert answers == ["held", "invalid_input", "catalog.sold_out", "catalog.sold_out", "unauthenticated"]
    assert (sale.stock(0), sale.stock(1)) == ((5, 0, 0), (1, 1, 0))
    assert violations(sale.backend) == []


def test_without_its_condition_the_check_refuses(sale: SaleShop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutation one: the conditional statement loses its condition; the table's CHECK still lets nobody oversell."""
    unconditional = "UPDATE catalog_stock SET held = held + :quantity WHERE variant_id = :variant_id"
    monkeypatch.setattr(stock_repository, "HOLD", unconditional)
    assert sale.hold(sale.guest(), 1).status_code == 201
    with pytest.raises(ActionFailed):
        sale.backend.run(_hold(sale, 1), guest("gst_two"))
    assert sale.stock(1) == (1, 1, 0)
    assert violations(sale.backend) == []


def test_without_condition_and_check_the_checker_sees_it(sale: SaleShop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutation two: both gone. If this found nothing, the other tests would prove nothing."""
    unconditional = "UPDATE catalog_stock SET held = held + :quantity WHERE variant_id = :variant_id"
    monkeypatch.setattr(stock_repository, "HOLD", unconditional)
    sale.backend.actions.raw.execute("PRAGMA ignore_check_constraints = ON")
    try:
        for number in range(2):
            sale.backend.run(_hold(sale, 1), guest(f"gst_{number}"))
    finally:
        sale.backend.actions.raw.execute("PRAGMA ignore_check_constraints = OFF")
    assert [line.partition(":")[0] for line in violations(sale.backend)] == ["stock was promised twice"]


def test_without_its_guard_stock_comes_back_twice_and_the_checker_sees_it(
    sale: SaleShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mutation three: a hold may end although it has ended."""
    guardless = "UPDATE sales_hold SET state = ?, ended_at = ? WHERE id IN ({ids}) RETURNING id"
    monkeypatch.setattr(hold_repository, "END_EACH", guardless)
    buyer = sale.guest()
    held = sale.held(buyer)
    sale.held(sale.guest())
    assert buyer.delete(f"/v1/holds/{held}").status_code == 204
    assert buyer.delete(f"/v1/holds/{held}").status_code == 204
    names = [line.partition(":")[0] for line in violations(sale.backend)]
    assert names == ["held stock is not what open holds hold", "a hold's stock came back more or less than once"]


def test_an_answer_recorded_twice_at_once_opens_one_order(sale: SaleShop) -> None:
    """The web process and the webhook bring the same news together."""
    buyer = sale.guest()
    sale.pay(buyer, [sale.held(buyer)], "tok_second_step")
    payment_id = sale.backend.rows("SELECT id FROM sales_payment")[0][0]
    captured = PaymentEvent(id="evt_1", payment_id=payment_id, kind=EventKind.CAPTURED, amount_minor=2990, at=START)
    again = PaymentEvent(id="evt_2", payment_id=payment_id, kind=EventKind.AUTHORISED, amount_minor=2990, at=START)
    for events in ((captured,), (captured, again), (again, captured)):
        sale.backend.run(sales.RecordPayment(provider="test", payment_id=payment_id, events=events))
    assert (sale.count("sales_order"), sale.stock()) == (1, (5, 0, 1))
    assert violations(sale.backend) == []
