"""Who enters a show's room, as whom and with which rights; the room only verifies what is signed here."""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from shopcast import accounts
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import InvalidInput, Unauthenticated
from shopcast.kernel.principal import Principal
from shopcast.kernel.text import clean_line, normalise
from shopcast.rooms import Right, Role, Ticket
from shopcast.shows.access import visible_show
from shopcast.shows.errors import NO_REASON_GIVEN, Banned
from shopcast.shows.moderation.repository import standing_ban
from shopcast.shows.ports import Followers
from shopcast.shows.schedule.model import Show
from shopcast.shows.staff.model import Rights
from shopcast.shows.staff.repository import staff_of, staff_role

# A show of an evening; the page asks for a new one when it comes back later.
TICKET_LIFETIME: Final = timedelta(hours=12)
NAME_LIMIT: Final = 24
_GUEST: Final = {"en": "Guest", "zh": "访客"}


def ticket_of(
    conn: ReadConnection, by: Principal, show_id: str, name: str | None, now: datetime, followers: Followers
) -> Ticket:
    """Raises NotFound as every door of the show, and Banned for whom the organisation has shown out."""
    show, held = visible_show(conn, by, show_id)
    if by.person_id is None and by.guest_id is None:
        raise Unauthenticated()
    if "staff" not in held:
        _require_welcome(conn, by, show)
    person_id = by.person_id
    return Ticket(
        room_id=show.room_id,
        person_key=by.key,
        name=_name(conn, by, show, name),
        role=_role(conn, by, show, held),
        rights=_rights(held),
        language=by.language,
        follows=person_id is not None and followers.follows(conn, person_id, show.host_person_id, show.organisation_id),
        expires_at=now + TICKET_LIFETIME,
    )


def _require_welcome(conn: ReadConnection, by: Principal, show: Show) -> None:
    ban = standing_ban(conn, show.organisation_id, by.key)
    if ban is not None:
        raise Banned(
            organisation=accounts.organisation(conn, show.organisation_id).name,
            since=ban.banned_at.date().isoformat(),
            reason=ban.reason or NO_REASON_GIVEN[by.language],
        )


def _name(conn: ReadConnection, by: Principal, show: Show, wished: str | None) -> str:
    if by.person_id is not None:
        return accounts.person(conn, by.person_id).display_name
    tag = hashlib.sha256(by.key.encode()).hexdigest()[:3].upper()
    if wished is None or not wished.strip():
        return f"{_GUEST[by.language]} {tag}"
    name = clean_line(wished, NAME_LIMIT, "name")
    if normalise(name).replace(" ", "") in _taken(conn, show):
        # Nobody passes for the host by choosing the host's name.
        raise InvalidInput("name", "it is out of range")
    return name


def _taken(conn: ReadConnection, show: Show) -> set[str]:
    people = accounts.people_by_id(conn, [member.person_id for member in staff_of(conn, show.id)])
    names = [person.display_name for person in people.values()]
    names.append(accounts.organisation(conn, show.organisation_id).name)
    return {normalise(name).replace(" ", "") for name in names}


def _role(conn: ReadConnection, by: Principal, show: Show, held: Rights) -> Role:
    if by.person_id is None or "staff" not in held:
        return "viewer"
    role = staff_role(conn, show.id, by.person_id)
    if role in ("host", "cohost"):
        return "host"
    if role == "moderator" or "run" not in held:
        return "moderator"
    if role is not None:
        return "operator"
    return "seller"


def _rights(held: Rights) -> tuple[Right, ...]:
    rights: list[Right] = ["chat"]
    if "moderate" in held:
        rights.append("moderate")
    if "staff" in held:
        rights.append("staff")
    return tuple(rights)
