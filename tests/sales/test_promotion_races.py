"""Many payments, few coupons: over real sockets through the writer's process, and with a connection per thread."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from shopcast.kernel.actions import Command
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.sales.pricing.model import Needs
from shopcast.sales.promotions import repository
from shopcast.sales.promotions.claim_coupon import ClaimCoupon
from tests.factories import TestBackend, guest, make_backend
from tests.sales.promotion_writer import (
    ACTIONS,
    GiveBack,
    PutPromotion,
    Redeem,
    Settle,
    promotion_registry,
)
from tests.sales.racing import Arena, answered, arena

THREADS = 24


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    """A shop of nothing but promotions."""
    backend = make_backend(tmp_path_factory.mktemp("promotions"), actions=ACTIONS)
    directory = tmp_path_factory.mktemp("race")
    writer = "tests.sales.promotion_writer"
    with arena(backend, directory, registry=promotion_registry, writer=writer) as made:
        yield made
    backend.close()


async def _race(opened: Arena, commands: Sequence[tuple[Command, Principal]]) -> Counter[str]:
    """All at once; how often each answer was given."""
    return answered(await opened.race([(command, by, None) for command, by in commands]))


async def _put(opened: Arena, **changes: object) -> str:
    id = new_id("pro")
    assert await _race(opened, [(PutPromotion(id=id, **changes), SYSTEM)]) == {"done": 1}  # type: ignore[arg-type]
    return id


async def test_two_hundred_payments_for_the_last_five_coupons(opened: Arena) -> None:
    """Saleor #544, django-lfs #202 (ACIDRain) and django-oscar #4580: the voucher was looked at, then counted."""
    id = await _put(opened, usage_limit=5)
    commands = [(Redeem(checkout_id=new_id("chk"), promotions=(id,)), SYSTEM) for _ in range(200)]
    assert await _race(opened, commands) == {"done": 5, "sales.coupon_gone": 195}
    assert opened.rows("SELECT used FROM sales_promotion WHERE id = ?", id) == [(5,)]


async def test_one_code_that_works_once(opened: Arena) -> None:
    """Shopware #11245, PrestaShop #29493: a single-use code typed by many in the same packet."""
    code = "ONLYONCE"
    id = await _put(opened, code=code, code_limit=1)
    commands = [(Redeem(checkout_id=new_id("chk"), promotions=(id,), codes={id: code}), SYSTEM) for _ in range(60)]
    assert await _race(opened, commands) == {"done": 1, "sales.coupon_gone": 59}
    assert opened.rows("SELECT used FROM sales_promotion_code WHERE promotion_id = ?", id) == [(1,)]
    assert opened.rows("SELECT used FROM sales_promotion WHERE id = ?", id) == [(1,)]


async def test_the_last_one_of_a_customer_who_pays_many_carts_at_once(opened: Arena) -> None:
    """eventyay #1398: limited to three per customer, redeemed five times, because it was looked at before the lock."""
    id = await _put(opened, per_customer_limit=3)
    commands = [
        (
            # Always another account, always the same mail.
            Redeem(checkout_id=new_id("chk"), promotions=(id,), identities=(f"buyer:{number}", "email:same")),
            SYSTEM,
        )
        for number in range(60)
    ]
    assert await _race(opened, commands) == {"done": 3, "sales.coupon_limit_reached": 57}
    counted = opened.rows("SELECT identity, used FROM sales_promotion_customer WHERE promotion_id = ?", id)
    assert sum(used for identity, used in counted if identity != "email:same") == 3  # type: ignore[misc]
    assert ("email:same", 3) in counted


async def test_one_checkout_that_completes_many_times_at_once(opened: Arena) -> None:
    """Saleor PR 15849, 15855: one checkout completed by two threads used a voucher twice."""
    id = await _put(opened, usage_limit=2, per_customer_limit=1)
    checkout_id = new_id("chk")
    pay = Redeem(checkout_id=checkout_id, promotions=(id,), identities=("buyer:1",))
    assert await _race(opened, [(pay, SYSTEM)] * 30) == {"done": 30}
    assert await _race(opened, [(Settle(checkout_id=checkout_id), SYSTEM)] * 30) == {"done": 30}
    assert opened.rows("SELECT used FROM sales_promotion WHERE id = ?", id) == [(1,)]
    assert await _race(opened, [(GiveBack(checkout_id=checkout_id), SYSTEM)] * 30) == {"done": 30}
    assert opened.rows("SELECT used FROM sales_promotion WHERE id = ?", id) == [(0,)]


