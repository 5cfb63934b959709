"""Notes that a node still holds its leases, and how far it is; tells it which ones it has lost."""

from datetime import datetime, timedelta

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal
from shopcast.media.broadcasts.repository import set_state
from shopcast.media.controller.repository import size_of_epoch, state_of
from shopcast.media.engine.joint import LeaseState
from shopcast.media.events import BroadcastReady
from shopcast.media.leases import repository
from shopcast.media.leases.give_up_leases import NODE_LOST


class RenewLeases(Command, frozen=True, kw_only=True):
    node: str
    leases: list[LeaseState]


def renew_leases(tx: Tx, command: RenewLeases, by: Principal, now: datetime) -> list[str]:
    """The broadcasts that are not the node's any more."""
    lost = []
    for state in command.leases:
        before = repository.lease(tx, state.broadcast_id)
        media_at = now - timedelta(milliseconds=state.silent_ms)
        if not repository.renew(tx, command.node, state, media_at, now):
            lost.append(state.broadcast_id)
        elif before is not None and before.lost_at is not None and state.on_air:
            _found_again(tx, state)
    return lost


def _found_again(tx: Tx, state: LeaseState) -> None:
    """It was given up and went on all the time: the interruption is over, in the same epoch."""
    if state_of(tx, state.broadcast_id) != "lost":
        return
    started_at = repository.reopen_epoch(tx, state.broadcast_id, state.epoch, NODE_LOST)
    if started_at is None:
        return
    set_state(tx, state.broadcast_id, "ready")
    width, height = size_of_epoch(tx, state.broadcast_id, state.epoch)
    tx.record(
        BroadcastReady(broadcast_id=state.broadcast_id, epoch=state.epoch, at=started_at, width=width, height=height)
    )
