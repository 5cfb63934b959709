"""Reads what a show has of its own."""

import msgspec

from shopcast import catalog, shows
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import Forbidden, Unauthenticated
from shopcast.kernel.principal import Principal
from shopcast.sales.drops.plan_drop import SELLER_ROLES


class AllocationView(msgspec.Struct, frozen=True, kw_only=True):
    """`quantity` in all, `left` not drawn yet; `free` is what everybody can buy besides."""

    variant_id: str
    product_id: str
    title: str
    variant_title: str
    quantity: int
    left: int
    free: int


def allocations_of(conn: ReadConnection, by: Principal, show_id: str) -> list[AllocationView]:
    """For the people who run the show, and each seller's own. Raises Unauthenticated, Forbidden."""
    show, held = shows.visible_show(conn, by, show_id)
    asides = catalog.asides_of(conn, show.id)
    variants = catalog.variants_by_id(conn, [aside.variant_id for aside in asides])
    sellers = {organisation_id for organisation_id, role in by.organisation_roles if role in SELLER_ROLES}
    if "run" not in held and not by.system:
        if by.person_id is None:
            raise Unauthenticated()
        if not sellers & {variant.organisation_id for variant in variants.values()}:
            raise Forbidden()
    return [
        AllocationView(
            variant_id=aside.variant_id,
            product_id=variants[aside.variant_id].product_id,
            title=variants[aside.variant_id].product_title,
            variant_title=variants[aside.variant_id].title,
            quantity=aside.given,
            left=aside.left,
            free=variants[aside.variant_id].left,
        )
        for aside in asides
        if "run" in held or by.system or variants[aside.variant_id].organisation_id in sellers
    ]