async def test_failing_and_paying_at_once_leaves_the_count_true(opened: Arena) -> None:
    id = await _put(opened, usage_limit=3)
    checkouts = [new_id("chk") for _ in range(8)]
    commands: list[tuple[Command, Principal]] = []
    for number in range(160):
        verbs: tuple[Callable[..., Command], ...] = (Redeem, GiveBack, Redeem, Settle)
        verb, checkout_id = verbs[number % 4], checkouts[number % 8]
        more = {"promotions": (id,)} if verb is Redeem else {}
        commands.append((verb(checkout_id=checkout_id, **more), SYSTEM))
    answers = await _race(opened, commands)
    assert set(answers) <= {"done", "sales.coupon_gone"}
    standing = (
        "SELECT count(*) FROM sales_promotion_redemption WHERE promotion_id = ? AND state IN ('reserved', 'settled')"
    )
    used = opened.rows("SELECT used FROM sales_promotion WHERE id = ?", id)
    assert used == opened.rows(standing, id)
    assert used[0][0] in (0, 1, 2, 3)


async def test_three_hundred_hands_for_twenty_coupons_on_screen(opened: Arena) -> None:
    id = await _put(opened, usage_limit=20, per_customer_limit=1, needs=Needs.CLAIM)
    # Everybody taps twice.
    commands = [(ClaimCoupon(promotion_id=id), guest(f"gst_{number % 150}")) for number in range(300)]
    answers = await _race(opened, commands)
    assert answers == {"done": 40, "sales.coupons_all_taken": 260}
    assert opened.rows("SELECT claimed FROM sales_promotion WHERE id = ?", id) == [(20,)]
    assert opened.rows("SELECT count(*) FROM sales_promotion_claim WHERE promotion_id = ?", id) == [(20,)]


def _threads(backend: TestBackend, statement: str, parameters: dict[str, object]) -> Counter[str]:
    """The bare statement, a connection per thread, all let go at the same instant."""
    barrier = threading.Barrier(THREADS)
    answers: list[str] = []

    def take() -> None:
        connection = backend.raw.another()
        connection.execute("SELECT 1")
        barrier.wait()
        for _ in range(5):
            try:
                changed = connection.execute(statement, parameters).rowcount
            except IntegrityError:
                answers.append("refused by the check")
            else:
                answers.append("taken" if changed == 1 else "none left")
        connection.close()

    threads = [threading.Thread(target=take) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(answers)


@pytest.fixture
def seven(tmp_path: Path) -> Iterator[TestBackend]:
    """A promotion, and a code, for seven uses."""
    backend = make_backend(tmp_path, actions=ACTIONS)
    backend.raw.execute(
        "INSERT INTO sales_promotion (id, organisation_id, is_platform, lane, needs, state, version, starts_at,"
        " usage_limit, used, claimed, created_at, created_by)"
        " VALUES ('p', 'org_1', 0, 'coupon', 'claim', 'active', 1, 0, 7, 0, 0, 0, 'usr_1')"
    )
    backend.raw.execute(
        "INSERT INTO sales_promotion_code (organisation_id, code, promotion_id, usage_limit, used, created_at)"
        " VALUES ('org_1', 'SAVE', 'p', 7, 0, 0)"
    )
    yield backend
    backend.close()


@pytest.mark.parametrize(
    ("statement", "parameters", "count"),
    [
        (repository.TAKE, {"promotion_id": "p", "now": 1}, "SELECT used FROM sales_promotion"),
        (repository.CLAIM, {"promotion_id": "p", "now": 1}, "SELECT claimed FROM sales_promotion"),
        (
            repository.TAKE_CODE,
            {"organisation_id": "org_1", "code": "SAVE", "promotion_id": "p"},
            "SELECT used FROM sales_promotion_code",
        ),
        (
            repository.TAKE_CUSTOMER,
            {"promotion_id": "p", "identity": "buyer:1", "limit": 7},
            "SELECT used FROM sales_promotion_customer",
        ),
    ],
)
def test_each_statement_alone_holds_against_threads(
    seven: TestBackend, statement: str, parameters: dict[str, object], count: str
) -> None:
    assert _threads(seven, statement, parameters) == {"taken": 7, "none left": THREADS * 5 - 7}
    assert seven.rows(count) == [(7,)]


def test_threads_with_the_condition_taken_out_run_into_the_check(seven: TestBackend) -> None:
    mutated = "UPDATE sales_promotion SET used = used + 1 WHERE id = :promotion_id"
    assert _threads(seven, mutated, {"promotion_id": "p"}) == {"taken": 7, "refused by the check": THREADS * 5 - 7}
