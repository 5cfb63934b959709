"""A mistyped price: the item stops at once, its orders are honoured or paid back in bulk, each once."""

from datetime import timedelta

import httpx

from shopcast.catalog.products.change_variant import ChangeVariant
from shopcast.kernel.ids import new_id
from tests.sales.after import bought
from tests.sales.invariants import violations
from tests.sales.support import SaleShop


def _path(sale: SaleShop, rest: str = "") -> str:
    return f"/v1/organisations/{sale.organisation_id}/price-mistakes{rest}"


def _span(sale: SaleShop) -> dict[str, str]:
    now = sale.backend.clock.now()
    return {"from_at": (now - timedelta(minutes=5)).isoformat(), "to_at": (now + timedelta(minutes=1)).isoformat()}


def _correct(sale: SaleShop, remedy: str, **changes: object) -> httpx.Response:
    body = {
        "show_id": sale.show_id,
        "item_id": sale.items[0],
        "variant_id": sale.variants[0],
        "wrong_price_minor": 250,
        "remedy": remedy,
        **_span(sale),
        **changes,
    }
    return sale.seller.post(_path(sale), body, headers={"Idempotency-Key": new_id("key")})


def _wrong_price(sale: SaleShop) -> None:
    sale.backend.run(ChangeVariant(variant_id=sale.variants[0], price_minor=250), sale.owner())


def test_the_orders_of_a_wrong_price_are_paid_back_in_bulk(sale: SaleShop) -> None:
    right = bought(sale, (0, 1))
    _wrong_price(sale)
    first, second = bought(sale, (0, 1), (2, 1)), bought(sale, (0, 2))
    sale.run_jobs()
    span = _span(sale)
    preview = sale.seller.get(
        _path(sale, "/affected"),
        params={"variant_id": sale.variants[0], "wrong_price_minor": 250, "show_id": sale.show_id, **span},
    ).json()
    assert [row["order_id"] for row in preview["items"]] == [first.order_id, second.order_id]
    assert (preview["orders"], preview["units"], preview["paid"]["amount_minor"]) == (2, 3, 750)
    run = _correct(sale, "refund")
    assert run.status_code == 201, run.text
    assert (run.json()["state"], run.json()["orders"], run.json()["item_stopped"]) == ("waiting", 2, True)
    assert sale.hold(sale.guest(), 0).json()["code"] == "sales.not_for_sale"
    assert _correct(sale, "honour").json()["code"] == "sales.mistake_underway"
    sale.run_jobs()
    assert sale.seller.get(_path(sale, f"/{run.json()['id']}")).json()["state"] == "waiting"
    sale.shop.mail.sent.clear()
    sale.backend.advance(seconds=61)
    sale.run_jobs()
    done = sale.seller.get(_path(sale, f"/{run.json()['id']}")).json()
    assert (done["state"], done["settled"], done["skipped"]) == ("done", 2, 0)
    sale.run_jobs()
    assert (right.refunded, first.refunded, second.refunded) == (0, 250, second.total)
    assert (first.state, second.state) == ("paid", "cancelled")
    assert sale.stock(0) == (5, 0, 1)
    told = [mail.subject for mail in sale.shop.mail.sent if "wrong price" in mail.subject]
    assert len(told) == 2
    assert violations(sale.backend) == []
    assert sale.seller.post(_path(sale, f"/{done['id']}/undo")).json()["code"] == "sales.too_late_to_undo"


def test_honouring_only_tells_and_what_was_sent_is_kept(sale: SaleShop) -> None:
    _wrong_price(sale)
    kept, sent = bought(sale, (0, 1)), bought(sale, (0, 1))
    sent.ship()
    run = _correct(sale, "honour", stop_item=False).json()
    sale.backend.advance(seconds=61)
    sale.run_jobs()
    assert sale.seller.get(_path(sale, f"/{run['id']}")).json()["settled"] == 2
    assert (kept.refunded, sent.refunded, sale.count("sales_refund")) == (0, 0, 0)
    assert sale.hold(sale.guest(), 0).status_code == 201


def test_what_was_sent_can_not_be_cancelled_any_more(sale: SaleShop) -> None:
    _wrong_price(sale)
    sent = bought(sale, (0, 1))
    sent.ship()
    run = _correct(sale, "refund").json()
    sale.backend.advance(seconds=61)
    sale.run_jobs()
    done = sale.seller.get(_path(sale, f"/{run['id']}")).json()
    assert (done["settled"], done["skipped"], sent.refunded) == (0, 1, 0)


def test_it_can_be_undone_before_it_starts(sale: SaleShop) -> None:
    _wrong_price(sale)
    order = bought(sale, (0, 1))
    run = _correct(sale, "refund").json()
    undone = sale.seller.post(_path(sale, f"/{run['id']}/undo")).json()
    assert undone["state"] == "undone"
    sale.backend.advance(seconds=61)
    sale.run_jobs()
    assert (order.state, order.refunded) == ("paid", 0)
    assert sale.hold(sale.guest(), 0).status_code == 201
    assert _correct(sale, "refund").status_code == 201


def test_who_still_holds_it_at_that_price_is_waited_for(sale: SaleShop) -> None:
    _wrong_price(sale)
    bought(sale, (0, 1))
    late_buyer = sale.guest()
    late = sale.held(late_buyer, 0)
    run = _correct(sale, "refund").json()
    sale.backend.advance(seconds=61)
    sale.run_jobs()
    assert sale.seller.get(_path(sale, f"/{run['id']}")).json()["state"] == "running"
    paid = sale.pay(late_buyer, [late]).json()
    assert paid["state"] == "paid"
    sale.backend.advance(seconds=61)
    sale.run_jobs()
    sale.backend.advance(seconds=61)
    sale.run_jobs()
    done = sale.seller.get(_path(sale, f"/{run['id']}")).json()
    assert (done["state"], done["settled"]) == ("done", 2)
    sale.run_jobs()
    assert sale.backend.rows("SELECT state FROM sales_order WHERE id = ?", paid["order_id"]) == [("cancelled",)]
    assert violations(sale.backend) == []


def test_spans_and_prices_that_can_not_be_are_refused(sale: SaleShop) -> None:
    now = sale.backend.clock.now()
    for from_at, to_at in (
        (now, now),
        (now - timedelta(days=8), now),
        (now, now + timedelta(hours=1)),
    ):
        refused = _correct(sale, "refund", from_at=from_at.isoformat(), to_at=to_at.isoformat())
        assert refused.status_code == 422
    assert _correct(sale, "refund", variant_id="var_unknown").status_code == 404
    assert sale.count("sales_price_mistake") == 0
