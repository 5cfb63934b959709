"""Counting promotions as used, giving them back, settling: exactly once, never beyond a limit, whatever the order."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopcast.kernel.errors import ActionFailed, Refused
from shopcast.sales.pricing.model import Needs
from shopcast.sales.promotions import repository
from shopcast.sales.promotions.claim_coupon import ClaimCoupon
from shopcast.sales.promotions.errors import CouponLimitReached
from shopcast.sales.promotions.redeem import redeem
from tests.factories import START, TestBackend, guest, make_backend, refused
from tests.sales import promotion_writer as writer
from tests.sales.promotion_writer import (
    ACTIONS,
    GiveBack,
    Pause,
    PutPromotion,
    Redeem,
    Settle,
    promotion_violations,
)

BEN = ("buyer:gst_ben", "email:1234")


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[TestBackend]:
    made = make_backend(tmp_path, actions=ACTIONS)
    yield made
    made.close()


def used(backend: TestBackend, id: str = "p") -> int:
    return int(backend.rows("SELECT used FROM sales_promotion WHERE id = ?", id)[0][0])


def states(backend: TestBackend) -> list[tuple[object, ...]]:
    return backend.rows("SELECT checkout_id, promotion_id, state FROM sales_promotion_redemption ORDER BY 1, 2")


def pay(backend: TestBackend, checkout_id: str, *promotions: str, **changes: object) -> None:
    backend.run(Redeem(checkout_id=checkout_id, promotions=promotions, **changes))  # type: ignore[arg-type]


def test_the_last_coupon_is_for_one(backend: TestBackend) -> None:
    backend.run(PutPromotion(id="p", usage_limit=2))
    pay(backend, "c1", "p")
    pay(backend, "c2", "p")
    with refused("sales.coupon_gone", promotion_id="p", label="Offer p", reason="used_up"):
        pay(backend, "c3", "p")
    assert (used(backend), len(states(backend))) == (2, 2)
    assert promotion_violations(backend) == []


def test_one_checkout_counts_once(backend: TestBackend) -> None:
    """Several adjustments of one promotion, and the same payment begun again."""
    backend.run(PutPromotion(id="p", usage_limit=1, per_customer_limit=1, code="SAVE", code_limit=1))
    for _ in range(3):
        pay(backend, "c1", "p", codes={"p": "SAVE"}, identities=BEN)
    assert states(backend) == [("c1", "p", "reserved")]
    assert backend.rows("SELECT amount_minor, code, version FROM sales_promotion_redemption") == [(100, "SAVE", 1)]
    assert promotion_violations(backend) == []


def test_a_failed_payment_gives_back_once_and_can_be_tried_again(backend: TestBackend) -> None:
    backend.run(PutPromotion(id="p", usage_limit=1, per_customer_limit=1, code="SAVE", code_limit=1))
    pay(backend, "c1", "p", codes={"p": "SAVE"}, identities=BEN)
    for _ in range(3):
        backend.run(GiveBack(checkout_id="c1"))
        assert (used(backend), promotion_violations(backend)) == (0, [])
    pay(backend, "c1", "p", codes={"p": "SAVE"}, identities=BEN)
    assert (used(backend), states(backend)) == (1, [("c1", "p", "reserved")])
    assert promotion_violations(backend) == []


def test_a_settled_one_is_given_back_by_cancelling_and_then_is_over(backend: TestBackend) -> None:
    backend.run(PutPromotion(id="p", usage_limit=1))
    pay(backend, "c1", "p")
    for _ in range(2):
        backend.run(Settle(checkout_id="c1"))
    assert states(backend) == [("c1", "p", "settled")]
    for _ in range(2):
        backend.run(GiveBack(checkout_id="c1"))
    assert (used(backend), states(backend)) == (0, [("c1", "p", "returned")])
    # Late news of the same payment takes nothing again.
    backend.run(Settle(checkout_id="c1"))
    pay(backend, "c1", "p")
    assert (used(backend), states(backend)) == (0, [("c1", "p", "returned")])


def test_money_that_comes_after_all_takes_the_coupon_again(backend: TestBackend) -> None:
    backend.run(PutPromotion(id="p", usage_limit=1, per_customer_limit=1))
    pay(backend, "c1", "p", identities=BEN)
    backend.run(GiveBack(checkout_id="c1"))
    backend.run(Settle(checkout_id="c1"))
    assert (used(backend), states(backend)) == (1, [("c1", "p", "settled")])
    assert promotion_violations(backend) == []


def test_money_that_comes_too_late_for_the_coupon_is_told(backend: TestBackend) -> None:
    backend.run(PutPromotion(id="a"))
    backend.run(PutPromotion(id="p", usage_limit=1))
    pay(backend, "c1", "a", "p")
    backend.run(GiveBack(checkout_id="c1"))
    pay(backend, "c2", "p")
    with refused("sales.coupon_gone", promotion_id="p"):
        backend.run(Settle(checkout_id="c1"))
    assert states(backend) == [("c1", "a", "given_back"), ("c1", "p", "given_back"), ("c2", "p", "reserved")]
    assert (used(backend, "a"), promotion_violations(backend)) == (0, [])


def test_all_or_none_of_a_cart(backend: TestBackend) -> None:
    """The second promotion is gone, so the first is not counted either, nor its customer."""
    backend.run(PutPromotion(id="a", per_customer_limit=1, code="AAA", code_limit=1))
    backend.run(PutPromotion(id="b", usage_limit=1))
    pay(backend, "c1", "b")
    with refused("sales.coupon_gone", promotion_id="b"):
        pay(backend, "c2", "a", "b", codes={"a": "AAA"}, identities=BEN)
    assert states(backend) == [("c1", "b", "reserved")]
    assert backend.rows("SELECT used FROM sales_promotion_code") == [(0,)]
    assert backend.rows("SELECT used FROM sales_promotion_customer WHERE used > 0") == []


def test_a_refusal_that_is_caught_has_changed_nothing(backend: TestBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the transaction's help: the caller may go on in it."""
    backend.run(PutPromotion(id="a", usage_limit=5, code="AAA", code_limit=1))
    backend.run(PutPromotion(id="b", per_customer_limit=1))
    pay(backend, "c1", "b", identities=BEN)
    before = backend.rows("SELECT id, used FROM sales_promotion ORDER BY id")
    caught = []
    real = redeem

    def catching(*arguments: object) -> None:
        try:
            real(*arguments)  # type: ignore[arg-type]
        except CouponLimitReached as refusal:
            caught.append(refusal.code)

    monkeypatch.setattr(writer, "redeem", catching)
    pay(backend, "c2", "a", "b", codes={"a": "AAA"}, identities=("email:1234", "address:9"))
    assert caught == ["sales.coupon_limit_reached"]
    assert backend.rows("SELECT id, used FROM sales_promotion ORDER BY id") == before
    assert states(backend) == [("c1", "b", "reserved")]
    assert promotion_violations(backend) == []


