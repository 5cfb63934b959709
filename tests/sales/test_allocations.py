"""Units that only a show's buyers can have: set by the seller, drawn first, given back to the show while it lasts."""

import pytest

from shopcast import sales, shows
from shopcast.accounts import Role
from shopcast.kernel.errors import Refused
from shopcast.kernel.principal import Principal
from tests.factories import guest, person
from tests.sales.dropping import allocate, pass_time
from tests.sales.invariants import violations
from tests.sales.support import SaleShop


def _stock(sale: SaleShop) -> tuple[int, int, int, int]:
    """on hand, held, sold, set aside"""
    columns = "on_hand, held, sold, set_aside"
    row = sale.backend.rows(f"SELECT {columns} FROM catalog_stock WHERE variant_id = ?", sale.variants[0])[0]
    return row[0], row[1], row[2], row[3]


def _left(sale: SaleShop) -> int:
    rows = sale.backend.rows('SELECT "left" FROM catalog_set_aside')
    return int(rows[0][0]) if rows else 0


def _elsewhere(sale: SaleShop, quantity: int = 1) -> int:
    """From the product list, not the show."""
    return sale.hold(sale.guest(), show_id=None, item_id=None, quantity=quantity).status_code


def test_nobody_else_can_buy_what_is_set_aside(sale: SaleShop) -> None:
    assert allocate(sale, 4).status_code == 200
    assert _stock(sale) == (5, 0, 0, 4)
    assert _elsewhere(sale, 2) == 409
    assert _elsewhere(sale, 1) == 201
    assert _elsewhere(sale, 1) == 409
    for _ in range(4):
        sale.held(sale.guest())
    assert (_stock(sale), _left(sale)) == ((5, 5, 0, 0), 0)
    assert violations(sale.backend) == []


def test_the_shows_units_go_first_then_everybodys(sale: SaleShop) -> None:
    allocate(sale, 2)
    held = sale.held(sale.guest(), quantity=3)
    assert (_stock(sale), _left(sale)) == ((5, 3, 0, 0), 0)
    assert sale.backend.rows("SELECT allocation_taken FROM sales_hold WHERE id = ?", held) == [(2,)]
    # Two more than the show has are free for everybody, so six are not.
    answer = sale.hold(sale.guest(), quantity=3)
    assert (answer.status_code, answer.json()["params"]["left"]) == (409, 2)
    assert (_stock(sale), _left(sale)) == ((5, 3, 0, 0), 0)
    assert violations(sale.backend) == []


def test_a_refused_hold_puts_back_what_it_drew(sale: SaleShop) -> None:
    allocate(sale, 2)
    assert _elsewhere(sale, 3) == 201
    answer = sale.hold(sale.guest(), quantity=3)
    assert (answer.status_code, answer.json()["params"]["left"]) == (409, 2)
    assert (_stock(sale), _left(sale)) == ((5, 3, 0, 2), 2)
    assert violations(sale.backend) == []


def test_released_units_return_to_the_show_while_it_lasts(sale: SaleShop) -> None:
    allocate(sale, 2)
    buyer, late = sale.guest(), sale.guest()
    first, second = sale.held(buyer, quantity=3), sale.held(late)
    assert (_stock(sale), _left(sale)) == ((5, 4, 0, 0), 0)
    assert buyer.delete(f"/v1/holds/{first}").status_code == 204
    assert (_stock(sale), _left(sale)) == ((5, 1, 0, 2), 2)
    again = sale.held(buyer)
    sale.backend.run(shows.EndShow(show_id=sale.show_id), sale.owner())
    sale.backend.drain()
    # What was left is everybody's now, and so is what comes back.
    assert _stock(sale) == (5, 2, 0, 0)
    assert buyer.delete(f"/v1/holds/{again}").status_code == 204
    assert late.delete(f"/v1/holds/{second}").status_code == 204
    assert (_stock(sale), _left(sale)) == ((5, 0, 0, 0), 0)
    assert _elsewhere(sale, 5) == 201
    assert violations(sale.backend) == []


def test_expired_holds_give_the_show_its_units_once(sale: SaleShop) -> None:
    allocate(sale, 2)
    buyer = sale.guest()
    held = sale.held(buyer, quantity=2)
    pass_time(sale, minutes=6)
    sale.sweep()
    buyer.delete(f"/v1/holds/{held}")
    assert (_stock(sale), _left(sale)) == ((5, 0, 0, 2), 2)
    assert violations(sale.backend) == []


