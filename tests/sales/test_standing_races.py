"""Many workers at one queue, and people changing their mind in that instant: over real sockets, through the writer."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from shopcast.catalog import ChangeVariant
from shopcast.kernel.actions import Command
from shopcast.kernel.errors import Refused
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.sales.mandates.give_mandate import RevokeMandate
from shopcast.sales.standing.buy_standing import BuyStanding, GiveUpBuying
from shopcast.sales.standing.end_standing import CancelStanding
from shopcast.sales.standing.serve_variant import ServeVariant
from tests.factories import person
from tests.sales.plans import Plans, keyed
from tests.sales.racing import Arena, arena
from tests.sales.support import SaleShop

# The clients' clock is the real one: nobody's time is over by it.
IN_TIME = (
    "UPDATE sales_standing_order SET until = until + 31536000000000 * 50",
    "UPDATE sales_mandate SET expires_at = expires_at + 31536000000000 * 50",
)


def race(opened: Arena, commands: Sequence[tuple[Command, Principal]]) -> list[object]:
    """All at once; the answers, or the codes of refusals."""
    keys = [new_id("key") if opened.registry.spec_of(one).moves_stock_or_money else None for one, _ in commands]
    calls = [(command, by, key) for (command, by), key in zip(commands, keys, strict=True)]
    return [one.code if isinstance(one, Refused) else one for one in asyncio.run(opened.race(calls))]


def test_one_comes_back_and_fifty_wait_while_ten_workers_serve(sale: SaleShop, tmp_path: Path) -> None:
    plans = Plans(sale)
    plans.left(0, 1)
    for number in range(50):
        wish = plans.wish(1, kind="restock", with_mandate=False, max_price_minor=None)
        body = {"wish": wish, "email": f"g{number}@example.com"}
        assert sale.guest().post("/v1/standing-orders", body, headers=keyed()).status_code == 201
        sale.backend.advance(seconds=1)
    variant_id = sale.variants[1]
    with arena(sale.backend, tmp_path, prepared=IN_TIME) as opened:
        restock = ChangeVariant(variant_id=variant_id, left=1)
        serve: list[tuple[Command, Principal]] = [(ServeVariant(variant_id=variant_id), SYSTEM)] * 10
        answers = race(opened, [(restock, sale.owner()), *serve])
        # The stock may have come after some of them had looked.
        race(opened, serve)
        assert [answer for answer in answers[1:] if answer not in (0, 1)] == []
        taken = opened.rows("SELECT state FROM sales_standing_order ORDER BY placed_at, id")
        assert taken == [("taken",)] + [("waiting",)] * 49
        stock = opened.rows(f"SELECT on_hand, held, sold FROM catalog_stock WHERE variant_id = '{variant_id}'")
        assert stock == [(1, 1, 0)]
        assert opened.rows("SELECT count(*) FROM sales_hold WHERE state = 'held'") == [(1,)]


def test_taken_back_or_cancelled_in_the_very_instant_it_is_bought(sale: SaleShop, tmp_path: Path) -> None:
    """Whoever is first wins: charged within the cap, or not at all; the piece is sold at most once, or free again."""
    plans = Plans(sale)
    people = [plans.shopper(f"p{number}") for number in range(6)]
    placed = []
    for visitor in people:
        standing_id = plans.placed(visitor, plans.wish(0))
        placed.append((visitor, standing_id, str(plans.standing(visitor, standing_id)["mandate_id"])))
        sale.backend.advance(seconds=1)
    with arena(sale.backend, tmp_path, prepared=IN_TIME) as opened:
        cheap = ChangeVariant(variant_id=sale.variants[0], price_minor=2000)
        race(opened, [(cheap, sale.owner())])
        race(opened, [(ServeVariant(variant_id=sale.variants[0]), SYSTEM)])
        assert opened.rows("SELECT count(*) FROM sales_standing_order WHERE state = 'taken'") == [(5,)]
        commands: list[tuple[Command, Principal]] = []
        for visitor, standing_id, mandate_id in placed:
            by = person(visitor.person_id)
            commands += [
                (BuyStanding(standing_id=standing_id), SYSTEM),
                (RevokeMandate(mandate_id=mandate_id), by),
                (BuyStanding(standing_id=standing_id), SYSTEM),
                (CancelStanding(standing_id=standing_id), by),
            ]
        answers = race(opened, commands)
        assert set(answers) <= {None, "sales.mandate_over", "sales.being_bought"}, answers
        give_up = [(GiveUpBuying(standing_id=one, code="sales.mandate_over"), SYSTEM) for _, one, _ in placed]
        race(opened, give_up)
        # One payment per wish at the most, each covered by what its permission has set aside.
        doubled = "SELECT checkout_id FROM sales_payment GROUP BY checkout_id HAVING count(*) > 1"
        assert opened.rows(doubled) == []
        uncovered = (
            "SELECT s.id FROM sales_standing_order s JOIN sales_mandate m ON m.id = s.mandate_id LEFT JOIN"
            " sales_payment p ON p.checkout_id = s.checkout_id WHERE COALESCE(p.amount_minor, 0) <> m.used_minor"
            " OR m.used_minor > s.cap_minor OR (p.id IS NULL) <> (s.checkout_id IS NULL)"
        )
        assert opened.rows(uncovered) == []
        held = opened.rows("SELECT COALESCE(SUM(quantity), 0) FROM sales_hold WHERE state = 'held'")
        stored = opened.rows(f"SELECT held FROM catalog_stock WHERE variant_id = '{sale.variants[0]}'")
        paying = opened.rows("SELECT count(*) FROM sales_standing_order WHERE state = 'taken'")
        assert held == stored == paying
