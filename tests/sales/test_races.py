"""Many buyers, few goods: over real sockets through the writer's process; and proof that the proofs would notice."""

from collections import Counter
from collections.abc import Iterator, Sequence

import pytest

from shopcast import sales
from shopcast.backends.calls import Request
from shopcast.catalog.stock import repository as stock_repository
from shopcast.kernel.errors import ActionFailed, Refused, ShopcastError
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.sales import EventKind, PaymentEvent
from shopcast.sales.holds import repository as hold_repository
from tests.factories import START, guest
from tests.sales.invariants import violations
from tests.sales.racing import Arena, arena
from tests.sales.support import SaleShop, Template


def _hold(sale: SaleShop, variant: int = 0, quantity: int = 1) -> sales.PlaceHold:
    return sales.PlaceHold(
        show_id=sale.show_id,
        item_id=sale.items[0 if variant < 2 else 1],
        variant_id=sale.variants[variant],
        quantity=quantity,
        source=sales.Source.LIVE,
    )


@pytest.fixture(scope="module")
def racing(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    template.put_back()
    with arena(template.sale.backend, tmp_path_factory.mktemp("race")) as opened:
        yield opened


@pytest.fixture
def writer(racing: Arena) -> Arena:
    """As if nobody had bought anything yet."""
    racing.execute("DELETE FROM sales_hold")
    racing.execute(
        "UPDATE catalog_stock SET held = 0, sold = 0, on_hand = CASE WHEN on_hand > 5 THEN 5 ELSE on_hand END"
    )
    return racing


async def _race(arena: Arena, commands: Sequence[tuple[sales.PlaceHold, Principal, str]]) -> Counter[str]:
    """All at once; how often each answer was given."""
    given = await arena.race(commands)
    answers = [answer.code if isinstance(answer, Refused) else f"held {answer.id}" for answer in given]
    return Counter(answer.partition(" ")[0] if answer.startswith("held") else answer for answer in _holds_once(answers))


def _holds_once(answers: Sequence[str]) -> list[str]:
    """A hold answered twice (the same key sent twice) counts once; refusals count each."""
    return [*{answer for answer in answers if answer.startswith("held")}, *(a for a in answers if a[:4] != "held")]


async def test_two_hundred_buyers_for_the_last_five(writer: Arena, template: Template) -> None:
    sale = template.sale
    commands = [(_hold(sale), guest(f"gst_{number:04d}"), new_id("key")) for number in range(200)]
    answers = await _race(writer, commands)
    assert answers == {"held": 5, "catalog.sold_out": 195}
    stock = writer.rows(f"SELECT on_hand, held, sold FROM catalog_stock WHERE variant_id = '{sale.variants[0]}'")
    assert stock == [(5, 5, 0)]
    assert writer.rows("SELECT count(*), count(DISTINCT buyer_key) FROM sales_hold WHERE state = 'held'") == [(5, 5)]


async def test_quantities_and_variants_race_without_deadlock_or_oversell(writer: Arena, template: Template) -> None:
    sale = template.sale
    commands = [
        (_hold(sale, number % 3, 1 + number % 2), guest(f"gst_{number:04d}"), new_id("key")) for number in range(180)
    ]
    await _race(writer, commands)
    # Five, one and three there were; whatever is left is less than what was asked for last.
    rows = writer.rows("SELECT on_hand, held, sold FROM catalog_stock ORDER BY variant_id")
    assert all(held + sold <= on_hand for on_hand, held, sold in rows)  # type: ignore[operator]
    held = writer.rows("SELECT variant_id, SUM(quantity) FROM sales_hold WHERE state = 'held' GROUP BY variant_id")
    stored = writer.rows("SELECT variant_id, held FROM catalog_stock WHERE held > 0")
    assert sorted(held) == sorted(stored)
    assert [row[1] for row in rows] == [5, 1, 3]


async def test_one_tap_sent_many_times_holds_once(writer: Arena, template: Template) -> None:
    sale, key = template.sale, new_id("key")
    answers = await _race(writer, [(_hold(sale), guest("gst_eager"), key)] * 30)
    assert answers == {"held": 1}
    assert writer.rows("SELECT count(*) FROM sales_hold") == [(1,)]


async def test_one_buyer_racing_alone_stays_within_the_limit(writer: Arena, template: Template) -> None:
    sale = template.sale
    writer.execute("UPDATE catalog_stock SET on_hand = 1000 WHERE variant_id = ?", sale.variants[0])
    answers = await _race(writer, [(_hold(sale), guest("gst_greedy"), new_id("key")) for _ in range(60)])
    assert answers == {"held": 20, "sales.too_many_holds": 40}


def test_a_batch_gives_each_command_its_own_answer(sale: SaleShop) -> None:
    """Refusals among holds of one batch leave no trace; what was held stays."""
    commands = [(_hold(sale, 1), guest(f"gst_{number}")) for number in range(3)]
    commands.insert(1, (_hold(sale, 0, 99), guest("gst_odd")))
    commands.append((_hold(sale, 0), SYSTEM))
    spec = sale.backend.registry.spec_of(commands[0][0])
    requests = [Request(spec, command, by, new_id("key")) for command, by in commands]
    sale.backend.together(requests)
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
    sale.backend.raw.ignore_checks(True)
    try:
        for number in range(2):
            sale.backend.run(_hold(sale, 1), guest(f"gst_{number}"))
    finally:
        sale.backend.raw.ignore_checks(False)
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
