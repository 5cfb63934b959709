"""Owns what every request can reach: the ports joined in wiring, kept in the application's state under one name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from litestar.connection import ASGIConnection, Request
from litestar.types import Scope

from shopcast.kernel.actions import Actions, ReadConnection
from shopcast.kernel.clock import Clock
from shopcast.kernel.config import Settings
from shopcast.kernel.ports import BlobStore, RateLimits
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads

# The helpers serve every route; none of them looks into what is generic here.
AnyConnection = ASGIConnection[Any, Any, Any, Any]
AnyRequest = Request[Any, Any, Any]


@runtime_checkable
class SessionResolver(Protocol):
    """Implemented by accounts. Asked on every request, so that a revoked session ends at once."""

    def resolve(self, connection: ReadConnection, session_token_digest: str, now: datetime, /) -> Principal | None:
        """None if the session does not exist, has expired or was revoked."""


@dataclass(frozen=True, slots=True)
class WebContext:
    actions: Actions
    reads: Reads
    clock: Clock
    settings: Settings
    blobs: BlobStore
    limits: RateLimits
    sessions: SessionResolver
    secret: bytes = field(repr=False, default=b"")
    # Whatever else a route takes as a dependency, by the name of its parameter (e.g. "payments").
    ports: Mapping[str, object] = field(default_factory=dict)


def context_of(connection: AnyConnection) -> WebContext:
    return context_of_scope(connection.scope)


def context_of_scope(scope: Scope) -> WebContext:
    context: WebContext = scope["litestar_app"].state["shopcast"]
    return context


def request_notes(scope: Scope) -> dict[str, object]:
    """What the helpers remember about one request."""
    state: dict[str, object] = scope.setdefault("state", {})
    notes = state.setdefault("shopcast", {})
    assert isinstance(notes, dict)
    return notes
