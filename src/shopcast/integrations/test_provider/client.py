"""The PaymentProvider port over the test provider's HTTP API. Everything but an answer is ProviderUnreachable."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import httpx
import msgspec

from shopcast.integrations.test_provider.protocol import (
    PROVIDER,
    SIGNATURE_HEADER,
    Answer,
    CaptureCall,
    Confirmation,
    Decided,
    Decision,
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
from shopcast.sales import (
    ChargeRequest,
    OfferedMethod,
    ProviderAnswer,
    ProviderUnreachable,
    WebhookDelivery,
    WebhookRefused,
)

T = TypeVar("T")

# A shopper waits this long for "paid"; after that the page says "processing" and the webhook or the job finds out.
ANSWER_TIMEOUT_S = 6.0
# Loopback connects at once or not at all.
CONNECT_TIMEOUT_S = 1.0

OFFERED: tuple[OfferedMethod, ...] = (
    OfferedMethod(token="tok_approve", label_en="Test card (approves)", label_zh="测试卡（付款成功）"),
    OfferedMethod(token="tok_decline", label_en="Test card (declines)", label_zh="测试卡（拒绝付款）"),
    OfferedMethod(token="tok_second_step", label_en="Test card (asks to confirm)", label_zh="测试卡（需要验证）"),
    OfferedMethod(token="tok_timeout", label_en="Test card (answers late)", label_zh="测试卡（响应超时）"),
)


class TestProvider:
    """Finds the simulator's port in the data directory at each call: whichever of the two started first."""

    # pytest would take the name for a test class.
    __test__ = False

    def __init__(self, settings: Settings, timeout_s: float = ANSWER_TIMEOUT_S) -> None:
        if settings.payments != PROVIDER:
            raise ValueError("the test provider may only be used with SHOPCAST_PAYMENTS=test")
        self._port_file = port_file(settings)
        self._webhook_secret = webhook_secret(settings)
        self._headers = {"Authorization": f"Bearer {api_key(settings)}"}
        self._timeout = httpx.Timeout(timeout_s, connect=CONNECT_TIMEOUT_S)
        self._client: httpx.AsyncClient | None = None

    @property
    def name(self) -> str:
        return PROVIDER

    def offered(self) -> Sequence[OfferedMethod]:
        return OFFERED

    async def charge(self, request: ChargeRequest) -> ProviderAnswer:
        return _answer(await self._call("POST", f"/charges/{request.payment_id}", Answer, request))

    async def find(self, payment_id: str) -> ProviderAnswer | None:
        try:
            return _answer(await self._call("GET", f"/charges/{payment_id}", Answer))
        except NotFound:
            return None

    async def capture(self, payment_id: str, amount: Money) -> ProviderAnswer:
        return _answer(await self._call("POST", f"/charges/{payment_id}/capture", Answer, CaptureCall(amount=amount)))

    async def give_up(self, payment_id: str) -> ProviderAnswer:
        return _answer(await self._call("POST", f"/charges/{payment_id}/give-up", Answer))

    async def refund(self, payment_id: str, refund_id: str, amount: Money) -> ProviderAnswer:
        call = RefundCall(refund_id=refund_id, amount=amount)
        return _answer(await self._call("POST", f"/charges/{payment_id}/refunds", Answer, call))

    def read_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> WebhookDelivery:
        verify(self._webhook_secret, headers.get(SIGNATURE_HEADER, ""), body, now)
        try:
            notice = msgspec.json.decode(body, type=Notice)
        except msgspec.DecodeError as error:
            raise WebhookRefused() from error
        return WebhookDelivery(id=notice.id, payment_id=notice.payment_id, events=notice.events)

    async def confirmation(self, token: str) -> Confirmation:
        """Raises NotFound."""
        return await self._call("GET", f"/confirmations/{token}", Confirmation)

    async def decide(self, token: str, approve: bool) -> str:
        """Where the buyer goes next. Raises NotFound."""
        return (await self._call("POST", f"/confirmations/{token}", Decided, Decision(approve=approve))).return_url

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _call(self, method: str, path: str, type: type[T], body: Any = None) -> T:
        if self._client is None:
            self._client = httpx.AsyncClient(headers=self._headers, timeout=self._timeout, trust_env=False)
        content = None if body is None else msgspec.json.encode(body)
        try:
            response = await self._client.request(method, f"{self._base_url()}{path}", content=content)
        except (httpx.HTTPError, OSError, msgspec.DecodeError) as error:
            raise ProviderUnreachable(f"{method} {path}: {error!r}") from error
        if response.status_code == 404:
            raise NotFound("payment")
        if response.status_code != 200:
            raise ProviderUnreachable(f"{method} {path}: answered {response.status_code}")
        try:
            return msgspec.json.decode(response.content, type=type)
        except msgspec.DecodeError as error:
            raise ProviderUnreachable(f"{method} {path}: unreadable answer") from error

    def _base_url(self) -> str:
        port = msgspec.json.decode(self._port_file.read_bytes(), type=dict[str, int])["port"]
        return f"http://127.0.0.1:{port}"


def _answer(answer: Answer) -> ProviderAnswer:
    return ProviderAnswer(events=answer.events, saved_method=answer.saved_method)
