"""Stands between the engines and the shop's database: one desk per engine, and what no engine does by itself.

Runs in the worker process. An embedded shop has one engine behind a Unix socket; in a cluster every worker connects to
every node, and each node lets one of them lead.
"""

import asyncio
import socket
from pathlib import Path

import structlog

from shopcast.kernel.actions import Actions
from shopcast.kernel.clock import Clock
from shopcast.kernel.config import Settings
from shopcast.kernel.ports import Wakes
from shopcast.kernel.principal import SYSTEM
from shopcast.kernel.reads import Reads
from shopcast.kernel.vitals import Degraded, Unwell
from shopcast.media.broadcasts.repository import WAKE_TOPIC
from shopcast.media.controller import repository
from shopcast.media.controller.desk import INSTRUCTIONS_AT_ONCE, NodeDesk
from shopcast.media.controller.note import PassUnheld
from shopcast.media.engine.lines import joint_key
from shopcast.media.engine.link import tcp_engine, unix_engine
from shopcast.media.leases.give_up_leases import GiveUpLeases
from shopcast.media.leases.model import GIVEN_UP_AFTER
from shopcast.media.leases.repository import leases_on_air

log = structlog.get_logger()

# How often names are looked up again, and nodes that nobody hears are looked for.
_ROUND_S = 1.0
_RESOLVE_EVERY_ROUNDS = 5


class MediaController:
    def __init__(self, settings: Settings, actions: Actions, reads: Reads, wakes: Wakes, clock: Clock) -> None:
        self._settings = settings
        self._actions = actions
        self._reads = reads
        self._wakes = wakes
        self._clock = clock
        # Without a word about it, the node is where the worker is.
        local = (("127.0.0.1", settings.media_control_port),) if settings.is_cluster else ()
        self._nodes = settings.media_nodes or local
        self._desks: dict[tuple[str, int], NodeDesk] = {}
        self._running: dict[tuple[str, int], asyncio.Task[None]] = {}
        self._was_linked = False

    async def run(self) -> None:
        """Until cancelled."""
        loop = asyncio.get_running_loop()

        def wake(_: str) -> None:
            loop.call_soon_threadsafe(self._wake)

        stop = self._wakes.subscribe(WAKE_TOPIC, wake)
        try:
            if self._nodes:
                await self._lead_nodes()
            else:
                desk = NodeDesk(unix_engine(engine_socket(self._settings)), self._actions, self._reads, self._clock)
                self._desks["", 0] = desk
                await desk.run()
        finally:
            stop()
            for task in self._running.values():
                task.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    def check(self) -> None:
        """Raises Unwell while the one engine of a shop was never reached, Degraded while one that should be there is
        not: without it nobody can begin a show, and all else goes on."""
        missing = [name for name, desk in self._named_desks() if desk is None or desk.reached is None]
        self._was_linked = self._was_linked or not missing
        if missing and not self._was_linked and not self._nodes:
            raise Unwell("the media engine has not started yet")
        if missing:
            raise Degraded(f"not reached: {', '.join(missing)}")

    def _named_desks(self) -> list[tuple[str, NodeDesk | None]]:
        """What should be reached, as the operator wrote it; None where a name stands for no address."""
        if not self._nodes:
            return [("the media engine", self._desks.get(("", 0)))]
        named: list[tuple[str, NodeDesk | None]] = [
            (f"media node {host}:{port}", desk) for (host, port), desk in list(self._desks.items())
        ]
        return named or [(f"media node {host}:{port}", None) for host, port in self._nodes]

    def _wake(self) -> None:
        for desk in self._desks.values():
            desk.wake()

    async def _lead_nodes(self) -> None:
        started_at = self._clock.now()
        rounds = 0
        while True:
            if rounds % _RESOLVE_EVERY_ROUNDS == 0:
                await self._meet_nodes()
            rounds += 1
            try:
                await self._pass_unheld()
                # What was silent because no worker ran gets the time to be heard first.
                if self._clock.now() - started_at > GIVEN_UP_AFTER:
                    await self._give_up()
            except Exception as failed:  # noqa: BLE001 - whatever ails the database, the next round asks it again
                log.warning("media.nodes.round_skipped", reason=repr(failed))
            await asyncio.sleep(_ROUND_S)

    async def _meet_nodes(self) -> None:
        """A desk for every address that the names stand for now; none for those that are gone."""
        addresses = await _addresses(self._nodes)
        key = joint_key(self._settings.secret)
        for address in addresses - self._desks.keys():
            host, port = address
            desk = NodeDesk(tcp_engine(host, port, key), self._actions, self._reads, self._clock, host)
            self._desks[address] = desk
            self._running[address] = asyncio.create_task(desk.run())
            self._running[address].add_done_callback(_told)
        for address, desk in list(self._desks.items()):
            # A name may be unknown for a moment: who answers is kept.
            gone = address not in addresses and desk.reached is None
            if gone or self._running[address].done():
                del self._desks[address]
                self._running.pop(address).cancel()

    async def _pass_unheld(self) -> None:
        found = await self._reads.run(repository.unheld_instructions, INSTRUCTIONS_AT_ONCE)
        if found:
            await self._actions.run(PassUnheld(instruction_ids=found), SYSTEM)

    async def _give_up(self) -> None:
        before = self._clock.now() - GIVEN_UP_AFTER
        reached = {desk.reached for desk in self._desks.values()}
        silent = [
            (lease.broadcast_id, lease.token)
            for lease in await self._reads.run(leases_on_air, before)
            if (lease.node, lease.boot) not in reached
        ]
        if silent:
            log.warning("media.node.given_up", broadcasts=len(silent))
            await self._actions.run(GiveUpLeases(leases=silent), SYSTEM)


def engine_socket(settings: Settings) -> Path:
    return settings.run_dir / "media.sock"


async def _addresses(nodes: tuple[tuple[str, int], ...]) -> set[tuple[str, int]]:
    """All addresses of all names; a name that cannot be looked up now stands for none."""
    loop = asyncio.get_running_loop()
    found: set[tuple[str, int]] = set()
    for host, port in nodes:
        try:
            answers = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as unknown:
            log.warning("media.node.unknown_name", host=host, reason=str(unknown))
            continue
        found.update((str(answer[4][0]), port) for answer in answers)
    return found


def _told(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.error("media.desk.failed", exc_info=task.exception())
