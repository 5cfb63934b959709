"""Following the host or the house of a show, and letting go."""

from collections.abc import Sequence
from datetime import datetime

from litestar import Response, delete, get, put
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from shopcast.discovery.follows.follow import Follow, FollowAgain, Unfollow
from shopcast.discovery.follows.model import Followed, FollowKind, FollowRequest, FollowView
from shopcast.discovery.follows.queries import followed_of_show, follows_of
from shopcast.kernel.actions import Actions, ReadConnection
from shopcast.kernel.ports import RateLimits
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.web_support.deps import Injected, require_rate
from shopcast.web_support.pagination import Page, PageRequest, encode_cursor

# A person taps now and then; a loop is held here.
FOLLOWS_PER_MINUTE = 30


@get("/v1/shows/{show_id:str}/followers", operation_id="getShowFollowers", tags=["discovery"])
async def show_followers(
    show_id: FromPath[str], principal: Injected[Principal], reads: Injected[Reads]
) -> Response[list[Followed]]:
    """Host and house of the show: how many follow them, and whether the visitor does."""
    found = await reads.run(lambda conn: followed_of_show(conn, principal, show_id))
    return Response(found, headers={"Cache-Control": "no-store"})


@put("/v1/shows/{show_id:str}/followers", operation_id="follow", tags=["discovery"], status_code=204)
async def follow(
    show_id: FromPath[str],
    data: JSONBody[FollowRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    limits: Injected[RateLimits],
) -> None:
    """Rooms for followers are open to the person with the next ticket."""
    require_rate(limits, f"follow:{principal.key}", FOLLOWS_PER_MINUTE, 60)
    await actions.run(Follow(show_id=show_id, kind=data.kind), principal)


@get("/v1/me/follows", operation_id="listFollows", tags=["discovery"])
async def list_follows(
    principal: Injected[Principal], reads: Injected[Reads], page: Injected[PageRequest]
) -> Page[FollowView]:
    def read(conn: ReadConnection) -> Page[FollowView]:
        before = page.after(tuple[datetime])
        found = follows_of(conn, principal, before[0] if before else None, page.limit + 1)
        shown = found[: page.limit]
        cursor = encode_cursor((shown[-1].since,)) if len(found) > page.limit else None
        return Page(items=shown, next_cursor=cursor)

    return await reads.run(read)


@delete("/v1/me/follows/{kind:str}/{subject_id:str}", operation_id="unfollow", tags=["discovery"], status_code=204)
async def unfollow(
    kind: FromPath[FollowKind],
    subject_id: FromPath[str],
    principal: Injected[Principal],
    actions: Injected[Actions],
    limits: Injected[RateLimits],
) -> None:
    require_rate(limits, f"follow:{principal.key}", FOLLOWS_PER_MINUTE, 60)
    await actions.run(Unfollow(kind=kind, subject_id=subject_id), principal)


@put("/v1/me/follows/{kind:str}/{subject_id:str}", operation_id="followAgain", tags=["discovery"], status_code=204)
async def follow_again(
    kind: FromPath[FollowKind],
    subject_id: FromPath[str],
    principal: Injected[Principal],
    actions: Injected[Actions],
    limits: Injected[RateLimits],
) -> None:
    """Takes an unfollow back."""
    require_rate(limits, f"follow:{principal.key}", FOLLOWS_PER_MINUTE, 60)
    await actions.run(FollowAgain(kind=kind, subject_id=subject_id), principal)


FOLLOW_ROUTES: Sequence[ControllerRouterHandler] = (show_followers, follow, list_follows, unfollow, follow_again)
