"""Reads of bans."""

from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.principal import Principal
from shopcast.shows.access import require_right
from shopcast.shows.moderation.model import BANS_PAGE_LIMIT, Ban, BanView
from shopcast.shows.moderation.repository import standing_bans


def bans_of_show(conn: ReadConnection, by: Principal, show_id: str) -> list[BanView]:
    """Those that stand in the organisation of a show, for its moderators."""
    show = require_right(conn, by, show_id, "moderate")
    return [ban_view(ban) for ban in standing_bans(conn, show.organisation_id, BANS_PAGE_LIMIT)]


def ban_view(ban: Ban) -> BanView:
    return BanView(
        id=ban.id,
        show_id=ban.show_id,
        name=ban.name,
        is_guest=not ban.person_key.startswith("usr_"),
        reason=ban.reason,
        banned_at=ban.banned_at,
        banned_by=ban.banned_by,
    )
