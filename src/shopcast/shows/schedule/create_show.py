"""A new show: a draft with its room, its broadcast and its host."""

from datetime import datetime

from shopcast import accounts, media, rooms
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import Principal
from shopcast.kernel.text import clean_line
from shopcast.shows.audit import note
from shopcast.shows.events import ShowChanged
from shopcast.shows.moderation.repository import house_words_of
from shopcast.shows.schedule.checks import checked_grace_s, checked_host, checked_language
from shopcast.shows.schedule.model import (
    CATEGORY_LIMIT,
    DESCRIPTION_LIMIT,
    GRACE_S,
    TITLE_LIMIT,
    Show,
    Visibility,
    clean_text,
    clean_time_zone,
)
from shopcast.shows.schedule.repository import insert_show
from shopcast.shows.staff.repository import put_staff
from shopcast.shows.timeline.kinds import SHOW_STATE
from shopcast.shows.timeline.say import say


class CreateShow(Command, frozen=True, kw_only=True):
    """Without `host_person_id` whoever creates the show hosts it."""

    organisation_id: str
    title: str
    description: str = ""
    category: str = ""
    language: str = "en"
    visibility: Visibility = "public"
    starts_at: datetime | None = None
    time_zone: str = "UTC"
    grace_s: int = GRACE_S
    host_person_id: str | None = None


def create_show(tx: Tx, command: CreateShow, by: Principal, now: datetime) -> str:
    accounts.require_role(tx, by, command.organisation_id, "owner", "manager", "operator", "host")
    host_person_id = command.host_person_id or by.require_person()
    checked_host(tx, command.organisation_id, host_person_id)
    broadcast = media.create_broadcast(tx, command.organisation_id, now)
    room_id = rooms.create_room(tx, public_log=command.visibility != "private", now=now)
    if words := house_words_of(tx, command.organisation_id):
        rooms.set_house_words(tx, room_id, words)
    show = Show(
        id=new_id("shw"),
        organisation_id=command.organisation_id,
        host_person_id=host_person_id,
        title=clean_line(command.title, TITLE_LIMIT, "title"),
        description=clean_text(command.description, DESCRIPTION_LIMIT, "description"),
        cover_image_id=None,
        category=clean_text(command.category, CATEGORY_LIMIT, "category"),
        language=checked_language(command.language),
        visibility=command.visibility,
        starts_at=command.starts_at,
        time_zone=clean_time_zone(command.time_zone),
        state="draft",
        is_announced=False,
        room_id=room_id,
        broadcast_id=broadcast.id,
        started_at=None,
        ended_at=None,
        interrupted_at=None,
        grace_s=checked_grace_s(command.grace_s),
        is_cut=False,
        next_number=1,
        on_air_moment_id=None,
        on_air_item_id=None,
        current_cue_id=None,
        advance_pins=True,
        requests_published_at=None,
        created_at=now,
    )
    insert_show(tx, show)
    put_staff(tx, show.id, host_person_id, "host", now)
    say(tx, show, SHOW_STATE, {"state": "draft"}, now)
    tx.record(ShowChanged(show_id=show.id))
    note(tx, by, "shows.create_show", show, {"title": show.title})
    return show.id
