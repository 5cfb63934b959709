"""The link a guest finds an order by: recomputed from a stored salt and the installation's secret, so that neither a
copy of the database nor an order's id opens it."""

import base64
import hashlib
import hmac

from shopcast.kernel.config import Settings
from shopcast.kernel.ids import digest


def link_salt(buyer_key: str, idempotency_key: str) -> str:
    """The same request sent again must be the same command."""
    return hashlib.sha256(f"order-link\0{buyer_key}\0{idempotency_key}".encode()).hexdigest()


def link_token(secret: bytes, salt: str) -> str:
    mac = hmac.digest(secret, f"order-link\0{salt}".encode(), "sha256")
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def link_digest(secret: bytes, salt: str) -> str:
    return digest(link_token(secret, salt))


def order_url(settings: Settings, order_id: str, salt: str) -> str:
    return f"{settings.public_url}/orders/{order_id}?token={link_token(settings.secret, salt)}"
