"""Whether a buyer may hold, order by comment or pay; asked before every hold, so it is one indexed statement."""

from collections.abc import Collection

from shopcast.kernel.actions import ReadConnection
from shopcast.sales.restrictions import repository
from shopcast.sales.restrictions.errors import Restricted
from shopcast.sales.restrictions.model import What


def require_unrestricted(conn: ReadConnection, buyer_key: str, organisation_id: str, what: What) -> None:
    """Raises Restricted with the reason and how to appeal. A restriction that is over by time counts until the job of
    its second has ended it."""
    found = repository.first_active(conn, buyer_key, organisation_id, what)
    if found is not None:
        raise Restricted(*found)


def restricted_among(
    conn: ReadConnection, buyer_keys: Collection[str], organisation_id: str, what: What = "hold"
) -> set[str]:
    """Those who may not do that with this seller, for a batch; who is named gets the reason from the other."""
    return repository.active_among(conn, buyer_keys, organisation_id, what) if buyer_keys else set()
