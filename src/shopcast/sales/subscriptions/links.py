"""The link in every mail of a subscription: it skips and stops without signing in. Recomputed from a stored salt and
the installation's secret, so that a copy of the database opens nothing."""

import base64
import hashlib
import hmac
from typing import Literal

from shopcast.kernel.config import Settings
from shopcast.kernel.ids import digest

TOKEN_LIMIT = 100


def link_salt(buyer_key: str, idempotency_key: str) -> str:
    """The same request sent again must be the same command."""
    return hashlib.sha256(f"subscription-link\0{buyer_key}\0{idempotency_key}".encode()).hexdigest()


def link_token(secret: bytes, salt: str) -> str:
    mac = hmac.digest(secret, f"subscription-link\0{salt}".encode(), "sha256")
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def link_digest(secret: bytes, salt: str) -> str:
    return digest(link_token(secret, salt))


def opens(token: str, stored_digest: str) -> bool:
    return len(token) <= TOKEN_LIMIT and hmac.compare_digest(digest(token), stored_digest)


def subscription_url(settings: Settings, subscription_id: str, salt: str, do: Literal["", "skip", "stop"] = "") -> str:
    """A page that shows the one button: opening a link changes nothing, as mail scanners open every link."""
    address = f"{settings.public_url}/subscriptions?subscription={subscription_id}"
    wanted = f"&do={do}" if do else ""
    return f"{address}&token={link_token(settings.secret, salt)}{wanted}"
