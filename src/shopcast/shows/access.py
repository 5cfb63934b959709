"""The doors of a show: who sees that it exists, and who may do what to it."""

from shopcast import accounts
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import Forbidden, NotFound, Unauthenticated
from shopcast.kernel.principal import Principal
from shopcast.shows.schedule.model import Show, public_state
from shopcast.shows.schedule.repository import show as read_show
from shopcast.shows.staff.model import EVERYTHING, NOTHING, Right, Rights, rights_of
from shopcast.shows.staff.repository import staff_role


def rights(conn: ReadConnection, by: Principal, show: Show) -> Rights:
    """Read from the rows, not from the principal: a role taken away counts at once."""
    if by.system:
        return EVERYTHING
    if by.person_id is None:
        return NOTHING
    member_role = accounts.role_of(conn, by.person_id, show.organisation_id)
    # Who left the organisation has left its shows.
    if member_role is None:
        return NOTHING
    return rights_of(member_role, staff_role(conn, show.id, by.person_id))


def visible_show(conn: ReadConnection, by: Principal, show_id: str) -> tuple[Show, Rights]:
    """The show, if this person may know of it. Raises NotFound for private shows and drafts of others."""
    show = read_show(conn, show_id)
    held = rights(conn, by, show)
    if "staff" not in held and (show.visibility == "private" or public_state(show) == "draft"):
        raise NotFound("show")
    return show, held


def require_right(conn: ReadConnection, by: Principal, show_id: str, right: Right) -> Show:
    """Raises NotFound as `visible_show`, Unauthenticated for guests, Forbidden for people without the right."""
    show, held = visible_show(conn, by, show_id)
    if right in held:
        return show
    if by.person_id is None:
        raise Unauthenticated()
    raise Forbidden()
