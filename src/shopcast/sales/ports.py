"""Ports of sales: what a payment provider must be able to do. Adapters live in integrations; wiring joins them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from shopcast.kernel.money import Money
from shopcast.sales.payments.model import PaymentEvent


class MethodToken(msgspec.Struct, frozen=True, tag="token"):
    """Card data as the provider's page turned it into a token; it never passes through us."""

    token: str


class MethodReference(msgspec.Struct, frozen=True, tag="reference"):
    """A method the provider keeps for a returning buyer."""

    reference: str


class ChargeRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`payment_id` is the idempotency key: sent twice, the provider charges once."""

    payment_id: str
    amount: Money
    method: MethodToken | MethodReference
    save_method: bool
    description: str
    return_url: str
    language: str


class SavedMethod(msgspec.Struct, frozen=True):
    reference: str
    label: str


class ProviderAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """All the provider knows of a payment now."""

    events: tuple[PaymentEvent, ...]
    saved_method: SavedMethod | None = None


class OfferedMethod(msgspec.Struct, frozen=True, kw_only=True):
    token: str
    label_en: str
    label_zh: str


class WebhookDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """`id` is the delivery's: the same one twice is the same news."""

    id: str
    payment_id: str
    events: tuple[PaymentEvent, ...]


class ProviderUnreachable(Exception):
    """No answer in time, or none that can be read: what happened is not known, ask again by the payment's id."""


class PaymentProvider(Protocol):
    """Amounts are in the currency's minor units. Every call may be repeated: ids are idempotency keys."""

    @property
    def name(self) -> str: ...

    def offered(self) -> Sequence[OfferedMethod]: ...

    async def charge(self, request: ChargeRequest) -> ProviderAnswer:
        """Authorises and captures at once. Raises ProviderUnreachable."""

    async def find(self, payment_id: str) -> ProviderAnswer | None:
        """None if the provider never heard of it. Raises ProviderUnreachable."""

    async def capture(self, payment_id: str, amount: Money) -> ProviderAnswer: ...

    async def give_up(self, payment_id: str) -> ProviderAnswer:
        """Voids what is not captured; a payment never heard of is refused from now on. A captured one stays."""

    async def refund(self, payment_id: str, refund_id: str, amount: Money) -> ProviderAnswer: ...

    def read_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> WebhookDelivery:
        """Header names in lower case. Raises WebhookRefused unless signature and time are right."""


class PaymentProviders:
    """The providers of this installation by name, the first being the one new payments go to; wiring builds it."""

    def __init__(self, providers: Mapping[str, PaymentProvider]) -> None:
        if not providers:
            raise ValueError("an installation has at least one payment provider")
        self._providers = dict(providers)

    @property
    def default(self) -> PaymentProvider:
        return next(iter(self._providers.values()))

    def named(self, name: str) -> PaymentProvider | None:
        return self._providers.get(name)
