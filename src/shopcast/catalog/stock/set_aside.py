"""Units kept for whoever buys in one place, apart from what everybody can buy. Knows not what the place is."""

from collections.abc import Collection, Mapping

import msgspec

from shopcast.catalog.errors import AsideInUse, QuantityOutOfRange, SoldOut
from shopcast.catalog.products.model import QUANTITY_LIMIT
from shopcast.catalog.stock import repository
from shopcast.catalog.stock.repository import left_for
from shopcast.kernel.actions import ReadConnection, Tx


class Aside(msgspec.Struct, frozen=True, kw_only=True):
    """`given` units in all, of which `left` are neither held nor sold."""

    variant_id: str
    given: int
    left: int


def set_aside(tx: Tx, for_id: str, variant_id: str, given: int) -> None:
    """Keeps `given` units in all. Raises SoldOut when there are not that many, AsideInUse when more are drawn."""
    if not 0 <= given <= QUANTITY_LIMIT:
        raise QuantityOutOfRange(smallest=0, largest=QUANTITY_LIMIT)
    before = repository.aside_given(tx, for_id, variant_id)
    more = given - before
    if more > 0 and not repository.keep(tx, variant_id, more):
        raise SoldOut(variant_id, left_for(tx, variant_id, None))
    if not repository.give(tx, for_id, variant_id, before, given):
        raise AsideInUse(used=before - repository.aside_left_of(tx, for_id, variant_id))
    if more < 0:
        repository.free(tx, variant_id, -more)


def close_asides(tx: Tx, for_id: str) -> list[str]:
    """What is left can be bought by everybody, and what is given back later too. The variants that moved; closing
    again moves nothing."""
    freed = repository.close_asides(tx, for_id)
    for variant_id, left in freed.items():
        if left > 0:
            repository.free(tx, variant_id, left)
    return sorted(freed)


def asides_of(conn: ReadConnection, for_id: str) -> list[Aside]:
    """Those that are open, by variant id."""
    rows = repository.asides_of(conn, for_id)
    return [Aside(variant_id=variant_id, given=given, left=left) for variant_id, given, left in rows]


def aside_left(conn: ReadConnection, for_ids: Collection[str], variant_ids: Collection[str]) -> Mapping[str, int]:
    """Units left for any of these places, by variant id; variants without any are left out."""
    return repository.aside_left(conn, for_ids, variant_ids)
