"""Fixtures for all tests. A domain overrides `actions`, `subscriptions` (and `jobs`) in its own conftest."""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import structlog

from shopcast.kernel.actions import ActionSpec
from shopcast.kernel.jobs import JobSpec
from shopcast.kernel.subscriptions import Subscription
from tests.factories import TestBackend, make_backend

# Plain lines: drawing a coloured traceback for each failure a test provokes would be most of the suite's time.
structlog.configure(processors=[structlog.processors.add_log_level, structlog.processors.KeyValueRenderer()])


# Whole files of random histories, races, processes and long tables: `make check` leaves them to `make test`.
THOROUGH = frozenset(
    (
        "backends/test_relay.py backends/test_relay_sets.py backends/test_upgrade.py backends/test_writer_process.py"
        " backends/test_postgres_actions.py backends/test_postgres_migrations.py backends/test_postgres_relay.py"
        " backends/ports/test_blobs.py backends/ports/test_redis_faults.py cli/test_cluster.py cli/test_roles.py"
        " cli/test_composed.py"
        " cli/test_commands.py cli/test_processes.py integrations/test_import_cost.py integrations/test_stripe.py"
        " rooms/test_conformance.py rooms/test_conformance_deflate.py rooms/test_conformance_text.py"
        " rooms/test_hostile_sockets.py"
        " rooms/test_property_several.py"
        " rooms/test_recovery.py rooms/test_slow.py sales/test_after_machine.py sales/test_after_mutations.py"
        " sales/test_after_races.py sales/test_chat_orders.py sales/test_dispute_answers.py sales/test_disputes.py"
        " sales/test_drop_races.py sales/test_fulfilment.py sales/test_life_of_a_market.py"
        " sales/test_life_of_drops.py sales/test_life_of_holds.py sales/test_odd_sums.py sales/test_payment_chaos.py"
        " sales/test_payment_journeys.py sales/test_price_mistakes.py sales/test_pricing_rules.py"
        " sales/test_promotion_races.py sales/test_promotions.py sales/test_queue.py sales/test_races.py"
        " sales/test_refund_amounts.py sales/test_restrictions.py sales/test_returns.py sales/test_seams.py"
        " sales/test_sellers.py sales/test_standing.py sales/test_standing_races.py sales/test_stripe_doors.py"
        " sales/test_subscriptions.py shows/test_doors.py tenancy/test_every_route.py"
    ).split()
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and str(item.path.relative_to(here)) in THOROUGH:
            item.add_marker(pytest.mark.thorough)
        if item.path.is_relative_to(here / "cluster"):
            item.add_marker(pytest.mark.cluster)


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """Commands set logging up for a process of their own: on a stream that is closed once their test is over."""
    before, root = structlog.get_config(), logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    structlog.configure(**before)
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def actions() -> Sequence[ActionSpec]:
    """The actions that `backend` runs."""
    return ()


@pytest.fixture
def subscriptions() -> Sequence[Subscription]:
    return ()


@pytest.fixture
def jobs() -> Sequence[JobSpec]:
    return ()


@pytest.fixture
def backend(
    tmp_path: Path,
    actions: Sequence[ActionSpec],
    subscriptions: Sequence[Subscription],
    jobs: Sequence[JobSpec],
) -> Iterator[TestBackend]:
    opened = make_backend(tmp_path, actions=actions, subscriptions=subscriptions, jobs=jobs)
    yield opened
    opened.close()
