"""Puts one Shopcast together: which domains there are, who hears which event, which routes are mounted, which backend.

The only place that knows all domains. Nothing imports it but the entry points.
"""

import subprocess
import sys
from collections.abc import Mapping
from itertools import chain
from types import ModuleType
from typing import Any

from litestar import Litestar
from litestar.types import ASGIApp, ControllerRouterHandler

from shopcast import accounts, analytics, catalog, discovery, integrations, media, rooms, sales, shows, talent
from shopcast.accounts.http import ROUTES as ACCOUNT_ROUTES
from shopcast.analytics.http import ROUTES as ANALYTICS_ROUTES
from shopcast.backends.backend import Backend
from shopcast.backends.embedded import open_embedded
from shopcast.catalog.http import ROUTES as CATALOG_ROUTES
from shopcast.discovery.http import ROUTES as DISCOVERY_ROUTES
from shopcast.integrations.http import ROUTES as INTEGRATION_ROUTES
from shopcast.integrations.test_provider import adapter as test_provider_adapter
from shopcast.kernel.actions import Actions
from shopcast.kernel.clock import Clock
from shopcast.kernel.config import Settings
from shopcast.kernel.ports import Broadcast
from shopcast.kernel.reads import Reads
from shopcast.kernel.registry import Registry
from shopcast.media.http import ROUTES as MEDIA_ROUTES
from shopcast.rooms.http import ROUTES as ROOM_ROUTES
from shopcast.rooms.http import Snapshots
from shopcast.sales.http import ROUTES as SALES_ROUTES
from shopcast.sales.http import checkout_door, hold_door
from shopcast.shows.http import ROUTES as SHOW_ROUTES
from shopcast.talent.http import ROUTES as TALENT_ROUTES
from shopcast.web_support.context import WebContext
from shopcast.web_support.observing import Observed

# From the ground up; each exports ACTIONS, SUBSCRIPTIONS, JOBS and PERIODICS.
DOMAINS: tuple[ModuleType, ...] = (
    accounts,
    catalog,
    media,
    rooms,
    shows,
    sales,
    talent,
    discovery,
    analytics,
    integrations,
)

ROUTES: tuple[ControllerRouterHandler, ...] = (
    *ACCOUNT_ROUTES,
    *CATALOG_ROUTES,
    *MEDIA_ROUTES,
    *ROOM_ROUTES,
    *SHOW_ROUTES,
    *SALES_ROUTES,
    *TALENT_ROUTES,
    *DISCOVERY_ROUTES,
    *ANALYTICS_ROUTES,
    *INTEGRATION_ROUTES,
)


def in_front(app: Litestar) -> ASGIApp:
    """The application with the doors before it that answer one hot route each."""
    context: WebContext = app.state["shopcast"]
    return Observed(hold_door(checkout_door(app, context), context))


def build_registry() -> Registry:
    return Registry(
        actions=_all("ACTIONS"),
        subscriptions=_all("SUBSCRIPTIONS"),
        jobs=_all("JOBS"),
        periodics=_all("PERIODICS"),
    )


def migrate(settings: Settings, revision: str = "head") -> None:
    """Brings the database of this installation up to date, or up to an older `revision`; several processes may call it
    at once.

    Raises CalledProcessError; what went wrong was printed.
    """
    url = settings.database_url or f"sqlite:///{settings.database_path}"
    subprocess.run([sys.executable, "-m", "shopcast.migrations", url, revision], check=True)


def open_backend(settings: Settings, registry: Registry, *, local: bool = False, delivers: bool = False) -> Backend:
    """`local`: this process writes the database itself, which only one may; otherwise it asks the writer.

    In the cluster profile every process writes by itself, and those that say `delivers` hand events to their
    subscribers, one of them at a time; the embedded profile's writer does.
    """
    if settings.is_cluster:
        # Here, because PostgreSQL's and Redis' libraries are memory that an embedded shop has no use for.
        from shopcast.backends.cluster import open_cluster  # noqa: PLC0415

        return open_cluster(settings, registry, delivers=delivers)
    return open_embedded(settings, registry, local=local)


def payment_providers(settings: Settings) -> sales.PaymentProviders:
    if settings.payments == "stripe":
        # Here, because Stripe's library takes a third of a second to load, and most installations and commands never
        # need it.
        from shopcast.integrations.stripe import adapter as stripe_adapter  # noqa: PLC0415

        return sales.PaymentProviders({"stripe": stripe_adapter(settings)})
    return sales.PaymentProviders({"test": test_provider_adapter(settings)})


def label_provider(settings: Settings) -> sales.LabelProvider:
    """Our own labels, without any carrier; a carrier's adapter takes their place here."""
    return sales.BuiltInLabels()


def live_ports(actions: Actions, reads: Reads, broadcast: Broadcast, clock: Clock) -> dict[str, object]:
    """What the doors of rooms and shows need of one another in a web process."""
    beacons = rooms.Beacons(actions, reads, broadcast, clock)
    return {
        "followers": discovery.FollowBook(),
        "beacons": beacons,
        "snapshots": Snapshots(reads, clock, shows.ROOM_RULES, beacons),
    }


def job_ports(settings: Settings, backend: Backend) -> Mapping[str, object]:
    """What jobs find in `context.ports`."""
    return {"mailer": backend.mailer, "blobs": backend.blobs, "payments": payment_providers(settings)}


def _all(name: str) -> tuple[Any, ...]:
    return tuple(chain.from_iterable(getattr(domain, name) for domain in DOMAINS))
