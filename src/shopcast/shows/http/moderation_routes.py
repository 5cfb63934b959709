"""Bans from an organisation's shows, and the words it mutes in all of them."""

from typing import Any

from litestar import delete, get, post, put
from litestar.params import FromPath, JSONBody

from shopcast import accounts
from shopcast.kernel.actions import Actions, ReadConnection
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.shows.http.schemas import BanCreated, BanRequest, HouseWordsBody
from shopcast.shows.moderation.ban_person import BanPerson, LiftBan
from shopcast.shows.moderation.model import BanView
from shopcast.shows.moderation.queries import bans_of_show
from shopcast.shows.moderation.repository import house_words_of
from shopcast.shows.moderation.set_house_words import HOUSE_ROLES, SetHouseWords
from shopcast.web_support.deps import Injected
from shopcast.web_support.pagination import Page


@get("/v1/shows/{show_id:str}/bans", operation_id="list_bans", tags=["shows"])
async def list_bans(show_id: FromPath[str], principal: Injected[Principal], reads: Injected[Reads]) -> Page[BanView]:
    """All that stand in the show's organisation."""
    return Page(items=await reads.run(lambda conn: bans_of_show(conn, principal, show_id)))


@post("/v1/shows/{show_id:str}/bans", operation_id="ban_person", tags=["shows"], status_code=201)
async def ban(
    show_id: FromPath[str],
    data: JSONBody[BanRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
) -> BanCreated:
    """Out of the room at once, and no ticket to later shows of the organisation."""
    ban_id: str = await actions.run(BanPerson(show_id=show_id, key=data.key, reason=data.reason), principal)
    return BanCreated(id=ban_id)


@delete("/v1/shows/{show_id:str}/bans/{ban_id:str}", operation_id="lift_ban", tags=["shows"], status_code=204)
async def lift(
    show_id: FromPath[str], ban_id: FromPath[str], principal: Injected[Principal], actions: Injected[Actions]
) -> None:
    await actions.run(LiftBan(show_id=show_id, ban_id=ban_id), principal)


@get("/v1/organisations/{organisation_id:str}/muted-words", operation_id="list_house_words", tags=["shows"])
async def list_words(
    organisation_id: FromPath[str], principal: Injected[Principal], reads: Injected[Reads]
) -> HouseWordsBody:
    def read(conn: ReadConnection) -> HouseWordsBody:
        accounts.require_role(conn, principal, organisation_id, *HOUSE_ROLES)
        return HouseWordsBody(words=list(house_words_of(conn, organisation_id)))

    return await reads.run(read)


@put(
    "/v1/organisations/{organisation_id:str}/muted-words",
    operation_id="set_house_words",
    tags=["shows"],
    status_code=204,
)
async def set_words(
    organisation_id: FromPath[str],
    data: JSONBody[HouseWordsBody],
    principal: Injected[Principal],
    actions: Injected[Actions],
) -> None:
    await actions.run(SetHouseWords(organisation_id=organisation_id, words=tuple(data.words)), principal)


MODERATION_ROUTES: list[Any] = [list_bans, ban, lift, list_words, set_words]
