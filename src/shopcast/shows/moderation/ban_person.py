"""BanPerson and LiftBan: somebody leaves the room, and gets no ticket to later shows of the organisation."""

from datetime import datetime

from shopcast import rooms
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Forbidden, NotFound
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import Principal
from shopcast.shows.access import require_right
from shopcast.shows.audit import note
from shopcast.shows.moderation import repository
from shopcast.shows.moderation.model import REASON_LIMIT, Ban
from shopcast.shows.schedule.model import Show, clean_text


class BanPerson(Command, frozen=True, kw_only=True):
    """`key` is how the room shows the person; the reason is told to them."""

    show_id: str
    key: str
    reason: str = ""


class LiftBan(Command, frozen=True, kw_only=True):
    show_id: str
    ban_id: str


def ban_person(tx: Tx, command: BanPerson, by: Principal, now: datetime) -> str:
    """The ban's id. Banning again gives the ban that stands."""
    show = require_right(tx, by, command.show_id, "moderate")
    speaker = rooms.speaker_of(tx, show.room_id, command.key)
    if speaker is None:
        raise NotFound("person")
    if speaker.role != "viewer":
        raise Forbidden()
    standing = repository.standing_ban(tx, show.organisation_id, speaker.person_key)
    if standing is not None:
        return standing.id
    new = Ban(
        id=new_id("ban"),
        organisation_id=show.organisation_id,
        person_key=speaker.person_key,
        name=speaker.name,
        show_id=show.id,
        reason=clean_text(command.reason, REASON_LIMIT, "reason"),
        banned_at=now,
        banned_by=by.key or "",
        lifted_at=None,
    )
    repository.insert_ban(tx, new)
    for room_id in _rooms(tx, show):
        rooms.expel_person(tx, room_id, speaker.person_key, now)
    note(tx, by, "shows.ban_person", show, {"ban_id": new.id, "key": command.key})
    return new.id


def lift_ban(tx: Tx, command: LiftBan, by: Principal, now: datetime) -> None:
    """Lifting twice changes nothing."""
    show = require_right(tx, by, command.show_id, "moderate")
    ban = repository.ban_of(tx, show.organisation_id, command.ban_id)
    if ban is None:
        raise NotFound("ban")
    if not repository.lift_ban(tx, ban.id, by.key, now):
        return
    for room_id in _rooms(tx, show):
        rooms.readmit_person(tx, room_id, ban.person_key, now)
    note(tx, by, "shows.lift_ban", show, {"ban_id": ban.id})


def _rooms(tx: Tx, show: Show) -> list[str]:
    """The show's own room and all of the house that are open or coming up."""
    return list(dict.fromkeys([show.room_id, *repository.open_rooms(tx, show.organisation_id)]))
