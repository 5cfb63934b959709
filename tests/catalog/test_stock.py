"""Stock: never oversold, by rule, by race, and by the CHECK behind the rule."""

import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy.exc import IntegrityError

from shopcast import accounts, catalog
from shopcast.catalog import stock_left
from shopcast.catalog.stock.repository import HOLD
from shopcast.kernel.errors import ActionFailed
from tests.factories import make_backend, refused
from tests.factories.raw import unchecked
from tests.factories.stock_verbs import STOCK_VERBS, Claim, Hold, Release, Return
from tests.factories.tenancy import Shop, Visitor


def variants(seller: Visitor, *on_hand: int) -> list[str]:
    body = {
        "title": "Mug",
        "options": ["Size"],
        "variants": [
            {"option_values": [f"S{index}"], "price_minor": 1250, "on_hand": number}
            for index, number in enumerate(on_hand)
        ],
    }
    answer = seller.post(f"/v1/organisations/{seller.organisation_id}/products", body)
    assert answer.status_code == 201, answer.text
    return [variant["id"] for variant in answer.json()["variants"]]


def stored(shop: Shop) -> list[tuple[Any, ...]]:
    return shop.backend.rows("SELECT on_hand, held, sold FROM catalog_stock ORDER BY variant_id")


def test_units_are_held_claimed_released_and_returned(shop: Shop) -> None:
    [mug] = variants(shop.registered("anna"), 5)
    shop.backend.run(Hold(demand={mug: 4}))
    assert stored(shop) == [(5, 4, 0)]
    shop.backend.run(Claim(demand={mug: 3}))
    assert stored(shop) == [(5, 1, 3)]
    shop.backend.run(Release(demand={mug: 1}))
    assert stored(shop) == [(5, 0, 3)]
    shop.backend.run(Return(demand={mug: 2}))
    assert stored(shop) == [(5, 0, 1)]
    assert shop.backend.read(stock_left, [mug, "var_unknown"]) == {mug: 4}


def test_sold_out_names_the_variant_and_holds_none_of_the_others(shop: Shop) -> None:
    first, second = variants(shop.registered("anna"), 5, 1)
    with refused("catalog.sold_out", variant_id=second, left=1):
        shop.backend.run(Hold(demand={first: 1, second: 2}))
    assert stored(shop) == [(5, 0, 0), (1, 0, 0)]
    with refused("catalog.sold_out", variant_id="var_unknown", left=0):
        shop.backend.run(Hold(demand={"var_unknown": 1}))


@pytest.mark.parametrize("quantity", [0, -1])
def test_quantities_are_positive(shop: Shop, quantity: int) -> None:
    [mug] = variants(shop.registered("anna"), 5)
    with pytest.raises(ActionFailed):
        shop.backend.run(Hold(demand={mug: quantity}))
    assert stored(shop) == [(5, 0, 0)]


@pytest.mark.parametrize("verb", [Claim, Release, Return])
def test_giving_back_more_than_there_is_is_a_bug_and_changes_nothing(shop: Shop, verb: Any) -> None:
    [mug] = variants(shop.registered("anna"), 5)
    shop.backend.run(Hold(demand={mug: 1}))
    with pytest.raises(ActionFailed):
        shop.backend.run(verb(demand={mug: 2}))
    assert stored(shop) == [(5, 1, 0)]


def test_the_seller_cannot_take_away_what_is_promised(shop: Shop) -> None:
    seller = shop.registered("anna")
    [mug] = variants(seller, 5)
    shop.backend.run(Hold(demand={mug: 3}))
    answer = seller.patch(f"/v1/variants/{mug}", {"on_hand": 2})
    assert (answer.status_code, answer.json()["code"]) == (409, "catalog.stock_below_promised")
    assert answer.json()["params"] == {"promised": 3}
    assert seller.patch(f"/v1/variants/{mug}", {"on_hand": 3}).json()["left"] == 0
    assert seller.patch(f"/v1/variants/{mug}", {"left": 4}).json()["on_hand"] == 7
    for body in ({"on_hand": -1}, {"left": -1}, {"left": 10**9 + 1}, {"left": 1, "on_hand": 1}):
        assert seller.patch(f"/v1/variants/{mug}", body).status_code == 422
    assert stored(shop) == [(7, 3, 0)]


