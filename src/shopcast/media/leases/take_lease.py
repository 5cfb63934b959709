"""Gives a node the right to publish a broadcast, unless another node's publisher is heard."""

from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal
from shopcast.media.broadcasts.model import epoch_ms
from shopcast.media.engine.joint import Grant
from shopcast.media.leases import repository
from shopcast.media.leases.model import Lease


class TakeLease(Command, frozen=True, kw_only=True):
    """`boot` tells one process of a node from the next, `address` is where other nodes find its origin."""

    broadcast_id: str
    node: str
    boot: str
    address: str


def take_lease(tx: Tx, command: TakeLease, by: Principal, now: datetime) -> Grant | None:
    """None: somebody else is publishing and may go on."""
    found = repository.lease(tx, command.broadcast_id)
    if found is None:
        repository.insert_lease(tx, command.broadcast_id, command.node, command.boot, command.address, now)
        return Grant(
            token=1,
            epoch=0,
            next_sequence=0,
            discontinuity=0,
            target_duration_s=0,
            started_at_ms=0,
            granted_at_ms=epoch_ms(now),
            exact=True,
        )
    if found.held_by(command.node, command.boot):
        # Which of its own two publishers goes on is for the node to say, which knows of the "take over" too.
        if found.takeover_until is not None:
            repository.set_takeover(tx, found.broadcast_id, None)
        return _grant(found, found.token, now)
    if not found.may_be_taken(command.node, now):
        return None
    token = found.token + 1
    repository.hand_over(tx, found.broadcast_id, token, command.node, command.boot, command.address, now)
    return _grant(found, token, now)


def _grant(found: Lease, token: int, now: datetime) -> Grant:
    return Grant(
        token=token,
        epoch=found.epoch,
        next_sequence=found.next_free_sequence(now),
        discontinuity=found.discontinuity,
        target_duration_s=found.target_duration_s,
        started_at_ms=found.started_at_ms,
        granted_at_ms=epoch_ms(now),
        exact=found.stopped_in_order(),
    )
