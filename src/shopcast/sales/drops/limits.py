"""So many per customer: counted for every identity a customer has, at the tap and again when payment starts."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from shopcast.kernel.actions import Tx
from shopcast.sales.drops import repository
from shopcast.sales.drops.errors import LimitReached
from shopcast.sales.drops.publish import drops_changed


class Taken(Protocol):
    """A hold, as far as a drop knows it."""

    @property
    def id(self) -> str: ...
    @property
    def buyer_key(self) -> str: ...
    @property
    def quantity(self) -> int: ...
    @property
    def drop_id(self) -> str | None: ...


def buyer_identity(buyer_key: str) -> str:
    return f"buyer:{buyer_key}"


def check_identities(tx: Tx, held: Sequence[Taken], identities: Iterable[str], now: datetime) -> None:
    """The limits of the drops of these holds over all that is known of the customer at payment. Doing it again for
    the same holds counts nothing twice. Raises LimitReached; then nothing of it may be committed."""
    of_drops = [hold for hold in held if hold.drop_id is not None]
    if not of_drops:
        return
    counted = {(row.hold_id, row.identity) for row in repository.identities_of(tx, [hold.id for hold in of_drops])}
    wanted = sorted(set(identities))
    for drop_id in sorted({hold.drop_id for hold in of_drops if hold.drop_id is not None}):
        drop = repository.drop(tx, drop_id)
        if drop.per_customer is None:
            continue
        rows = [
            {"hold_id": hold.id, "identity": identity, "drop_id": drop_id, "quantity": hold.quantity}
            for hold in of_drops
            for identity in wanted
            # The tap counted the buyer's own.
            if hold.drop_id == drop_id
            and identity != buyer_identity(hold.buyer_key)
            and (hold.id, identity) not in counted
        ]
        sums: dict[str, int] = {}
        for row in rows:
            sums[str(row["identity"])] = sums.get(str(row["identity"]), 0) + int(str(row["quantity"]))
        if repository.take_each(tx, drop_id, drop.per_customer, sums) != set(sums):
            raise LimitReached(drop_id=drop_id, limit=drop.per_customer)
        repository.file_identities(tx, rows)


def give_back(tx: Tx, ended: Sequence[Taken], now: datetime) -> None:
    """These holds ended unpaid: their pieces can be had again, by them and by others. The guard on the hold's state
    makes it happen once."""
    of_drops = [hold for hold in ended if hold.drop_id is not None]
    if not of_drops:
        return
    pieces: dict[str, int] = {}
    takes: dict[str, dict[str, int]] = {}
    for hold in of_drops:
        assert hold.drop_id is not None
        pieces[hold.drop_id] = pieces.get(hold.drop_id, 0) + hold.quantity
        _add(takes.setdefault(hold.drop_id, {}), buyer_identity(hold.buyer_key), hold.quantity)
    filed = repository.identities_of(tx, [hold.id for hold in of_drops])
    for row in filed:
        _add(takes[row.drop_id], row.identity, row.quantity)
    for drop_id, quantity in sorted(pieces.items()):
        repository.give_back(tx, drop_id, quantity)
        repository.give_back_each(tx, drop_id, takes[drop_id])
    if filed:
        repository.forget_identities(tx, [row.hold_id for row in filed])
    drops_changed(tx, list(pieces), now)


def follow(tx: Tx, guest_key: str, person_id: str) -> None:
    """A guest who signs in takes their counts along."""
    guest, person = buyer_identity(guest_key), buyer_identity(person_id)
    for drop_id, quantity in repository.takes_of_identity(tx, guest):
        repository.move_take(tx, drop_id, guest, person, quantity)


def _add(sums: dict[str, int], identity: str, quantity: int) -> None:
    sums[identity] = sums.get(identity, 0) + quantity
