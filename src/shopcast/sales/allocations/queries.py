"""Reads what a show has of its own."""

import msgspec

from shopcast import catalog, shows
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import Forbidden, Unauthenticated
from shopcast.kernel.principal import Principal
from shopcast.sales.drops.plan_drop import SELLER_ROLES


class AllocationView(msgspec.Struct, frozen=True, kw_only=True):
    """`allocated` units in all, of which `taken` are held or sold; `left_in_stock` is what all can buy besides."""

    variant_id: str
    product_id: str
    product_title: str
    variant_title: str
    sku: str
    image_url: str
    allocated: int
    taken: int
    left: int
    left_in_stock: int


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
            product_title=variants[aside.variant_id].product_title,
            variant_title=variants[aside.variant_id].title,
            sku=variants[aside.variant_id].sku,
            image_url=variants[aside.variant_id].image_url,
            allocated=aside.given,
            taken=aside.given - aside.left,
            left=aside.left,
            left_in_stock=variants[aside.variant_id].left,
        )
        for aside in asides
        if "run" in held or by.system or variants[aside.variant_id].organisation_id in sellers
    ]