def test_every_name_of_a_customer_counts(backend: TestBackend) -> None:
    """A new account with the same mail, or a new mail with the same address, is the same customer."""
    backend.run(PutPromotion(id="p", per_customer_limit=1))
    pay(backend, "c1", "p", identities=("buyer:1", "email:1", "address:1", "card:1"))
    for shared in ("buyer:1", "email:1", "address:1", "card:1"):
        others = ("buyer:2", "email:2", "address:2")
        with refused("sales.coupon_limit_reached", limit=1, label="Offer p"):
            pay(backend, "c2", "p", identities=(*others, shared))
    pay(backend, "c2", "p", identities=("buyer:2", "email:2", "address:2", "card:2"))
    assert (used(backend), promotion_violations(backend)) == (2, [])


def test_what_is_paused_or_over_is_gone_but_what_is_reserved_stays(backend: TestBackend) -> None:
    backend.run(PutPromotion(id="p"))
    backend.run(PutPromotion(id="q", ends_at=START + timedelta(minutes=5)))
    pay(backend, "c1", "p", "q")
    backend.run(Pause(id="p"))
    backend.advance(minutes=5)
    with refused("sales.coupon_gone", reason="not_active"):
        pay(backend, "c2", "p")
    with refused("sales.coupon_gone", reason="expired"):
        pay(backend, "c2", "q")
    backend.run(Settle(checkout_id="c1"))
    assert states(backend) == [("c1", "p", "settled"), ("c1", "q", "settled")]


def test_what_the_cart_no_longer_uses_is_given_back(backend: TestBackend) -> None:
    for id in ("a", "b"):
        backend.run(PutPromotion(id=id, usage_limit=1))
    pay(backend, "c1", "a")
    pay(backend, "c1", "b")
    assert states(backend) == [("c1", "a", "given_back"), ("c1", "b", "reserved")]
    assert (used(backend, "a"), used(backend, "b"), promotion_violations(backend)) == (0, 1, [])


