"""Calls to Stripe through its library: an idempotency key on every one that changes something, typed answers, and
refusals sorted into what may be asked again, what an operator must see, and what a bank said no to."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import msgspec
import stripe

from shopcast.integrations.stripe.http_client import ANSWER_TIMEOUT_S, StripeHttp
from shopcast.integrations.stripe.objects import ErrorBody, ErrorDetails, Named
from shopcast.integrations.stripe.translate import instant
from shopcast.sales import EvidenceFile, ProviderRefused, ProviderUnreachable

T = TypeVar("T")
# The shapes in objects.py are of this version; a newer default of the library or the account changes nothing.
API_VERSION = "2026-10-28.endive"
# One more try for a connection that was closed while it idled; the rest is done by jobs, which nobody waits for.
RETRIES = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """`at`: when Stripe said so, by its own clock. `replayed`: these are the words of the first time, and what became
    of it since must be asked for."""

    body: bytes
    at: datetime | None
    replayed: bool


class Declined(Exception):
    """Stripe understood and said no; `details` tells what about."""

    def __init__(self, details: ErrorDetails) -> None:
        super().__init__(details.message or details.code or details.type)
        self.details = details


class Missing(Exception):
    """404: no such object in this account."""


class StripeApi:
    def __init__(self, secret_key: str, base_url: str | None = None, timeout_s: float = ANSWER_TIMEOUT_S) -> None:
        self._http = StripeHttp(timeout_s)
        addresses: Any = None if base_url is None else {"api": base_url, "files": base_url}
        self._client = stripe.StripeClient(
            secret_key,
            stripe_version=API_VERSION,
            base_addresses=addresses,
            http_client=self._http,
            max_network_retries=RETRIES,
        )

    async def get(self, path: str, type: type[T], **params: Any) -> tuple[T, datetime | None]:
        return _read(await self._call("get", path, params), type)

    async def post(self, path: str, key: str, type: type[T], **params: Any) -> tuple[T, datetime | None]:
        """`key` is the idempotency key: the same call twice is one call."""
        return _read(await self._call("post", path, {**params, "idempotency_key": key}), type)

    async def make(self, path: str, key: str, type: type[T], **params: Any) -> tuple[T, bool]:
        """Like `post`, for what is made first and used afterwards; True when it had been made before."""
        answer = await self._call("post", path, {**params, "idempotency_key": key})
        return _read(answer, type)[0], answer.replayed

    async def upload(self, key: str, file: EvidenceFile) -> str:
        """The file's id. Raises ProviderUnreachable."""
        upload: Any = {"purpose": "dispute_evidence", "file": _Upload(file)}
        try:
            stored = await self._client.v1.files.create_async(upload, {"idempotency_key": key})
        except stripe.StripeError as error:
            raise _refusal(error) from error
        return msgspec.json.decode(_body_of(stored), type=Named).id

    async def close(self) -> None:
        await self._http.close_async()

    async def _call(self, method: str, path: str, params: Mapping[str, Any]) -> Answer:
        try:
            response = await self._client.raw_request_async(method, path, **params)
        except stripe.StripeError as error:
            raise _refusal(error) from error
        headers: Mapping[str, str] = response.headers or {}
        return Answer(response.body.encode(), _date(headers), headers.get("idempotent-replayed") == "true")


class _Upload(io.BytesIO):
    """What the library's multipart writer takes for a file: it reads in parts, and asks for the name."""

    def __init__(self, file: EvidenceFile) -> None:
        super().__init__(file.content)
        self.name = file.file_name


def path_of(*parts: str) -> str:
    """Ids go into paths, and come from outside: nothing but what Stripe's ids are made of."""
    for part in parts[1:]:
        if not part or not all(letter.isascii() and (letter.isalnum() or letter in "_-") for letter in part):
            raise ProviderRefused("what should be an id of Stripe's does not look like one")
    return "/v1/" + "/".join(parts)


def _read(answer: Answer, type: type[T]) -> tuple[T, datetime | None]:
    try:
        return msgspec.json.decode(answer.body, type=type), answer.at
    except msgspec.DecodeError as error:
        raise ProviderUnreachable(f"Stripe's answer can't be read: {error}") from error


def _body_of(stored: Any) -> bytes:
    body: str = stored.last_response.body
    return body.encode()


def _date(headers: Mapping[str, str]) -> datetime | None:
    said = headers.get("date")
    try:
        return None if said is None else parsedate_to_datetime(said)
    except ValueError:
        return None


# No answer, or one that says "later": the same call with the same key is right.
_TRANSIENT: Sequence[type[stripe.StripeError]] = (stripe.APIConnectionError, stripe.RateLimitError)
_TRANSIENT_CODES = frozenset({"idempotency_key_in_use", "lock_timeout", "rate_limit"})


def _refusal(error: stripe.StripeError) -> Exception:
    status = error.http_status or 0
    if isinstance(error, tuple(_TRANSIENT)) or error.code in _TRANSIENT_CODES or status >= 500:
        return ProviderUnreachable(f"Stripe: {error.code or type(error).__name__} ({status})")
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError | stripe.IdempotencyError):
        # Without the message: it repeats parts of the key.
        return ProviderRefused(f"Stripe: {type(error).__name__} ({status}); check the keys in the settings")
    if status == 404:
        return Missing()
    return Declined(_details(error))


def _details(error: stripe.StripeError) -> ErrorDetails:
    body = error.http_body
    try:
        return msgspec.json.decode(body if body is not None else "{}", type=ErrorBody).error
    except (msgspec.DecodeError, TypeError):
        return ErrorDetails(type=type(error).__name__, code=error.code)


def observed(at: datetime | None, created: int) -> datetime:
    """The time of an answer that came without one is at least that of the object."""
    return at or instant(created)
