"""SealOrderLink: the link of an order that the system placed for its buyer opens from its first mail on."""

from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Forbidden
from shopcast.kernel.principal import Principal
from shopcast.sales.orders import repository


class SealOrderLink(Command, frozen=True, kw_only=True):
    order_id: str
    link_digest: str


def seal_order_link(tx: Tx, command: SealOrderLink, by: Principal, now: datetime) -> None:
    """Once: a link that opens is never changed."""
    if not by.system:
        raise Forbidden()
    repository.seal_link(tx, command.order_id, command.link_digest)
