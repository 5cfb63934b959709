"""Registering, signing in and out, and the links that come by mail. Passwords are hashed here, before any action."""

from typing import Any

from litestar import Request, Response, post
from litestar.datastructures import Cookie
from litestar.params import FromPath, JSONBody

from shopcast.accounts.errors import EmailInvalid, WrongCredentials
from shopcast.accounts.http.me import me_of, person_principal
from shopcast.accounts.http.schemas import Accepted, LoginRequest, Me, NewPasswordRequest, RegisterRequest, ResetRequest
from shopcast.accounts.passwords.hashing import Passwords, check_password
from shopcast.accounts.passwords.request_password_reset import RequestPasswordReset
from shopcast.accounts.passwords.reset_password import ResetPassword
from shopcast.accounts.people.model import email_key
from shopcast.accounts.people.queries import Credentials, credentials_by_email
from shopcast.accounts.people.register_person import Registered, RegisterPerson
from shopcast.accounts.people.verify_email import RequestVerification, VerifyEmail
from shopcast.accounts.sessions.close_session import CloseSession
from shopcast.accounts.sessions.model import DEVICE_LIMIT, LONGEST, NewSession
from shopcast.accounts.sessions.open_session import Opened, OpenSession
from shopcast.kernel.actions import Actions
from shopcast.kernel.config import Settings
from shopcast.kernel.errors import Language
from shopcast.kernel.ids import digest, new_token
from shopcast.kernel.ports import RateLimits
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.web_support.deps import Injected, require_rate
from shopcast.web_support.sessions import GUEST_COOKIE, ended_session_cookie, session_cookie

_HOUR_S = 3600.0
# An office behind one address signs in on Monday morning; a guesser wants thousands.
_LOGINS_PER_ADDRESS = 60
# A person who tries ten passwords an hour needs the reset link; a guesser gets 240 a day per account at most.
_LOGINS_PER_ACCOUNT = 10
_REGISTRATIONS_PER_ADDRESS = 20
_RESETS_PER_ADDRESS = 20
# Enough for lost mails; a mailbox can't be flooded.
_RESETS_PER_ACCOUNT = 3
_LINKS_PER_ADDRESS = 60


@post("/v1/register", operation_id="register", status_code=201)
async def register(
    data: JSONBody[RegisterRequest],
    request: Request[Any, Any, Any],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    settings: Injected[Settings],
    limits: Injected[RateLimits],
    passwords: Injected[Passwords],
    address: Injected[str],
    language: Injected[Language],
) -> Response[Me]:
    require_rate(limits, f"accounts.register:{address}", _REGISTRATIONS_PER_ADDRESS, _HOUR_S)
    email_key(data.email)
    check_password(data.password, data.email)
    token = new_token()
    registered: Registered = await actions.run(
        RegisterPerson(
            email=data.email,
            password_hash=await passwords.hash(data.password),
            display_name=data.display_name,
            language=language,
            account=data.account,
            organisation_name=data.organisation_name,
            country=data.country or "DE",
            currency=data.currency or settings.currency,
            session=NewSession(digest=digest(token), device=_device(request)),
        ),
        principal,
    )
    signed_in = await reads.run(person_principal, registered.person_id, registered.session_id)
    return Response(
        await reads.run(me_of, signed_in, request), status_code=201, cookies=_signed_in_cookies(token, settings)
    )


@post("/v1/login", operation_id="login", status_code=200)
async def login(
    data: JSONBody[LoginRequest],
    request: Request[Any, Any, Any],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    settings: Injected[Settings],
    limits: Injected[RateLimits],
    passwords: Injected[Passwords],
    address: Injected[str],
) -> Response[Me]:
    require_rate(limits, f"accounts.login:{address}", _LOGINS_PER_ADDRESS, _HOUR_S)
    known = await _credentials(reads, limits, data.email)
    if not await passwords.verify(known.password_hash if known else None, data.password) or known is None:
        raise WrongCredentials()
    outdated = passwords.needs_rehash(known.password_hash)
    token = new_token()
    opened: Opened = await actions.run(
        OpenSession(
            person_id=known.person_id,
            seen_hash=known.password_hash,
            better_hash=await passwords.hash(data.password) if outdated else None,
            session=NewSession(digest=digest(token), device=_device(request)),
            demo_accounts_work=settings.demo,
        ),
        principal,
    )
    signed_in = await reads.run(person_principal, opened.person_id, opened.session_id)
    return Response(await reads.run(me_of, signed_in, request), cookies=_signed_in_cookies(token, settings))