def test_a_gift_counts_as_a_use(backend: TestBackend) -> None:
    backend.run(PutPromotion(id="g", usage_limit=1))
    pay(backend, "c1", gifts=("g",))
    assert backend.rows("SELECT promotion_id, amount_minor FROM sales_promotion_redemption") == [("g", 0)]
    with refused("sales.coupon_gone"):
        pay(backend, "c2", gifts=("g",))


def test_one_sellers_cancelled_order_gives_back_that_sellers(backend: TestBackend) -> None:
    backend.run(PutPromotion(id="p"))
    pay(backend, "c1", "p")
    backend.run(GiveBack(checkout_id="c1", organisation_id="org_2"))
    assert used(backend) == 1
    backend.run(GiveBack(checkout_id="c1", organisation_id="org_1"))
    assert used(backend) == 0


def test_what_lowered_two_sellers_goods_comes_back_with_the_second_cancellation(backend: TestBackend) -> None:
    backend.run(PutPromotion(id="p", usage_limit=1))
    pay(backend, "c1", "p", sellers=("org_1", "org_2"))
    backend.run(Settle(checkout_id="c1"))
    for _ in range(2):
        backend.run(GiveBack(checkout_id="c1", organisation_id="org_2"))
        assert (used(backend), states(backend)) == (1, [("c1", "p", "settled")])
    backend.run(GiveBack(checkout_id="c1", organisation_id="org_1"))
    assert (used(backend), states(backend)) == (0, [("c1", "p", "returned")])


def test_a_coupon_is_taken_once_and_only_while_there_are_some(backend: TestBackend) -> None:
    backend.run(PutPromotion(id="p", usage_limit=2, per_customer_limit=1, needs=Needs.CLAIM))
    taken = [backend.run(ClaimCoupon(promotion_id="p"), guest(name)) for name in ("gst_a", "gst_a", "gst_b")]
    assert taken == [True, False, True]
    with refused("sales.coupons_all_taken"):
        backend.run(ClaimCoupon(promotion_id="p"), guest("gst_c"))
    assert backend.run(ClaimCoupon(promotion_id="p"), guest("gst_b")) is False
    assert promotion_violations(backend) == []


def test_a_guests_uses_and_coupons_follow_into_the_account(backend: TestBackend) -> None:
    backend.run(PutPromotion(id="p", per_customer_limit=2))
    backend.run(PutPromotion(id="c", usage_limit=9, per_customer_limit=1, needs=Needs.CLAIM))
    backend.run(ClaimCoupon(promotion_id="c"), guest("gst_ben"))
    pay(backend, "c1", "p", identities=("buyer:gst_ben",))
    pay(backend, "c2", "p", identities=("buyer:usr_ben",))
    with backend.transaction() as tx:
        repository.follow(tx, "gst_ben", "usr_ben")
    assert backend.rows("SELECT buyer_key FROM sales_promotion_claim") == [("usr_ben",)]
    assert backend.rows("SELECT identity, used FROM sales_promotion_customer") == [("buyer:usr_ben", 2)]
    assert promotion_violations(backend) == []
    backend.run(GiveBack(checkout_id="c1"))
    assert backend.rows("SELECT identity, used FROM sales_promotion_customer") == [("buyer:usr_ben", 1)]


# Mutations: each takes out one condition. First the CHECK refuses what the statement no longer does; then, with the
# CHECK gone too, the checker of the tests above sees it. If it saw nothing, those tests would prove nothing.
TAKE = "UPDATE sales_promotion SET used = used + 1 WHERE id = :promotion_id AND :now > 0"
TAKE_CODE = (
    "UPDATE sales_promotion_code SET used = used + 1"
    " WHERE organisation_id = :organisation_id AND code = :code AND promotion_id = :promotion_id"
)
TAKE_CUSTOMER = (
    "INSERT INTO sales_promotion_customer (promotion_id, identity, used, usage_limit)"
    " VALUES (:promotion_id, :identity, 1, :limit) ON CONFLICT (promotion_id, identity) DO UPDATE"
    " SET used = sales_promotion_customer.used + 1, usage_limit = :limit"
)
CLAIM = "UPDATE sales_promotion SET claimed = claimed + 1 WHERE id = :promotion_id AND :now > 0"
GIVE_BACK = (
    "UPDATE sales_promotion_redemption SET state = 'given_back', ended_at = :now"
    " WHERE checkout_id = :checkout_id AND promotion_id = :promotion_id"
)
MUTATIONS = [
    ("TAKE", TAKE, "used more often than promised: p"),
    ("TAKE_CODE", TAKE_CODE, "a code used more often than promised: SAVE"),
    ("TAKE_CUSTOMER", TAKE_CUSTOMER, "a customer had more than one may have: buyer:gst_ben"),
    ("CLAIM", CLAIM, "used more often than promised: p"),
]


