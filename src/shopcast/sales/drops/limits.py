"""So many per customer: counted for every identity a customer has, at the tap and again when payment starts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Counted:
    hold_id: str
    identity: str
    drop_id: str
    quantity: int


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


def check_identities_each(tx: Tx, asked: Sequence[tuple[Sequence[Taken], Iterable[str]]]) -> list[bool]:
    """The same for many payments at once, each with its holds and identities: True for those that were counted whole.
    Of the others nothing is counted; asked again one by one, they are told why."""
    counted = _counted(tx, [hold for held, _ in asked for hold in held])
    wanted = [_uncounted(held, sorted(set(identities)), counted) for held, identities in asked]
    limits = _limits(tx, {row.drop_id for rows in wanted for row in rows})
    wanted = [[row for row in rows if row.drop_id in limits] for rows in wanted]
    fits = _apart(wanted)
    for drop_id, limit in sorted(limits.items()):
        sums = {index: _sums(rows, drop_id) for index, rows in enumerate(wanted) if fits[index]}
        whole: dict[str, int] = {}
        for own in sums.values():
            whole |= own
        got = repository.take_each(tx, drop_id, limit, whole)
        for index, own in sums.items():
            if not own.keys() <= got:
                fits[index] = False
                _untake(tx, wanted[index], drop_id, {identity: own[identity] for identity in own.keys() & got}, limits)
    repository.file_identities(
        tx,
        [
            {"hold_id": row.hold_id, "identity": row.identity, "drop_id": row.drop_id, "quantity": row.quantity}
            for index, rows in enumerate(wanted)
            if fits[index]
            for row in rows
        ],
    )
    return fits


@dataclass(frozen=True, slots=True)
class _Count:
    hold_id: str
    identity: str
    drop_id: str
    quantity: int


def _counted(tx: Tx, held: Sequence[Taken]) -> set[tuple[str, str]]:
    of_drops = [hold.id for hold in held if hold.drop_id is not None]
    return {(row.hold_id, row.identity) for row in repository.identities_of(tx, of_drops)} if of_drops else set()


def _uncounted(held: Sequence[Taken], identities: Sequence[str], counted: set[tuple[str, str]]) -> list[_Count]:
    return [
        _Count(hold.id, identity, hold.drop_id, hold.quantity)
        for hold in held
        for identity in identities
        # The tap counted the buyer's own.
        if hold.drop_id is not None
        and identity != buyer_identity(hold.buyer_key)
        and (hold.id, identity) not in counted
    ]


def _limits(tx: Tx, drop_ids: Iterable[str]) -> dict[str, int]:
    """Of those drops that have one."""
    limits = {drop_id: repository.drop(tx, drop_id).per_customer for drop_id in sorted(drop_ids)}
    return {drop_id: limit for drop_id, limit in limits.items() if limit is not None}


def _apart(wanted: Sequence[Sequence[_Count]]) -> list[bool]:
    """False for those that share an identity with one before: each must see what the other has used up."""
    seen: set[tuple[str, str]] = set()
    apart: list[bool] = []
    for rows in wanted:
        keys = {(row.drop_id, row.identity) for row in rows}
        apart.append(seen.isdisjoint(keys))
        seen |= keys
    return apart


def _sums(rows: Sequence[_Count], drop_id: str) -> dict[str, int]:
    sums: dict[str, int] = {}
    for row in rows:
        if row.drop_id == drop_id:
            _add(sums, row.identity, row.quantity)
    return sums


def _untake(tx: Tx, rows: Sequence[_Count], drop_id: str, got: dict[str, int], limits: Iterable[str]) -> None:
    """What was taken here, and of the drops before."""
    repository.give_back_each(tx, drop_id, got)
    for before in sorted(one for one in limits if one < drop_id):
        repository.give_back_each(tx, before, _sums(rows, before))


def count_paid(tx: Tx, held: Sequence[Taken], identities: Iterable[str]) -> list[Counted] | None:
    """When the money is here: the card, which a payment with a one-time token tells only now, and for holds that ended
    meanwhile everything again. What was counted, to be taken off if no order follows; None when one is over its limit,
    and then nothing is counted."""
    of_drops = [hold for hold in held if hold.drop_id is not None]
    if not of_drops:
        return []
    known = {(row.hold_id, row.identity) for row in repository.identities_of(tx, [hold.id for hold in of_drops])}
    wanted = sorted(set(identities))
    counted: list[Counted] = []
    for drop_id in sorted({hold.drop_id for hold in of_drops if hold.drop_id is not None}):
        limit = repository.drop(tx, drop_id).per_customer
        rows = [
            Counted(hold.id, identity, drop_id, hold.quantity)
            for hold in of_drops
            for identity in wanted
            if hold.drop_id == drop_id
            and identity != buyer_identity(hold.buyer_key)
            and (hold.id, identity) not in known
        ]
        if limit is None or not rows:
            continue
        sums: dict[str, int] = {}
        for row in rows:
            _add(sums, row.identity, row.quantity)
        taken = repository.take_each(tx, drop_id, limit, sums)
        if taken != set(sums):
            repository.give_back_each(tx, drop_id, {identity: sums[identity] for identity in taken})
            take_off(tx, counted)
            return None
        repository.file_identities(tx, [_filed(row) for row in rows])
        counted += rows
    return counted


def _filed(row: Counted) -> dict[str, object]:
    return {"hold_id": row.hold_id, "identity": row.identity, "drop_id": row.drop_id, "quantity": row.quantity}


def take_off(tx: Tx, counted: Sequence[Counted]) -> None:
    """As it was before `count_paid`."""
    for row in counted:
        repository.give_back_each(tx, row.drop_id, {row.identity: row.quantity})
        repository.forget_identity(tx, row.hold_id, row.identity)


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
