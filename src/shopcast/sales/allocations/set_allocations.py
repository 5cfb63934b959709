"""The seller keeps units of a variant for a show; the host may let some of them go, never take more."""

from datetime import datetime

import msgspec

from shopcast import accounts, catalog, shows
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from shopcast.kernel.principal import Principal
from shopcast.sales.drops.errors import OnlyLower
from shopcast.sales.drops.plan_drop import SELLER_ROLES
from shopcast.sales.standing.serve_variant import serve_soon
from shopcast.shows.events import ShowEnded

# As many as a shelf has items, with some variants each; the writer is held for a few milliseconds at most.
ALLOCATIONS_AT_ONCE = 200


class AllocationLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`quantity` is what the show gets in all, those its buyers hold or bought included."""

    variant_id: str
    quantity: int


class SetAllocations(Command, frozen=True, kw_only=True):
    """Only the variants named change; 0 takes everything back that is not drawn."""

    show_id: str
    lines: tuple[AllocationLine, ...]


def set_allocations(tx: Tx, command: SetAllocations, by: Principal, now: datetime) -> None:
    """All or nothing. Raises SoldOut, AsideInUse, OnlyLower."""
    show, held = shows.visible_show(tx, by, command.show_id)
    if not 1 <= len(command.lines) <= ALLOCATIONS_AT_ONCE:
        raise InvalidInput("lines", "it is out of range")
    if len({line.variant_id for line in command.lines}) != len(command.lines):
        raise InvalidInput("lines", "it has the wrong form")
    if show.is_over:
        raise NotFound("show")
    variants = catalog.variants_by_id(tx, [line.variant_id for line in command.lines])
    given = {aside.variant_id: aside.given for aside in catalog.asides_of(tx, show.id)}
    for line in sorted(command.lines, key=lambda line: line.variant_id):
        variant = variants.get(line.variant_id)
        if variant is None:
            raise NotFound("variant")
        if not _is_seller(tx, by, variant.organisation_id):
            _require_host(by, "run" in held)
            if line.quantity > given.get(line.variant_id, 0):
                raise OnlyLower()
        catalog.set_aside(tx, show.id, line.variant_id, line.quantity)
        details = {
            "organisation_id": variant.organisation_id,
            "show_id": show.id,
            "was": given.get(line.variant_id, 0),
            "quantity": line.quantity,
        }
        tx.audit(by, "sales.set_allocation", line.variant_id, details)
        # Units moved between those who buy in the show and everybody else; on either side somebody may wait.
        serve_soon(tx, line.variant_id)
    shows.stock_changed(tx, show.id, {variant.product_id for variant in variants.values()}, now)


def free_allocations(tx: Tx, event: ShowEnded, now: datetime) -> None:
    """What the show did not need can be bought by everybody; what its buyers give back later too."""
    freed = catalog.close_asides(tx, event.show_id)
    products = {variant.product_id for variant in catalog.variants_by_id(tx, freed).values()}
    shows.stock_changed(tx, event.show_id, products, now)
    for variant_id in sorted(freed):
        serve_soon(tx, variant_id)


def _is_seller(tx: Tx, by: Principal, organisation_id: str) -> bool:
    if by.system:
        return True
    return by.person_id is not None and accounts.role_of(tx, by.person_id, organisation_id) in SELLER_ROLES


def _require_host(by: Principal, runs: bool) -> None:
    if by.person_id is None:
        raise Unauthenticated()
    if not runs:
        raise Forbidden()
