"""`shopcast web`, `rooms`, `media`, `worker`, `test-provider`: one role of a cluster, until SIGTERM."""

import asyncio
import resource
import signal
import sys
from collections.abc import Callable

from shopcast.cli.media_node import become_media_node
from shopcast.cli.processes import run_gentle_worker
from shopcast.integrations.test_provider import WEBHOOK_PATH, start_test_provider
from shopcast.kernel.config import Settings, SettingsError
from shopcast.kernel.observed import observed
from shopcast.kernel.vitals import VITALS
from shopcast.web.main import run_web
from shopcast.web.rooms_main import run_rooms
from shopcast.web.server import PortTaken
from shopcast.wiring import build_registry


def run_role(settings: Settings, role: str) -> int:
    """`role`: web, rooms, media or worker."""
    require_cluster(settings, role)
    settings.run_dir.mkdir(parents=True, exist_ok=True)
    raise_file_limit()
    if role == "media":
        become_media_node()
    # Its name among the processes of this machine.
    name = settings.slot or role
    registry = build_registry()
    runs: dict[str, Callable[[], None]] = {
        "web": lambda: run_web(settings, registry),
        "rooms": lambda: run_rooms(settings, registry, f"{settings.node}-{name}"),
        "worker": lambda: run_gentle_worker(settings, registry, with_test_provider=False),
    }
    with observed(settings, name):
        try:
            runs[role]()
        except PortTaken as taken:
            sys.exit(str(taken))
    return 0


def run_test_provider(settings: Settings, shop_url: str | None) -> int:
    """The simulated bank of a cluster that takes test payments. There is one of it."""
    require_cluster(settings, "test-provider")
    if settings.payments != "test":
        raise SettingsError("The test provider runs only with SHOPCAST_PAYMENTS=test. With Stripe nobody needs it.")
    settings.run_dir.mkdir(parents=True, exist_ok=True)
    with observed(settings, "test-provider"):
        serve_test_provider(settings, shop_url)
    return 0


def serve_test_provider(settings: Settings, shop_url: str | None) -> None:
    """`shop_url`: where its webhooks go, unless that is the address that buyers know."""
    url = None if shop_url is None else f"{shop_url.rstrip('/')}{WEBHOOK_PATH}"
    # It runs on a thread of its own; this loop waits, and shows that the process lives.
    provider = start_test_provider(settings, webhook_url=url)
    asyncio.run(_until_told_to_stop())
    provider.stop()


async def _until_told_to_stop() -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    VITALS.follow(loop)
    await told.wait()


def require_cluster(settings: Settings, command: str) -> None:
    if not settings.is_cluster:
        raise SettingsError(
            f"`shopcast {command}` is one role of a cluster. Set SHOPCAST_DATABASE_URL, SHOPCAST_REDIS_URL and "
            "SHOPCAST_SECRET to the same on all machines, or run everything on this one with `shopcast serve`."
        )


def raise_file_limit() -> None:
    """A socket is a file: as many as the machine allows, where a shell's default would end a room at a thousand."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
