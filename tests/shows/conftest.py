"""A shop with everything a show stands on, opened a hundred times: what is dear to build is built once and copied."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from shopcast import accounts, catalog, media, rooms, shows
from shopcast.accounts import Passwords, SessionResolver
from shopcast.accounts.http import ROUTES as ACCOUNT_ROUTES
from shopcast.backends.disk.blobs import DiskBlobs
from shopcast.backends.inprocess.limits import InProcessLimits
from shopcast.catalog.http import ROUTES as CATALOG_ROUTES
from shopcast.discovery import FollowBook
from shopcast.shows.http import ROUTES as SHOW_ROUTES
from shopcast.web_support.app import litestar_app
from shopcast.web_support.context import WebContext
from tests.factories import TestBackend, make_backend
from tests.factories.tenancy import KeptMail, Pictures, Shop
from tests.shows.stage import TAKE_STOCK, Stage, open_stage

DOMAINS = (accounts, catalog, media, rooms, shows)
ROUTES = [*ACCOUNT_ROUTES, *CATALOG_ROUTES, *SHOW_ROUTES]


@dataclass
class Applications:
    """The application, whose routes take a third of a second to build."""

    built: Litestar | None = None


@pytest.fixture(scope="session")
def applications() -> Applications:
    return Applications()


@contextmanager
def opened(directory: Path, applications: Applications, copy_of: TestBackend | None = None) -> Iterator[Shop]:
    """The backend stays open."""
    backend = make_backend(
        directory,
        actions=[TAKE_STOCK, *(spec for domain in DOMAINS for spec in domain.ACTIONS)],
        subscriptions=[subscription for domain in DOMAINS for subscription in domain.SUBSCRIPTIONS],
        jobs=[job for domain in DOMAINS for job in domain.JOBS],
        copy_of=copy_of,
    )
    passwords = Passwords(memory_kib=64, passes=1)
    context = WebContext(
        actions=backend.actions,
        reads=backend.reads,
        clock=backend.clock,
        settings=backend.settings,
        blobs=(blobs := DiskBlobs(directory / "blobs")),
        limits=InProcessLimits(backend.clock),
        sessions=SessionResolver(demo_accounts_work=False),
        secret=bytes(32),
        ports={"passwords": passwords, "followers": FollowBook()},
    )
    if applications.built is None:
        applications.built = litestar_app(ROUTES, context)
    # Every request finds its context here, so one application serves one shop after another.
    applications.built.state["shopcast"] = context
    with TestClient(applications.built, base_url="http://shop.test") as client:
        yield Shop(
            backend=backend,
            blobs=blobs,
            mail=KeptMail(),
            pictures=Pictures(),
            passwords=passwords,
            client=client,
            routes=ROUTES,
        )


@pytest.fixture
def shop(tmp_path: Path, applications: Applications) -> Iterator[Shop]:
    with opened(tmp_path, applications) as shop:
        yield shop
    shop.backend.close()


@pytest.fixture(scope="session")
def stored_stage(tmp_path_factory: pytest.TempPathFactory, applications: Applications) -> Iterator[Stage]:
    """A scheduled show with three items on its shelf, whose rows are copied."""
    with opened(tmp_path_factory.mktemp("stage"), applications) as shop:
        stage = open_stage(shop)
        stage.add("Scarf", "Lamp", "Bowl")
        stage.settle()
    yield stage
    shop.backend.close()


@pytest.fixture
def stage(stored_stage: Stage, tmp_path: Path, applications: Applications) -> Iterator[Stage]:
    """A scheduled show with three items on its shelf: 1 the scarf, 2 the lamp, 3 the bowl."""
    stored = stored_stage
    with opened(tmp_path, applications, stored.shop.backend) as shop:
        owner = replace(stored.owner, shop=shop)
        yield replace(stored, shop=shop, owner=owner, items=dict(stored.items), facts=0, epoch=0)
    shop.backend.close()
