"""SQL of carts' choices."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, delete, select, text

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.tables import Json, to_microseconds
from shopcast.sales.cart.model import CartChoice
from shopcast.sales.cart.tables import cart

_ONE = select(cart).where(cart.c.buyer_key == bindparam("of_buyer"))
_AMONG = select(cart.c.buyer_key).where(cart.c.buyer_key.in_(bindparam("buyer_keys", expanding=True)))
SET = text(
    "INSERT INTO sales_cart (buyer_key, codes, country, region, currency, updated_at)"
    " VALUES (:buyer_key, :codes, :country, :region, :currency, :updated_at) ON CONFLICT (buyer_key) DO UPDATE SET"
    " codes = excluded.codes, country = excluded.country, region = excluded.region, currency = excluded.currency,"
    " updated_at = excluded.updated_at"
).bindparams(bindparam("codes", type_=Json(tuple[str, ...])))


def choice_of(conn: ReadConnection, buyer_key: str) -> CartChoice:
    row = conn.execute(_ONE, {"of_buyer": buyer_key}).first()
    if row is None:
        return CartChoice()
    return CartChoice(codes=row.codes, country=row.country, region=row.region, currency=row.currency)


def have_chosen(conn: ReadConnection, buyer_keys: Collection[str]) -> set[str]:
    """Those among them who have a choice on file."""
    return set(conn.execute(_AMONG, {"buyer_keys": sorted(set(buyer_keys))}).scalars())


def set_choice(tx: Tx, buyer_key: str, choice: CartChoice, now: datetime) -> None:
    row = {
        "buyer_key": buyer_key,
        "codes": choice.codes,
        "country": choice.country,
        "region": choice.region,
        "currency": choice.currency,
        "updated_at": to_microseconds(now),
    }
    tx.execute(SET, row)


def forget_codes(tx: Tx, buyer_key: str, now: datetime) -> None:
    """They were used."""
    known = choice_of(tx, buyer_key)
    if known.codes:
        left = CartChoice(country=known.country, region=known.region, currency=known.currency)
        set_choice(tx, buyer_key, left, now)


def follow(tx: Tx, guest_key: str, person_id: str, now: datetime) -> None:
    """A guest who signs in takes their choice along; where the account has one already, it stays."""
    chosen = choice_of(tx, guest_key)
    if chosen != CartChoice() and choice_of(tx, person_id) == CartChoice():
        set_choice(tx, person_id, chosen, now)
    tx.execute(delete(cart).where(cart.c.buyer_key == guest_key))
