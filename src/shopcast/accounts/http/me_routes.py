"""One's own account: profile, password, devices, addresses."""

from typing import Any

from litestar import Request, Response, delete, get, patch, post
from litestar.params import FromPath, JSONBody

from shopcast.accounts.addresses.change_addresses import AddAddress, RemoveAddress
from shopcast.accounts.addresses.model import Address, AddressDraft
from shopcast.accounts.addresses.repository import addresses_of
from shopcast.accounts.errors import WrongPassword
from shopcast.accounts.http.me import me_of, person_principal
from shopcast.accounts.http.schemas import (
    AddressRequest,
    Me,
    PasswordChangeRequest,
    ProfileRequest,
    SessionView,
)
from shopcast.accounts.passwords.change_password import ChangePassword
from shopcast.accounts.passwords.hashing import Passwords, check_password
from shopcast.accounts.people.change_profile import ChangeProfile
from shopcast.accounts.people.queries import credentials, person
from shopcast.accounts.sessions.close_session import CloseSession, SlideSession
from shopcast.accounts.sessions.model import LONGEST
from shopcast.accounts.sessions.queries import session_should_slide, sessions_of
from shopcast.kernel.actions import Actions
from shopcast.kernel.clock import Clock
from shopcast.kernel.config import Settings
from shopcast.kernel.ids import digest, new_token
from shopcast.kernel.ports import RateLimits
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.web_support.deps import Injected, require_rate
from shopcast.web_support.pagination import Page
from shopcast.web_support.sessions import session_cookie

_PASSWORD_CHANGES_PER_HOUR = 10


@get("/v1/me", operation_id="me")
async def me(
    request: Request[Any, Any, Any],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    clock: Injected[Clock],
) -> Me:
    """Every page asks this, so here a session that is used gets its new expiry."""
    session_id = principal.session_id
    if session_id is not None and await reads.run(session_should_slide, session_id, clock.now()):
        await actions.run(SlideSession(), principal)
    return await reads.run(me_of, principal, request)


@patch("/v1/me", operation_id="change_profile")
async def change_profile(
    data: JSONBody[ProfileRequest],
    request: Request[Any, Any, Any],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
) -> Me:
    person_id = principal.require_person()
    await actions.run(ChangeProfile(display_name=data.display_name, language=data.language), principal)
    changed = await reads.run(person_principal, person_id, principal.session_id)
    return await reads.run(me_of, changed, request)


@post("/v1/me/password", operation_id="change_password", status_code=204)
async def change_password(
    data: JSONBody[PasswordChangeRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    settings: Injected[Settings],
    limits: Injected[RateLimits],
    passwords: Injected[Passwords],
) -> Response[None]:
    """Signs out every other device; this one gets a new session token."""
    person_id = principal.require_person()
    require_rate(limits, f"accounts.password:{person_id}", _PASSWORD_CHANGES_PER_HOUR, 3600.0)
    known = await reads.run(credentials, person_id)
    if not await passwords.verify(known.password_hash, data.current):
        raise WrongPassword()
    check_password(data.new, (await reads.run(person, person_id)).email)
    token = new_token()
    await actions.run(
        ChangePassword(
            seen_hash=known.password_hash,
            password_hash=await passwords.hash(data.new),
            session_digest=digest(token),
        ),
        principal,
    )
    lifetime_s = int(LONGEST.total_seconds())
    return Response(None, status_code=204, cookies=[session_cookie(token, settings, lifetime_s)])


@get("/v1/me/sessions", operation_id="list_sessions")
async def list_sessions(
    principal: Injected[Principal], reads: Injected[Reads], clock: Injected[Clock]
) -> Page[SessionView]:
    opened = await reads.run(sessions_of, principal.require_person(), clock.now())
    return Page(
        items=[
            SessionView(
                id=session.id,
                device=session.device,
                created_at=session.created_at,
                seen_at=session.seen_at,
                expires_at=session.expires_at,
                is_current=session.id == principal.session_id,
            )
            for session in opened
        ]
    )


@delete("/v1/me/sessions/{session_id:str}", operation_id="close_session", status_code=204)
async def close_session(session_id: FromPath[str], principal: Injected[Principal], actions: Injected[Actions]) -> None:
    await actions.run(CloseSession(session_id=session_id), principal)


@get("/v1/me/addresses", operation_id="list_addresses")
async def list_addresses(principal: Injected[Principal], reads: Injected[Reads]) -> Page[Address]:
    return Page(items=await reads.run(addresses_of, principal.require_person()))


@post("/v1/me/addresses", operation_id="add_address", status_code=201)
async def add_address(
    data: JSONBody[AddressRequest], principal: Injected[Principal], actions: Injected[Actions]
) -> Address:
    draft = AddressDraft(
        name=data.name,
        line1=data.line1,
        line2=data.line2,
        city=data.city,
        region=data.region,
        postal_code=data.postal_code,
        country=data.country,
        phone=data.phone,
    )
    added: Address = await actions.run(AddAddress(address=draft, is_default=data.is_default), principal)
    return added


@delete("/v1/me/addresses/{address_id:str}", operation_id="remove_address", status_code=204)
async def remove_address(address_id: FromPath[str], principal: Injected[Principal], actions: Injected[Actions]) -> None:
    await actions.run(RemoveAddress(address_id=address_id), principal)


ME_ROUTES = [
    me,
    change_profile,
    change_password,
    list_sessions,
    close_session,
    list_addresses,
    add_address,
    remove_address,
]