def test_thirty_buyers_race_for_the_last_three(shop: Shop) -> None:
    """Thirty connections of their own, as processes would have, each with the very statement."""
    [mug] = variants(shop.registered("anna"), 3)
    start = threading.Barrier(30)
    won: list[int] = []

    def buy() -> None:
        connection = shop.backend.raw.another()
        connection.execute("SELECT 1")
        start.wait()
        won.append(connection.execute(HOLD, {"variant_id": mug, "quantity": 1}).rowcount)
        connection.close()

    threads = [threading.Thread(target=buy) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [0] * 27 + [1] * 3
    assert stored(shop) == [(3, 3, 0)]


def test_without_its_condition_the_check_still_refuses(shop: Shop) -> None:
    """A mutation of the statement: were the WHERE ever lost, the table itself says no."""
    [mug] = variants(shop.registered("anna"), 1)
    careless = HOLD.split(" AND ")[0]
    assert careless != HOLD
    raw = shop.backend.raw
    assert raw.execute(careless, {"variant_id": mug, "quantity": 1}).rowcount == 1
    with pytest.raises(IntegrityError, match="never_oversold"):
        raw.execute(careless, {"variant_id": mug, "quantity": 1})
    assert stored(shop) == [(1, 1, 0)]


def test_without_condition_and_check_the_race_would_oversell(shop: Shop) -> None:
    """The other half of the mutation: the numbers of the race test do notice an oversale."""
    [mug] = variants(shop.registered("anna"), 3)
    careless = HOLD.split(" AND ")[0]
    raw = shop.backend.raw
    with unchecked(raw):
        won = [raw.execute(careless, {"variant_id": mug, "quantity": 1}).rowcount for _ in range(30)]
    assert sum(won) == 30
    assert stored(shop) == [(3, 30, 0)]


class StockMachine(RuleBasedStateMachine):
    """Any sequence of verbs over two variants, beside a model that can't oversell."""

    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.backend = make_backend(
            self.folder / str(id(self)), actions=[*accounts.ACTIONS, *catalog.ACTIONS, *STOCK_VERBS]
        )
        organisation_id = self.backend.run(
            accounts.RegisterPerson(
                email="a@example.com",
                password_hash="x",
                display_name="A",
                language="en",
                account="seller",
                country="DE",
                currency="EUR",
            )
        ).organisation_id
        product = self.backend.run(
            catalog.CreateProduct(
                organisation_id=organisation_id,
                title="Mug",
                options=["Size"],
                variants=[catalog.VariantDraft(option_values=[name], price_minor=1, on_hand=4) for name in ("S", "M")],
            )
        )
        self.ids = [variant.id for variant in self.backend.read(catalog.variants_of, [product.id])[product.id]]
        self.model = {variant_id: [4, 0, 0] for variant_id in self.ids}

    @rule(first=st.integers(0, 4), second=st.integers(0, 4))
    def hold(self, first: int, second: int) -> None:
        demand = {id: number for id, number in zip(self.ids, (first, second), strict=True) if number}
        fits = all(sum(self.model[id][1:]) + number <= self.model[id][0] for id, number in demand.items())
        if not fits:
            with refused("catalog.sold_out"):
                self.backend.run(Hold(demand=demand))
            return
        self.backend.run(Hold(demand=demand))
        for id, number in demand.items():
            self.model[id][1] += number

    @rule(which=st.integers(0, 1), quantity=st.integers(1, 3), verb=st.sampled_from([Claim, Release, Return]))
    def move(self, which: int, quantity: int, verb: Any) -> None:
        id = self.ids[which]
        _, held, sold = self.model[id]
        possible = quantity <= (sold if verb is Return else held)
        if not possible:
            with pytest.raises(ActionFailed):
                self.backend.run(verb(demand={id: quantity}))
            return
        self.backend.run(verb(demand={id: quantity}))
        change = {Claim: (-quantity, quantity), Release: (-quantity, 0), Return: (0, -quantity)}[verb]
        self.model[id][1] += change[0]
        self.model[id][2] += change[1]

    @rule(which=st.integers(0, 1), on_hand=st.integers(0, 8))
    def restock(self, which: int, on_hand: int) -> None:
        id = self.ids[which]
        promised = sum(self.model[id][1:])
        if on_hand < promised:
            with refused("catalog.stock_below_promised", promised=promised):
                self.backend.run(catalog.ChangeVariant(variant_id=id, on_hand=on_hand))
            return
        self.backend.run(catalog.ChangeVariant(variant_id=id, on_hand=on_hand))
        self.model[id][0] = on_hand

    @invariant()
    def what_is_stored_is_the_model_and_never_oversold(self) -> None:
        rows = self.backend.rows("SELECT variant_id, on_hand, held, sold FROM catalog_stock")
        assert {row[0]: list(row[1:]) for row in rows} == self.model
        assert all(held + sold <= on_hand for _, on_hand, held, sold in rows)

    def teardown(self) -> None:
        self.backend.close()


def test_no_sequence_of_verbs_oversells(tmp_path: Path) -> None:
    class Machine(StockMachine):
        folder = tmp_path

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
