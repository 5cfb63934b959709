"""The PaymentProvider port over the test provider's HTTP API. Everything but an answer is ProviderUnreachable."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from shopcast.integrations.test_provider.lines import LOST, Lines
from shopcast.integrations.test_provider.protocol import (
    PROVIDER,
    SIGNATURE_HEADER,
    Answer,
    CaptureCall,
    Confirmation,
    Decided,
    Decision,
    EvidenceCall,
    Notice,
    RefundCall,
    api_key,
    port_file,
    verify,
    webhook_secret,
)
from shopcast.kernel.config import Settings
from shopcast.kernel.errors import NotFound
from shopcast.kernel.money import Money
from shopcast.kernel.tracing import TRACEPARENT_HEADER, span
from shopcast.sales import (
    ChargeRequest,
    DisputeEvidence,
    MethodKind,
    OfferedMethod,
    PaymentLookup,
    ProviderAnswer,
    ProviderRefused,
    ProviderUnreachable,
    SetupAnswer,
    SetupRequest,
    SheetSetup,
    WebhookDelivery,
    WebhookRefused,
)

T = TypeVar("T")

# A shopper waits this long for "paid"; after that the page says "processing" and the webhook or the job finds out.
ANSWER_TIMEOUT_S = 6.0
# Loopback connects at once or not at all.
CONNECT_TIMEOUT_S = 1.0


def _offer(token: str, en: str, zh: str, kind: MethodKind = "card", can_be_saved: bool = True) -> OfferedMethod:
    return OfferedMethod(token=token, label_en=en, label_zh=zh, kind=kind, can_be_saved=can_be_saved)


OFFERED: tuple[OfferedMethod, ...] = (
    _offer("tok_approve", "Test card (approves)", "测试卡（付款成功）"),
    _offer("tok_decline", "Test card (declines)", "测试卡（拒绝付款）"),
    _offer("tok_insufficient", "Test card (not enough money)", "测试卡（余额不足）"),
    _offer("tok_second_step", "Test card (asks to confirm)", "测试卡（需要验证）"),
    _offer("tok_timeout", "Test card (answers late)", "测试卡（响应超时）"),
    _offer("tok_confirm_off_session", "Test card (pays now, asks later on)", "测试卡（本次成功，后续扣款需验证）"),
    _offer("tok_dispute", "Test card (disputed afterwards)", "测试卡（付款后发起争议）"),
    _offer("tok_wallet", "Demo Wallet (on its own page)", "演示钱包（跳转付款）", "redirect", False),
    _offer("tok_bank", "Bank transfer (arrives later)", "银行转账（稍后到账）", "later", False),
    _offer("tok_bank_fails", "Bank transfer (never arrives)", "银行转账（最终失败）", "later", False),
)


class TestProvider:
    """Finds the simulator's port in the data directory at each call: whichever of the two started first."""

    # pytest would take the name for a test class.
    __test__ = False

    def __init__(self, settings: Settings, timeout_s: float = ANSWER_TIMEOUT_S) -> None:
        if settings.payments != PROVIDER:
            raise ValueError("the test provider may only be used with SHOPCAST_PAYMENTS=test")
        self._port_file = port_file(settings)
        self._given_address = settings.test_provider_address
        self._webhook_secret = webhook_secret(settings)
        self._headers: list[tuple[bytes | str, bytes | str]] = [("Authorization", f"Bearer {api_key(settings)}")]
        self._lines = Lines(timeout_s, CONNECT_TIMEOUT_S)

    @property
    def name(self) -> str:
        return PROVIDER

    def sheet(self) -> SheetSetup:
        return SheetSetup(kind="tokens")

    def offered(self) -> Sequence[OfferedMethod]:
        return OFFERED

    async def charge(self, request: ChargeRequest) -> ProviderAnswer:
        return _answer(await self._call("POST", f"/charges/{request.payment_id}", Answer, request))

    async def find(self, payment: PaymentLookup) -> ProviderAnswer | None:
        try:
            return _answer(await self._call("GET", f"/charges/{payment.payment_id}", Answer))
        except NotFound:
            return None

    async def capture(self, payment: PaymentLookup, amount: Money) -> ProviderAnswer:
        path = f"/charges/{payment.payment_id}/capture"
        return _answer(await self._call("POST", path, Answer, CaptureCall(amount=amount)))

    async def give_up(self, payment: PaymentLookup) -> ProviderAnswer:
        return _answer(await self._call("POST", f"/charges/{payment.payment_id}/give-up", Answer))

    async def refund(self, payment: PaymentLookup, refund_id: str, amount: Money) -> ProviderAnswer:
        call = RefundCall(refund_id=refund_id, amount=amount)
        return _answer(await self._call("POST", f"/charges/{payment.payment_id}/refunds", Answer, call))

    async def setup(self, request: SetupRequest) -> SetupAnswer:
        return await self._call("POST", f"/setups/{request.setup_id}", SetupAnswer, request)

    async def find_setup(self, setup_id: str, reference: str | None) -> SetupAnswer | None:
        try:
            return await self._call("GET", f"/setups/{setup_id}", SetupAnswer)
        except NotFound:
            return None

    async def forget_method(self, reference: str) -> None:
        await self._call("DELETE", f"/methods/{reference}", dict[str, str])

    async def submit_evidence(self, dispute_id: str, evidence: DisputeEvidence) -> None:
        files = [(file.file_name, len(file.content)) for file in (evidence.pack, evidence.receipt) if file is not None]
        call = EvidenceCall(statement=evidence.statement, files=tuple(files))
        await self._call("POST", f"/disputes/{dispute_id}/evidence", dict[str, str], call)

    async def accept_dispute(self, dispute_id: str) -> None:
        await self._call("POST", f"/disputes/{dispute_id}/accept", dict[str, str])

    def read_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> WebhookDelivery | None:
        verify(self._webhook_secret, headers.get(SIGNATURE_HEADER, ""), body, now)
        try:
            notice = msgspec.json.decode(body, type=Notice)
        except msgspec.DecodeError as error:
            raise WebhookRefused() from error
        if notice.payment_id is None and notice.setup is None:
            return None
        kind = "setup" if notice.setup is not None else ",".join(event.kind.value for event in notice.events)
        return WebhookDelivery(
            id=notice.id, kind=kind, payment_id=notice.payment_id, events=notice.events, setup=notice.setup
        )

    async def confirmation(self, token: str) -> Confirmation:
        """Raises NotFound."""
        return await self._call("GET", f"/confirmations/{token}", Confirmation)

    async def decide(self, token: str, approve: bool) -> str:
        """Where the buyer goes next. Raises NotFound."""
        return (await self._call("POST", f"/confirmations/{token}", Decided, Decision(approve=approve))).return_url

    async def close(self) -> None:
        await self._lines.close()

    async def _call(self, method: str, path: str, type: type[T], body: Any = None) -> T:
        content = b"" if body is None else msgspec.json.encode(body)
        try:
            with span(f"provider {method}", "client") as traced:
                headers = self._headers
                if traced.traceparent is not None:
                    headers = [*headers, (TRACEPARENT_HEADER, traced.traceparent)]
                status, answer = await self._lines.ask(self._address(), method, path, headers, content)
        except (*LOST, OSError, msgspec.DecodeError) as error:
            raise ProviderUnreachable(f"{method} {path}: {error!r}") from error
        if status == 404:
            raise NotFound("payment")
        if status == 409:
            raise ProviderRefused(f"{method} {path}: {answer.decode(errors='replace')[:200]}")
        if status != 200:
            raise ProviderUnreachable(f"{method} {path}: answered {status}")
        try:
            return msgspec.json.decode(answer, type=type)
        except msgspec.DecodeError as error:
            raise ProviderUnreachable(f"{method} {path}: unreadable answer") from error

    def _address(self) -> tuple[str, int]:
        if self._given_address is not None:
            return self._given_address
        return "127.0.0.1", msgspec.json.decode(self._port_file.read_bytes(), type=dict[str, int])["port"]


def _answer(answer: Answer) -> ProviderAnswer:
    return ProviderAnswer(events=answer.events, saved_method=answer.saved_method)