def test_paid_units_are_sold_and_the_show_keeps_count(sale: SaleShop) -> None:
    allocate(sale, 2)
    sale.paid(sale.guest())
    listed = sale.seller.get(f"/v1/shows/{sale.show_id}/allocations").json()["items"]
    counts = [(one["allocated"], one["taken"], one["left"], one["left_in_stock"]) for one in listed]
    assert counts == [(2, 1, 1, 3)]
    # What buyers have can't be taken back.
    refused = allocate(sale, 0)
    assert (refused.status_code, refused.json()["code"]) == (409, "catalog.aside_in_use")
    assert allocate(sale, 1).status_code == 200
    assert (_stock(sale), _left(sale)) == ((5, 0, 1, 0), 0)
    assert allocate(sale, 6).json()["code"] == "catalog.sold_out"
    assert violations(sale.backend) == []


def test_the_host_may_lower_and_never_raise(sale: SaleShop) -> None:
    allocate(sale, 3)
    host = _member(sale, "host@example.com", "assistant")
    lines = (sales.AllocationLine(variant_id=sale.variants[0], quantity=2),)
    sale.backend.run(sales.SetAllocations(show_id=sale.show_id, lines=lines), person(host))
    assert _left(sale) == 2
    more = (sales.AllocationLine(variant_id=sale.variants[0], quantity=3),)
    for by, code in ((person(host), "sales.only_lower"), (guest("gst_x"), "unauthenticated")):
        command = sales.SetAllocations(show_id=sale.show_id, lines=more)
        assert _refused(sale, command, by) == code
    stranger = sale.shop.registered("oscar", organisation_name="Oscar's")
    assert _refused(sale, sales.SetAllocations(show_id=sale.show_id, lines=lines), person(stranger.person_id)) == (
        "forbidden"
    )
    assert stranger.get(f"/v1/shows/{sale.show_id}/allocations").status_code == 403
    assert sale.guest().get(f"/v1/shows/{sale.show_id}/allocations").status_code == 401
    assert _left(sale) == 2


def test_one_variant_named_twice_is_refused_whole(sale: SaleShop) -> None:
    """Medusa #16502 in another coat: two lines for the same stock, each checked against all of it."""
    line = {"variant_id": sale.variants[0], "quantity": 3}
    answer = sale.seller.request("PUT", f"/v1/shows/{sale.show_id}/allocations", json={"lines": [line, line]})
    assert answer.status_code == 422
    assert _stock(sale) == (5, 0, 0, 0)


def test_an_import_does_not_break_the_promise_to_a_show(sale: SaleShop) -> None:
    """The shop system says two are left; four are set aside: those stay, nobody else can buy."""
    allocate(sale, 4)
    product_id = sale.backend.rows("SELECT product_id FROM catalog_variant WHERE id = ?", sale.variants[0])[0][0]
    answer = sale.seller.patch(f"/v1/products/{product_id}/variants/{sale.variants[0]}", {"on_hand": 3})
    assert answer.status_code in (404, 409)
    raw = sale.backend.raw
    assert raw.execute("SELECT set_aside FROM catalog_stock WHERE variant_id = ?", (sale.variants[0],)).fetchone() == (
        4,
    )


def _member(sale: SaleShop, email: str, role: Role) -> str:
    """Somebody who works on the shows without deciding about stock."""
    visitor = sale.shop.registered("helga", email=email)
    raw = sale.backend.raw
    columns = sale.backend.columns("accounts_member")
    stored = raw.execute(f"SELECT {', '.join(columns)} FROM accounts_member LIMIT 1").fetchone()
    row = dict(zip(columns, stored, strict=True))
    row.update({"person_id": visitor.person_id, "role": role, "organisation_id": sale.organisation_id})
    if "id" in row:
        row["id"] = f"{row['id'][:-4]}HLGA"
    marks = ", ".join("?" * len(row))
    raw.execute(f"INSERT INTO accounts_member ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
    return visitor.person_id


def _refused(sale: SaleShop, command: sales.SetAllocations, by: Principal) -> str:
    with pytest.raises(Refused) as caught:
        sale.backend.run(command, by)
    return caught.value.code
