"""SQL of addresses."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, delete, func, insert, select, update

from shopcast.accounts.addresses.model import ADDRESSES_LIMIT, Address, AddressDraft
from shopcast.accounts.errors import TooManyAddresses
from shopcast.accounts.tables import address
from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.errors import NotFound
from shopcast.kernel.ids import new_id


def addresses_of(conn: ReadConnection, person_id: str) -> list[Address]:
    """The default one first, then the newest."""
    rows = conn.execute(
        select(address)
        .where(address.c.person_id == person_id)
        .order_by(address.c.is_default.desc(), address.c.id.desc())
        .limit(ADDRESSES_LIMIT)
    )
    return [_address(row) for row in rows]


def address_of(conn: ReadConnection, person_id: str, address_id: str) -> Address:
    """Raises NotFound, also for somebody else's address."""
    row = conn.execute(select(address).where(address.c.id == address_id, address.c.person_id == person_id)).first()
    if row is None:
        raise NotFound("address")
    return _address(row)


def insert_address(tx: Tx, person_id: str, draft: AddressDraft, is_default: bool, now: datetime) -> Address:
    """The first one is the default whatever was asked. Raises TooManyAddresses."""
    known = tx.execute(select(func.count()).where(address.c.person_id == person_id)).scalar_one()
    if known >= ADDRESSES_LIMIT:
        raise TooManyAddresses(limit=ADDRESSES_LIMIT)
    is_default = is_default or known == 0
    if is_default:
        tx.execute(update(address).where(address.c.person_id == person_id).values(is_default=False))
    added = Address(id=new_id("adr"), is_default=is_default, **msgspec.structs.asdict(draft))
    tx.execute(insert(address).values(person_id=person_id, created_at=now, **msgspec.structs.asdict(added)))
    return added


def delete_address(tx: Tx, person_id: str, address_id: str) -> None:
    """Raises NotFound. The newest remaining one takes over as the default."""
    gone = address_of(tx, person_id, address_id)
    tx.execute(delete(address).where(address.c.id == address_id))
    if gone.is_default:
        newest = select(func.max(address.c.id)).where(address.c.person_id == person_id).scalar_subquery()
        tx.execute(update(address).where(address.c.id == newest).values(is_default=True))


def _address(row: Row[Any]) -> Address:
    return Address(
        id=row.id,
        name=row.name,
        line1=row.line1,
        line2=row.line2,
        city=row.city,
        region=row.region,
        postal_code=row.postal_code,
        country=row.country,
        phone=row.phone,
        is_default=bool(row.is_default),
    )
