"""Owns who is asking: session and guest cookies, bearer tokens, and the proof that a page of ours sent the request."""

import hmac
from urllib.parse import urlsplit

from litestar.datastructures import Cookie
from litestar.handlers import BaseRouteHandler

from shopcast.kernel.config import Settings
from shopcast.kernel.errors import ShopcastError
from shopcast.kernel.ids import digest, is_id, new_id, new_token
from shopcast.kernel.principal import Principal
from shopcast.web_support.context import AnyConnection, AnyRequest, WebContext, context_of, request_notes
from shopcast.web_support.languages import language_of
from shopcast.web_support.signing import sign, unsign

SESSION_COOKIE = "shopcast_session"
GUEST_COOKIE = "shopcast_guest"
CSRF_COOKIE = "shopcast_csrf"
CSRF_HEADER = "X-CSRF-Token"

# A guest's order link must outlive the return period.
GUEST_LIFETIME_S = 400 * 24 * 3600
TOKEN_LIMIT = 256
_SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))


class CsrfRefused(ShopcastError):
    code = "csrf_refused"
    status = 403
    messages = {
        "en": "This request did not come from an open page of this shop. Reload the page and try again.",
        "zh": "该请求并非来自本店铺已打开的页面。请刷新页面后重试。",
    }


async def provide_principal(request: AnyRequest) -> Principal:
    """The person of the session, else the guest of the cookie, else a new guest who gets one with the response."""
    return await principal_of(request)


async def principal_of(connection: AnyConnection) -> Principal:
    notes = request_notes(connection.scope)
    known = notes.get("principal")
    if isinstance(known, Principal):
        return known
    principal = await _resolve_session(connection) or _guest(connection)
    notes["principal"] = principal
    return principal


async def _resolve_session(connection: AnyConnection) -> Principal | None:
    token = bearer_token(connection) or connection.cookies.get(SESSION_COOKIE)
    if not token or len(token) > TOKEN_LIMIT:
        return None
    context = context_of(connection)
    return await context.reads.run(context.sessions.resolve, digest(token), context.clock.now())


def bearer_token(connection: AnyConnection) -> str | None:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def _guest(connection: AnyConnection) -> Principal:
    context = context_of(connection)
    language = language_of(connection)
    guest_id = known_guest(connection.cookies.get(GUEST_COOKIE, ""), context)
    if guest_id is not None:
        return Principal(guest_id=guest_id, language=language)
    fresh = new_id("gst")
    request_notes(connection.scope)["new_guest_id"] = fresh
    return Principal(guest_id=fresh, language=language)


def known_guest(signed: str, context: WebContext) -> str | None:
    """The guest's id if we signed it."""
    guest_id = unsign(signed, context.secret, "guest") if len(signed) <= TOKEN_LIMIT else None
    return guest_id if guest_id is not None and is_id(guest_id, "gst") else None


def session_cookie(token: str, settings: Settings, lifetime_s: int) -> Cookie:
    """What signing in sets. Pair it with nothing else: the CSRF cookie is there already."""
    return _cookie(SESSION_COOKIE, token, settings, lifetime_s)


def ended_session_cookie(settings: Settings) -> Cookie:
    return _cookie(SESSION_COOKIE, "", settings, 0)


def cookies_to_set(connection: AnyConnection) -> list[Cookie]:
    """The cookies a response must carry because the request asked who it is and had none."""
    notes = request_notes(connection.scope)
    if "principal" not in notes or bearer_token(connection):
        return []
    context = context_of(connection)
    cookies = []
    new_guest_id = notes.get("new_guest_id")
    if isinstance(new_guest_id, str):
        signed = sign(new_guest_id, context.secret, "guest")
        cookies.append(_cookie(GUEST_COOKIE, signed, context.settings, GUEST_LIFETIME_S))
    if not _is_csrf_token(connection.cookies.get(CSRF_COOKIE, ""), context):
        token = sign(new_token(16), context.secret, "csrf")
        cookies.append(_cookie(CSRF_COOKIE, token, context.settings, GUEST_LIFETIME_S, readable=True))
    return cookies


def require_same_site(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """A guard for every route: refuses requests that another site makes a visitor's browser send.

    Unsafe methods need the CSRF cookie's value in the header, and an Origin that is ours if there is one. Bearer tokens
    are exempt (no browser sends them by itself), and routes with `opt={"csrf_exempt": True}`, which verify signatures.
    """
    if handler.opt.get("csrf_exempt") or bearer_token(connection):
        return
    method = connection.scope.get("method")
    if method in _SAFE_METHODS:
        return
    context = context_of(connection)
    headers = connection.headers
    if not is_own_origin(
        headers.get("sec-fetch-site"), headers.get("origin"), headers.get("host", ""), context.settings
    ):
        raise CsrfRefused()
    # A socket has no method and can't carry the header; its origin, which browsers always send, is the proof.
    if method is not None and not _has_csrf_token(connection, context):
        raise CsrfRefused()


def _has_csrf_token(connection: AnyConnection, context: WebContext) -> bool:
    return same_csrf_token(connection.cookies.get(CSRF_COOKIE, ""), connection.headers.get(CSRF_HEADER, ""), context)


def same_csrf_token(kept: str, sent: str, context: WebContext) -> bool:
    return _is_csrf_token(kept, context) and hmac.compare_digest(kept.encode(), sent.encode())


def _is_csrf_token(token: str, context: WebContext) -> bool:
    return 0 < len(token) <= TOKEN_LIMIT and unsign(token, context.secret, "csrf") is not None


def is_own_origin(fetch_site: str | None, origin: str | None, host: str, settings: Settings) -> bool:
    """By what a browser says of itself; other programs say nothing and are checked by the token alone."""
    if fetch_site == "cross-site":
        return False
    if origin is None:
        return True
    own_hosts = (urlsplit(settings.public_url).netloc.lower(), host.lower())
    return urlsplit(origin).netloc.lower() in own_hosts


def _cookie(name: str, value: str, settings: Settings, lifetime_s: int, readable: bool = False) -> Cookie:
    return Cookie(
        key=name,
        value=value,
        max_age=lifetime_s,
        path="/",
        secure=settings.is_https,
        httponly=not readable,
        samesite="lax",
    )
