"""`shopcast demo`: serves a shop with a market in it: accounts, a show on air from a real broadcast, a small crowd."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import msgspec
import structlog

from shopcast import accounts
from shopcast.cli.child import in_a_child
from shopcast.cli.demo import shop
from shopcast.cli.demo.client import ShopClient
from shopcast.cli.demo.crowd import run_crowd
from shopcast.cli.demo.host import DemoHost, ShowOver
from shopcast.cli.demo.market import DemoState, ensure_market
from shopcast.cli.processes import wait_until_ready
from shopcast.cli.serve import serve
from shopcast.cli.supervisor import Role
from shopcast.kernel.config import Settings
from shopcast.kernel.telemetry import set_up_logging
from shopcast.media.engine.publish import Clip, Publisher, read_flv
from shopcast.wiring import build_registry, migrate, open_backend

log = structlog.get_logger()

STATE_WAIT_S = 60.0
# Whoever ends the demo's show wants to see its replay before the next one begins.
NEXT_SHOW_S = 30.0
_PROCESS_STARTED = time.time()
ACCOUNTS = (
    accounts.DemoAccount(
        email=shop.SELLER_EMAIL,
        password=shop.DEMO_PASSWORD,
        display_name="Mira",
        account="seller",
        organisation_name=shop.ORGANISATION,
    ),
    accounts.DemoAccount(email=shop.SHOPPER_EMAIL, password=shop.DEMO_PASSWORD, display_name="Sam", account="shopper"),
)


Start = Callable[[Settings, Sequence[Role], Callable[[], None]], int]


def demo(settings: Settings, crowd_size: int, start: Start = serve) -> int:
    """Everything of `serve`, or of another way to start, and the market beside it. Starting again goes on with what is
    there."""
    settings = msgspec.structs.replace(settings, demo=True)
    settings.run_dir.mkdir(parents=True, exist_ok=True)
    clip = settings.data_dir / "demo" / "broadcast-1.flv"
    if not clip.exists():
        _make_clip(clip)
    migrate(settings)
    in_a_child("Making the demo accounts", lambda: _make_accounts(settings))
    market = Role("demo", lambda: asyncio.run(_run_market(settings, clip, crowd_size)))
    return start(settings, (market,), lambda: _announce(settings))


def _make_clip(clip: Path) -> None:
    if find_spec("av") is None:
        sys.exit("The demo's broadcast needs the extra shopcast[av]. `make run` installs it.")
    print("==> Demo broadcast …", flush=True)
    subprocess.run([sys.executable, "-m", "shopcast.cli.demo.broadcast", str(clip)], check=True)


def _make_accounts(settings: Settings) -> None:
    backend = open_backend(settings, build_registry(), local=True)
    try:
        passwords = accounts.Passwords()
        for account in ACCOUNTS:
            accounts.ensure_demo_account(backend.actions, backend.reads, passwords, account)
        accounts.create_operator_account(
            backend.actions,
            passwords,
            email=shop.OPERATOR_EMAIL,
            password=shop.DEMO_PASSWORD,
            display_name="Olga",
            is_demo=True,
        )
    finally:
        backend.close_blocking()


async def _run_market(settings: Settings, clip: Path, crowd_size: int) -> None:
    set_up_logging(settings.log_level, "demo")
    if not await asyncio.to_thread(wait_until_ready, settings):
        return
    loop = await asyncio.to_thread(read_flv, clip)
    async with ShopClient(settings.public_url) as seller:
        while True:
            state = await ensure_market(seller, _state_path(settings))
            # Says to the announcement that this is the show of this start.
            _state_path(settings).touch()
            try:
                await _run_show(settings, seller, state, loop, crowd_size)
            except* ShowOver:
                log.info("demo.show.over", show_id=state.show_id, next_in_s=NEXT_SHOW_S)
            await asyncio.sleep(NEXT_SHOW_S)


async def _run_show(settings: Settings, seller: ShopClient, state: DemoState, loop: Clip, crowd_size: int) -> None:
    publisher = Publisher(loop, f"{settings.public_rtmp_url}/{state.stream_key}", loop=True)
    host = DemoHost(seller, state.show_id, publisher)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(publisher.run())
        tasks.create_task(host.run())
        tasks.create_task(run_crowd(settings.public_url, state.show_id, crowd_size))


def _announce(settings: Settings) -> None:
    show = _wait_for_show(settings)
    where = settings.public_url
    lines = [
        "",
        f"Shopcast is running: {where}",
        "",
        f"  Watch and buy     {where}/shows/{show.show_id}" if show else f"  Watch and buy     {where}/",
        f"  Host console      {where}/console",
        f"  A coupon          {shop.COUPON_CODE}",
        "",
        "Demo accounts (demo passwords, refused outside the demo):",
        f"  seller and host   {shop.SELLER_EMAIL}      {shop.DEMO_PASSWORD}",
        f"  shopper           {shop.SHOPPER_EMAIL}       {shop.DEMO_PASSWORD}",
        f"  operator          {shop.OPERATOR_EMAIL}  {shop.DEMO_PASSWORD}",
        "",
    ]
    if show:
        lines += [f"Broadcast in from   {settings.public_rtmp_url}   stream key {show.stream_key}", ""]
    lines.append(f"Everything is kept in {settings.data_dir}. Stop with Ctrl-C; start again and it goes on.")
    print("\n".join(lines), flush=True)


def _wait_for_show(settings: Settings) -> DemoState | None:
    until = time.monotonic() + STATE_WAIT_S
    path = _state_path(settings)
    while time.monotonic() < until:
        if path.exists() and path.stat().st_mtime > _PROCESS_STARTED:
            return msgspec.json.decode(path.read_bytes(), type=DemoState)
        time.sleep(0.1)
    return None


def _state_path(settings: Settings) -> Path:
    return settings.data_dir / "demo" / "state.json"
