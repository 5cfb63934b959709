"""Owns the dependencies routes take by name: actions, reads, clock, settings, blobs, limits, language, principal, …"""

import math
from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias, TypeVar

from litestar.di import Dependency, Provide
from litestar.params import SkipValidationMarker

from shopcast.kernel.actions import Actions
from shopcast.kernel.clock import Clock
from shopcast.kernel.config import Settings
from shopcast.kernel.errors import Language, TooManyRequests
from shopcast.kernel.ports import BlobStore, RateLimits
from shopcast.kernel.reads import Reads
from shopcast.web_support.context import AnyRequest, WebContext, context_of
from shopcast.web_support.idempotency import provide_idempotency_key, provide_optional_idempotency_key
from shopcast.web_support.languages import language_of
from shopcast.web_support.pagination import provide_page
from shopcast.web_support.requests import client_address
from shopcast.web_support.sessions import provide_principal

T = TypeVar("T")

# How a route takes one: `actions: Injected[Actions]`. They are ours, so they are not validated as input would be.
Injected: TypeAlias = Annotated[T, Dependency(kind="named"), SkipValidationMarker()]


def dependencies(context: WebContext) -> Mapping[str, Provide]:
    return {
        "actions": Provide(_actions, sync_to_thread=False),
        "reads": Provide(_reads, sync_to_thread=False),
        "clock": Provide(_clock, sync_to_thread=False),
        "settings": Provide(_settings, sync_to_thread=False),
        "blobs": Provide(_blobs, sync_to_thread=False),
        "limits": Provide(_limits, sync_to_thread=False),
        "language": Provide(_language, sync_to_thread=False),
        "address": Provide(_address, sync_to_thread=False),
        "principal": Provide(provide_principal),
        "idempotency_key": Provide(provide_idempotency_key),
        "optional_idempotency_key": Provide(provide_optional_idempotency_key),
        "page": Provide(provide_page),
        **{name: _provide(port) for name, port in context.ports.items()},
    }


def require_rate(limits: RateLimits, key: str, limit: int, per_s: float) -> None:
    """Raises TooManyRequests with the seconds to wait."""
    retry_after_s = limits.allow(key, limit, per_s)
    if retry_after_s is not None:
        raise TooManyRequests(retry_after_s=max(1, math.ceil(retry_after_s)))


def _provide(port: object) -> Provide:
    def provide() -> Any:
        return port

    return Provide(provide, sync_to_thread=False)


def _actions(request: AnyRequest) -> Actions:
    return context_of(request).actions


def _reads(request: AnyRequest) -> Reads:
    return context_of(request).reads


def _clock(request: AnyRequest) -> Clock:
    return context_of(request).clock


def _settings(request: AnyRequest) -> Settings:
    return context_of(request).settings


def _blobs(request: AnyRequest) -> BlobStore:
    return context_of(request).blobs


def _limits(request: AnyRequest) -> RateLimits:
    return context_of(request).limits


def _language(request: AnyRequest) -> Language:
    return language_of(request)


def _address(request: AnyRequest) -> str:
    return client_address(request, context_of(request).settings)