def _use_twice(backend: TestBackend, mutated: str) -> None:
    claims = mutated == "CLAIM"
    backend.run(
        PutPromotion(
            id="p",
            usage_limit=1 if mutated in ("TAKE", "CLAIM") else None,
            per_customer_limit=1 if mutated == "TAKE_CUSTOMER" else None,
            needs=Needs.CLAIM if claims else Needs.NOTHING,
            code="SAVE",
            code_limit=1 if mutated == "TAKE_CODE" else None,
        )
    )
    for number in (1, 2):
        if claims:
            backend.run(ClaimCoupon(promotion_id="p"), guest(f"gst_{number}"))
        else:
            pay(backend, f"c{number}", "p", codes={"p": "SAVE"}, identities=BEN[:1])


@pytest.mark.parametrize("name", [name for name, _, _ in MUTATIONS])
def test_with_its_condition_the_second_use_is_refused(backend: TestBackend, name: str) -> None:
    with pytest.raises(Refused):
        _use_twice(backend, name)
    assert promotion_violations(backend) == []


@pytest.mark.parametrize(("name", "mutated", "seen"), MUTATIONS)
def test_without_its_condition_the_check_refuses(
    backend: TestBackend, monkeypatch: pytest.MonkeyPatch, name: str, mutated: str, seen: str
) -> None:
    monkeypatch.setattr(repository, name, mutated)
    with pytest.raises(ActionFailed):
        _use_twice(backend, name)
    assert promotion_violations(backend) == []


@pytest.mark.parametrize(("name", "mutated", "seen"), MUTATIONS)
def test_without_condition_and_check_the_checker_sees_it(
    backend: TestBackend, monkeypatch: pytest.MonkeyPatch, name: str, mutated: str, seen: str
) -> None:
    monkeypatch.setattr(repository, name, mutated)
    backend.raw.ignore_checks(True)
    _use_twice(backend, name)
    assert seen in promotion_violations(backend)


def test_without_its_guard_a_use_comes_back_twice_and_the_checker_sees_it(
    backend: TestBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository, "GIVE_BACK", GIVE_BACK)
    backend.run(PutPromotion(id="p", usage_limit=5))
    pay(backend, "c1", "p")
    pay(backend, "c2", "p")
    for _ in range(2):
        backend.run(GiveBack(checkout_id="c1"))
    assert promotion_violations(backend) == ["the count of uses is not that of redemptions: p"]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("redeem", "redeem", "redeem", "give_back", "settle")),
        st.integers(1, 4),
        st.sets(st.sampled_from(("a", "b", "c")), min_size=1),
        st.sets(st.sampled_from(("buyer:1", "buyer:2", "email:1", "email:2")), min_size=1, max_size=2),
    ),
    max_size=25,
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestBackend]:
    made = make_backend(tmp_path_factory.mktemp("redemption"), actions=ACTIONS)
    yield made
    made.close()


@given(STEPS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_history_keeps_every_limit(shared: TestBackend, steps: list[tuple[str, int, set[str], set[str]]]) -> None:
    """Payments that fail, succeed late, are cancelled and begun again, over three promotions that run out."""
    for table in ("redemption_identity", "redemption", "customer", "claim", "code"):
        shared.raw.execute(f"DELETE FROM sales_promotion_{table}")
    shared.raw.execute("DELETE FROM sales_promotion_terms")
    shared.raw.execute("DELETE FROM sales_promotion")
    shared.run(PutPromotion(id="a", usage_limit=2, per_customer_limit=1))
    shared.run(PutPromotion(id="b", usage_limit=1, code="BBB", code_limit=1))
    shared.run(PutPromotion(id="c", per_customer_limit=2))
    for verb, number, promotions, identities in steps:
        checkout_id = f"c{number}"
        try:
            if verb == "redeem":
                pay(shared, checkout_id, *sorted(promotions), codes={"b": "BBB"}, identities=tuple(identities))
            else:
                shared.run(
                    GiveBack(checkout_id=checkout_id) if verb == "give_back" else Settle(checkout_id=checkout_id)
                )
        except Refused as refusal:
            assert refusal.code in ("sales.coupon_gone", "sales.coupon_limit_reached")  # noqa: PT017
        assert promotion_violations(shared) == []
