"""Ports of sales: what a payment provider must be able to do. Adapters live in integrations; wiring joins them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol

import msgspec

from shopcast.kernel.money import Money
from shopcast.sales.payments.model import PaymentEvent

# card: answered while the buyer waits; redirect: confirmed on another site; later: the money arrives in days.
MethodKind = Literal["card", "redirect", "later"]


class MethodToken(msgspec.Struct, frozen=True, tag="token"):
    """Card data as the provider's page turned it into a token; it never passes through us."""

    token: str


class MethodReference(msgspec.Struct, frozen=True, tag="reference"):
    """A method the provider keeps for a returning buyer."""

    reference: str


class ChargeRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`payment_id` is the idempotency key: sent twice, the provider charges once. Off session the buyer is not there
    to confirm anything: what needs them fails with `confirmation_needed`."""

    payment_id: str
    amount: Money
    method: MethodToken | MethodReference
    save_method: bool
    description: str
    return_url: str
    language: str
    off_session: bool = False
    mandate_id: str | None = None


class PaymentLookup(msgspec.Struct, frozen=True, kw_only=True):
    """What we know of a payment we asked for. `reference` is the provider's own id of it, once it told us."""

    payment_id: str
    amount: Money
    reference: str | None = None


class SavedMethod(msgspec.Struct, frozen=True):
    """`fingerprint` is the same for the same card, whoever keeps it. Without a reference it is only a label."""

    reference: str
    label: str
    fingerprint: str | None = None
    kind: MethodKind = "card"


class ProviderAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """All the provider knows of a payment now."""

    events: tuple[PaymentEvent, ...]
    saved_method: SavedMethod | None = None
    reference: str | None = None


class SetupRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Keep a method for later without charging it. `setup_id` is the idempotency key."""

    setup_id: str
    method: MethodToken
    return_url: str
    language: str


class SetupAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`saved` and `failed` are final; what arrives after them changes nothing."""

    setup_id: str
    state: Literal["processing", "needs_action", "saved", "failed"]
    method: SavedMethod | None = None
    next_action_url: str | None = None
    failure_code: str | None = None
    reference: str | None = None


class OfferedMethod(msgspec.Struct, frozen=True, kw_only=True):
    token: str
    label_en: str
    label_zh: str
    kind: MethodKind = "card"
    # Whether it can be kept for next time and for mandates.
    can_be_saved: bool = True


class SheetSetup(msgspec.Struct, frozen=True, kw_only=True):
    """How the pay sheet gets a token. tokens: one of those offered; elements: the provider's own fields, opened with
    the publishable key, turn what is typed into a token that never touches us."""

    kind: Literal["tokens", "elements"]
    publishable_key: str | None = None


class WebhookDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """`id` is the delivery's: the same one twice is the same news. About a payment, by our id or the provider's own
    (`reference`), or about a setup. `kind` is the provider's word for it."""

    id: str
    kind: str = ""
    payment_id: str | None = None
    reference: str | None = None
    events: tuple[PaymentEvent, ...] = ()
    setup: SetupAnswer | None = None

    @property
    def subject_id(self) -> str:
        """What news of one thing are kept in order by."""
        setup_id = None if self.setup is None else self.setup.setup_id
        return self.payment_id or setup_id or self.reference or ""


class EvidenceFile(msgspec.Struct, frozen=True, kw_only=True):
    """PDF, PNG or JPEG; providers take up to about 5 MB in all."""

    file_name: str
    content_type: str
    content: bytes


class DisputeEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """What speaks for the seller. `pack` is everything in one file; texts are what the bank's form asks for."""

    statement: str
    product_description: str = ""
    customer_name: str = ""
    customer_email: str = ""
    shipping_address: str = ""
    shipping_carrier: str = ""
    tracking_number: str = ""
    shipped_on: str = ""
    pack: EvidenceFile | None = None
    receipt: EvidenceFile | None = None


class ProviderUnreachable(Exception):
    """No answer in time, or none that can be read: what happened is not known, ask again by the payment's id."""


class ProviderRefused(ProviderUnreachable):
    """It answered, and it will not do it as things are: an operator must look. Asked again it may have changed."""


class PaymentProvider(Protocol):
    """Amounts are in the currency's minor units. Every call may be repeated: ids are idempotency keys. All that reach
    out raise ProviderUnreachable."""

    @property
    def name(self) -> str: ...

    def sheet(self) -> SheetSetup: ...

    def offered(self) -> Sequence[OfferedMethod]: ...

    async def charge(self, request: ChargeRequest) -> ProviderAnswer:
        """Authorises and captures at once."""

    async def find(self, payment: PaymentLookup) -> ProviderAnswer | None:
        """None if the provider never heard of it."""

    async def capture(self, payment: PaymentLookup, amount: Money) -> ProviderAnswer: ...

    async def give_up(self, payment: PaymentLookup) -> ProviderAnswer:
        """Voids what is not captured; a payment never heard of is refused from now on. A captured one stays."""

    async def refund(self, payment: PaymentLookup, refund_id: str, amount: Money) -> ProviderAnswer: ...

    async def setup(self, request: SetupRequest) -> SetupAnswer: ...

    async def find_setup(self, setup_id: str, reference: str | None) -> SetupAnswer | None:
        """None if the provider never heard of it."""

    async def forget_method(self, reference: str) -> None:
        """The buyer took it back: the provider must not charge it again."""

    async def submit_evidence(self, dispute_id: str, evidence: DisputeEvidence) -> None:
        """Once and for all: providers take one answer per dispute."""

    async def accept_dispute(self, dispute_id: str) -> None: ...

    def read_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> WebhookDelivery | None:
        """Header names in lower case. None is news that is not for us: acknowledged and forgotten. Raises
        WebhookRefused unless signature and time are right."""


class TransferRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`transfer_id` is the idempotency key; `destination` is the provider's id of the party paid."""

    transfer_id: str
    amount: Money
    destination: str
    description: str


class TransferAnswer(msgspec.Struct, frozen=True, kw_only=True):
    reference: str
    amount: Money
    reversed_minor: int


class TransferProvider(Protocol):
    """Money to others. A port apart, because only the ledger may decide that somebody is paid."""

    async def transfer(self, request: TransferRequest) -> TransferAnswer: ...


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
