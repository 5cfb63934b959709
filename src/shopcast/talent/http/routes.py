"""An organisation's balance and ledger; host profiles."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from litestar import get, put
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from shopcast import accounts
from shopcast.kernel.actions import Actions, ReadConnection
from shopcast.kernel.errors import NotFound
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.talent.ledger import repository
from shopcast.talent.ledger.model import AccountView, EntryView
from shopcast.talent.profiles import repository as profiles
from shopcast.talent.profiles.model import HostProfile
from shopcast.talent.profiles.save_profile import SaveHostProfile
from shopcast.web_support.deps import Injected
from shopcast.web_support.pagination import Page, PageRequest, encode_cursor

# Ours have 30 characters; what is much longer is no id and finds nothing.
ORDER_ID_LIMIT = 60


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """Debits are positive (what the provider holds), credits negative (what is owed to the seller)."""

    accounts: list[AccountView]
    entries: Page[EntryView]


class ProfileBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    bio: str = ""
    languages: list[str] = []
    categories: list[str] = []


@get("/v1/organisations/{organisation_id:str}/balance", operation_id="getBalance", tags=["talent"])
async def get_balance(
    organisation_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    page: Injected[PageRequest],
    order_id: Annotated[str | None, QueryParameter(name="order_id", max_length=ORDER_ID_LIMIT)] = None,
) -> Balance:
    """A page counts whole journals, so that every one of its entries is there. `order_id` leaves one order's."""
    return await reads.run(_balance, organisation_id, principal, page, order_id)


@get("/v1/me/host-profile", operation_id="getMyHostProfile", tags=["talent"])
async def get_my_profile(principal: Injected[Principal], reads: Injected[Reads]) -> HostProfile:
    return await reads.run(_profile, principal.require_person())


@put("/v1/me/host-profile", operation_id="putMyHostProfile", tags=["talent"])
async def put_my_profile(
    data: JSONBody[ProfileBody], principal: Injected[Principal], actions: Injected[Actions], reads: Injected[Reads]
) -> HostProfile:
    command = SaveHostProfile(bio=data.bio, languages=data.languages, categories=data.categories)
    await actions.run(command, principal)
    return await reads.run(_profile, principal.require_person())


@get("/v1/hosts/{person_id:str}", operation_id="getHost", tags=["talent"], opt={"public": True})
async def get_host(person_id: FromPath[str], reads: Injected[Reads]) -> HostProfile:
    """The public page of somebody who works in front of or behind a camera; who only buys has none."""
    return await reads.run(_public_profile, person_id)


def _balance(
    conn: ReadConnection, organisation_id: str, principal: Principal, page: PageRequest, order_id: str | None
) -> Balance:
    accounts.require_role(conn, principal, organisation_id, "owner", "manager")
    journals = repository.journals_page(conn, organisation_id, page.after(str), page.limit + 1, order_id)
    shown = journals[: page.limit]
    next_cursor = encode_cursor(shown[-1]) if len(journals) > page.limit else None
    return Balance(
        accounts=repository.balances(conn, organisation_id),
        entries=Page(items=repository.entries_of_journals(conn, shown), next_cursor=next_cursor),
    )


def _public_profile(conn: ReadConnection, person_id: str) -> HostProfile:
    found = _profile(conn, person_id)
    if not (found.bio or found.languages or found.categories or accounts.organisations_of(conn, person_id)):
        raise NotFound("host")
    return found


def _profile(conn: ReadConnection, person_id: str) -> HostProfile:
    person = accounts.person(conn, person_id)
    bio, languages, categories = profiles.profile(conn, person_id)
    return HostProfile(
        person_id=person.id, name=person.display_name, bio=bio, languages=languages, categories=categories
    )


ROUTES: Sequence[ControllerRouterHandler] = (get_balance, get_my_profile, put_my_profile, get_host)
