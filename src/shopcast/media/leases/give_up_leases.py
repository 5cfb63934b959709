"""Says that broadcasts are interrupted whose node nobody hears. The lease stays until another node takes it."""

from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal
from shopcast.media.broadcasts.repository import set_state
from shopcast.media.controller.repository import close_epoch, state_of
from shopcast.media.events import BroadcastLost
from shopcast.media.leases import repository
from shopcast.media.leases.model import GIVEN_UP_AFTER

NODE_LOST = "node_lost"


class GiveUpLeases(Command, frozen=True, kw_only=True):
    """(broadcast, token) of leases on air whose node this worker cannot reach."""

    leases: list[tuple[str, int]]


def give_up_leases(tx: Tx, command: GiveUpLeases, by: Principal, now: datetime) -> None:
    for broadcast_id, token in command.leases:
        found = repository.lease(tx, broadcast_id)
        if found is None or not repository.set_lost(tx, broadcast_id, token, now - GIVEN_UP_AFTER, now):
            continue
        at = found.media_at or found.renewed_at
        if close_epoch(tx, broadcast_id, found.epoch, at, NODE_LOST) and state_of(tx, broadcast_id) == "ready":
            set_state(tx, broadcast_id, "lost")
            tx.record(BroadcastLost(broadcast_id=broadcast_id, epoch=found.epoch, at=at, reason=NODE_LOST))