@post("/v1/logout", operation_id="logout", status_code=204)
async def logout(
    principal: Injected[Principal], actions: Injected[Actions], settings: Injected[Settings]
) -> Response[None]:
    """Signing out twice is fine."""
    if principal.session_id is not None:
        await actions.run(CloseSession(session_id=principal.session_id), principal)
    return Response(None, status_code=204, cookies=[ended_session_cookie(settings)])


@post("/v1/password-reset", operation_id="request_password_reset", status_code=202)
async def request_reset(
    data: JSONBody[ResetRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    settings: Injected[Settings],
    limits: Injected[RateLimits],
    address: Injected[str],
) -> Accepted:
    """Always the same answer: whether there is such an account is told by mail only."""
    require_rate(limits, f"accounts.reset:{address}", _RESETS_PER_ADDRESS, _HOUR_S)
    command = RequestPasswordReset(email=data.email, demo_accounts_work=settings.demo)
    if _counts(limits, "accounts.reset_account", data.email, _RESETS_PER_ACCOUNT):
        await actions.run(command, principal)
    return Accepted()


@post("/v1/password-reset/{token:str}", operation_id="reset_password", status_code=204)
async def reset(
    token: FromPath[str],
    data: JSONBody[NewPasswordRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    limits: Injected[RateLimits],
    passwords: Injected[Passwords],
    address: Injected[str],
) -> None:
    require_rate(limits, f"accounts.link:{address}", _LINKS_PER_ADDRESS, _HOUR_S)
    check_password(data.password, "")
    await actions.run(
        ResetPassword(token_digest=digest(token), password_hash=await passwords.hash(data.password)), principal
    )


@post("/v1/verify-email/{token:str}", operation_id="verify_email", status_code=204)
async def verify(
    token: FromPath[str],
    principal: Injected[Principal],
    actions: Injected[Actions],
    limits: Injected[RateLimits],
    address: Injected[str],
) -> None:
    require_rate(limits, f"accounts.link:{address}", _LINKS_PER_ADDRESS, _HOUR_S)
    await actions.run(VerifyEmail(token_digest=digest(token)), principal)


@post("/v1/verify-email", operation_id="request_email_verification", status_code=202)
async def verify_again(
    principal: Injected[Principal], actions: Injected[Actions], limits: Injected[RateLimits]
) -> Accepted:
    person_id = principal.require_person()
    require_rate(limits, f"accounts.verify:{person_id}", _RESETS_PER_ACCOUNT, _HOUR_S)
    await actions.run(RequestVerification(), principal)
    return Accepted()


async def _credentials(reads: Reads, limits: RateLimits, email: str) -> Credentials | None:
    try:
        key = email_key(email)
    except EmailInvalid:
        return None
    require_rate(limits, f"accounts.login_account:{key}", _LOGINS_PER_ACCOUNT, _HOUR_S)
    return await reads.run(credentials_by_email, email)


def _counts(limits: RateLimits, name: str, email: str, limit: int) -> bool:
    """False when the account has had enough of it, or the address is none."""
    try:
        return limits.allow(f"{name}:{email_key(email)}", limit, _HOUR_S) is None
    except EmailInvalid:
        return False


def _signed_in_cookies(token: str, settings: Settings) -> list[Cookie]:
    """The guest's things now belong to the person, so the guest's cookie ends. The session's own row decides when it
    expires; the cookie only has to outlive it."""
    return [
        session_cookie(token, settings, int(LONGEST.total_seconds())),
        Cookie(
            key=GUEST_COOKIE, value="", max_age=0, path="/", secure=settings.is_https, httponly=True, samesite="lax"
        ),
    ]


def _device(request: Request[Any, Any, Any]) -> str:
    printable = "".join(character for character in request.headers.get("user-agent", "") if character.isprintable())
    return printable[:DEVICE_LIMIT]


SIGN_IN_ROUTES = [register, login, logout, request_reset, reset, verify, verify_again]
