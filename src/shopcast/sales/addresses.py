"""Which address something goes to when the buyer did not type one: a filed one, the default, or that of last time."""

from shopcast import accounts
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import NotFound
from shopcast.kernel.principal import Principal
from shopcast.sales.checkout import repository as checkouts
from shopcast.sales.checkout.address import PostalAddress, clean_address
from shopcast.sales.errors import AddressMissing


def buyers_address(
    conn: ReadConnection, by: Principal, given: PostalAddress | None, address_id: str | None
) -> PostalAddress:
    """Raises AddressMissing, AddressIncomplete, and NotFound for somebody else's address."""
    if given is not None:
        return clean_address(given)
    if by.person_id is not None:
        if address_id is not None:
            return _postal(accounts.address_of(conn, by.person_id, address_id))
        filed = accounts.addresses_of(conn, by.person_id)
        if filed:
            return _postal(filed[0])
    elif address_id is not None:
        raise NotFound("address")
    last = checkouts.latest_paid_of(conn, by.key)
    if last is None:
        raise AddressMissing()
    return last.address


def _postal(address: accounts.Address) -> PostalAddress:
    return clean_address(
        PostalAddress(
            name=address.name,
            line1=address.line1,
            line2=address.line2,
            city=address.city,
            region=address.region,
            postal_code=address.postal_code,
            country=address.country,
            phone=address.phone,
        )
    )
