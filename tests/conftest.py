"""Fixtures for all tests. A domain overrides `actions`, `subscriptions` (and `jobs`) in its own conftest."""

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
