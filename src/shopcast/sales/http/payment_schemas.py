"""What the doors of payment methods, mandates and the operator's lists say."""

from datetime import datetime

import msgspec

from shopcast.kernel.errors import Language
from shopcast.kernel.money import Money
from shopcast.sales.http.schemas import Failure
from shopcast.sales.mandates.model import Mandate, MandateState, Purpose
from shopcast.sales.payments.failures import failure_message
from shopcast.sales.payments.inbox.repository import InboxState, StoredWebhook
from shopcast.sales.payments.methods.repository import StoredMethod
from shopcast.sales.payments.outbox.repository import CallKind, CallRow, CallState
from shopcast.sales.payments.setups.repository import SetupView
from shopcast.sales.ports import MethodKind, OfferedMethod, SheetSetup

# What a provider's notice looked like; a dispute's is the longest.
BODY_SHOWN_CHARACTERS = 4_000


class SavedMethodAnswer(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    label: str
    kind: str


class OfferedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    token: str
    kind: MethodKind
    label_en: str
    label_zh: str
    can_be_saved: bool


class PaymentMethodsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`sheet` tells how the pay sheet gets a token: tokens (choose one of `offered`) or elements (the provider's own
    fields, opened with `publishable_key`; what they give back is sent as the token)."""

    provider: str
    sheet: str
    publishable_key: str | None
    saved: list[SavedMethodAnswer]
    offered: list[OfferedAnswer]

    @classmethod
    def of(
        cls, provider: str, sheet: SheetSetup, saved: list[StoredMethod], offered: list[OfferedMethod]
    ) -> "PaymentMethodsAnswer":
        return cls(
            provider=provider,
            sheet=sheet.kind,
            publishable_key=sheet.publishable_key,
            saved=[SavedMethodAnswer(id=method.id, label=method.label, kind=method.kind) for method in saved],
            offered=[
                OfferedAnswer(
                    token=offer.token,
                    kind=offer.kind,
                    label_en=offer.label_en,
                    label_zh=offer.label_zh,
                    can_be_saved=offer.can_be_saved,
                )
                for offer in offered
            ],
        )


class SetupRequestBody(msgspec.Struct, frozen=True, kw_only=True):
    """A token from the provider's own page. `return_path`: where the buyer comes back to after a second step."""

    token: str
    return_path: str | None = None


class SetupStateAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """processing and needs_action (go to `next_action_url`) may still change: ask again."""

    id: str
    state: str
    next_action_url: str | None
    method: SavedMethodAnswer | None
    failure: Failure | None

    @classmethod
    def of(cls, setup: SetupView, method: StoredMethod | None, language: Language) -> "SetupStateAnswer":
        code = setup.failure_code
        return cls(
            id=setup.id,
            state=setup.state,
            next_action_url=setup.next_action_url,
            method=None if method is None else SavedMethodAnswer(id=method.id, label=method.label, kind=method.kind),
            failure=None if code is None else Failure(code=code, message=failure_message(code, language)),
        )


class MandateAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`used` is charged or being charged, at most `cap`. `consent_text` is what was agreed to, word for word."""

    id: str
    purpose: Purpose
    state: MandateState
    method_label: str
    cap: Money
    used: Money
    expires_at: datetime
    consent_text: str
    consent_at: datetime

    @classmethod
    def of(cls, mandate: Mandate) -> "MandateAnswer":
        return cls(
            id=mandate.id,
            purpose=mandate.purpose,
            state=mandate.state,
            method_label=mandate.method_label,
            cap=mandate.cap,
            used=mandate.used,
            expires_at=mandate.expires_at,
            consent_text=mandate.consent_text,
            consent_at=mandate.consent_at,
        )


class InboxRow(msgspec.Struct, frozen=True, kw_only=True):
    """A provider's notice. waiting: not applied yet; ignored: nothing followed, `note` says why."""

    provider: str
    delivery_id: str
    kind: str
    subject_id: str
    state: InboxState
    received_at: datetime
    applied_at: datetime | None
    note: str | None
    body: str

    @classmethod
    def of(cls, stored: StoredWebhook) -> "InboxRow":
        state: InboxState = "waiting" if stored.applied_at is None else "applied"
        return cls(
            provider=stored.provider,
            delivery_id=stored.delivery_id,
            kind=stored.kind,
            subject_id=stored.subject_id,
            state="ignored" if stored.note is not None else state,
            received_at=stored.received_at,
            applied_at=stored.applied_at,
            note=stored.note,
            body=stored.body[:BODY_SHOWN_CHARACTERS],
        )


class OutboxRow(msgspec.Struct, frozen=True, kw_only=True):
    """A call to the provider. `key` is its idempotency key: the id of the payment, refund or setup it is about."""

    id: str
    provider: str
    kind: CallKind
    key: str
    payment_id: str | None
    amount: Money | None
    state: CallState
    attempts: int
    last_answer: str | None
    asked_at: datetime | None
    next_try_at: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, row: CallRow) -> "OutboxRow":
        return cls(
            id=row.id,
            provider=row.provider,
            kind=row.kind,
            key=row.key,
            payment_id=row.payment_id,
            amount=row.amount,
            state=row.state,
            attempts=row.attempts,
            last_answer=row.last_answer,
            asked_at=row.asked_at,
            next_try_at=row.next_try_at,
            created_at=row.created_at,
        )
