"""Reads moments as chapters, clips, seek targets and evidence; what was taken out never appears."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from shopcast import accounts, media
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.config import Settings
from shopcast.kernel.errors import NotFound
from shopcast.kernel.ids import is_id
from shopcast.shows.moments import repository
from shopcast.shows.moments.model import EXPRESS_CLIP, Interval, Moment, shown
from shopcast.shows.moments.redact_stretch import last_shown
from shopcast.shows.schedule.model import Show
from shopcast.shows.schedule.repository import shift_at, shifts_at
from shopcast.shows.schedule.repository import show as read_show
from shopcast.shows.shelf.model import Card, veiled
from shopcast.shows.shelf.queries import card, cards
from shopcast.shows.shelf.repository import all_items_of, item_by_number
from shopcast.shows.shelf.repository import item as read_item

# An explanation that began this lately is seen best at the live edge.
JUST_BEGUN: Final = timedelta(seconds=15)


class MomentView(msgspec.Struct, frozen=True, kw_only=True):
    """A chapter. `to_ms` and `clip_url` are null while it goes on."""

    id: str
    item_id: str
    number: int
    title: str
    image_url: str | None
    from_ms: int
    to_ms: int | None
    clip_url: str | None


class SeekView(msgspec.Struct, frozen=True, kw_only=True):
    """The last explanation of an item, with today's price and stock."""

    item_id: str
    moment: MomentView | None
    card: Card
    playback: Literal["live", "rewind", "replay"]


class OnAir(msgspec.Struct, frozen=True, kw_only=True):
    """What and who was on air at an instant."""

    item_id: str | None
    number: int | None
    moment_id: str | None
    host_person_id: str | None


class HostOnAir(msgspec.Struct, frozen=True, kw_only=True):
    person_id: str
    name: str


class SaidAt(msgspec.Struct, frozen=True, kw_only=True):
    """The stretch in which an item was explained around an instant, and where to watch it."""

    moment_id: str
    from_at: datetime
    to_at: datetime | None
    page_path: str
    clip_url: str | None


def chapters(conn: ReadConnection, settings: Settings, show: Show, now: datetime) -> list[MomentView]:
    moments = repository.moments_of(conn, show.id)
    return moment_views(conn, settings, show, moments, now)


def moment_views(
    conn: ReadConnection, settings: Settings, show: Show, moments: Sequence[Moment], now: datetime
) -> list[MomentView]:
    if not moments:
        return []
    taken = repository.intervals(repository.redactions_of(conn, show.id))
    spoken_of = {moment.item_id for moment in moments}
    items = [item for item in all_items_of(conn, show.id) if item.id in spoken_of]
    found = {card.id: card for card in cards(conn, items, now)}
    views = []
    for moment in moments:
        stretch = shown(moment, taken, now)
        card_of = found.get(moment.item_id)
        if stretch is not None and card_of is not None:
            views.append(_view(settings, show, moment, stretch, card_of))
    return views


def _view(settings: Settings, show: Show, moment: Moment, stretch: Interval, card: Card) -> MomentView:
    ended = moment.ended_at is not None
    return MomentView(
        id=moment.id,
        item_id=moment.item_id,
        number=moment.number,
        title=card.title,
        image_url=card.image_url,
        from_ms=media.epoch_ms(stretch.from_at),
        to_ms=media.epoch_ms(stretch.to_at) if ended else None,
        clip_url=media.clip_url(settings, show.broadcast_id, stretch.from_at, stretch.to_at) if ended else None,
    )


def seek(
    conn: ReadConnection, settings: Settings, show: Show, number: int, now: datetime, *, with_hidden: bool
) -> SeekView:
    """Raises NotOnShelf."""
    item = item_by_number(conn, show.id, number)
    found = card(conn, item, now)
    if found is None:
        raise NotFound("item")
    found = veiled(found) if item.hidden and not with_hidden else found
    last = _last(conn, show, item.id, now)
    view = _view(settings, show, *last, found) if last and (with_hidden or not item.hidden) else None
    return SeekView(item_id=item.id, moment=view, card=found, playback=_playback(show, last, now))


def _playback(show: Show, last: tuple[Moment, Interval] | None, now: datetime) -> Literal["live", "rewind", "replay"]:
    if show.is_over:
        return "replay"
    if last is None or not show.is_on_air:
        return "live"
    moment, stretch = last
    return "live" if moment.ended_at is None and now - stretch.from_at <= JUST_BEGUN else "rewind"


def _last(conn: ReadConnection, show: Show, item_id: str, now: datetime) -> tuple[Moment, Interval] | None:
    taken = repository.intervals(repository.redactions_of(conn, show.id))
    return last_shown(repository.moments_of_item(conn, item_id), taken, now)


def express_clips(conn: ReadConnection, settings: Settings, show: Show, now: datetime) -> dict[str, MomentView]:
    """By item: the first twenty seconds of its last finished explanation."""
    clips: dict[str, MomentView] = {}
    for view in chapters(conn, settings, show, now):
        if view.to_ms is None:
            continue
        to_ms = min(view.to_ms, view.from_ms + round(EXPRESS_CLIP.total_seconds() * 1000))
        start, end = _instant(view.from_ms), _instant(to_ms)
        clip_url = media.clip_url(settings, show.broadcast_id, start, end)
        clips[view.item_id] = msgspec.structs.replace(view, to_ms=to_ms, clip_url=clip_url)
    return clips


def clip_of(conn: ReadConnection, settings: Settings, show_id: str, moment_id: str) -> str:
    """Where the clip plays. Raises NotFound once it was taken out, and while the explanation goes on."""
    if not is_id(moment_id, "mom"):
        raise NotFound("moment")
    moment = repository.moment(conn, moment_id)
    url = moment_clip_url(conn, settings, moment_id)
    if moment.show_id != show_id or url is None:
        raise NotFound("moment")
    return url


def moment_clip_url(conn: ReadConnection, settings: Settings, moment_id: str) -> str | None:
    """None when nothing of it may be shown, or it goes on still."""
    moment = repository.moment(conn, moment_id)
    if repository.is_rehearsed(conn, moment_id) or moment.ended_at is None:
        return None
    taken = repository.intervals(repository.redactions_of(conn, moment.show_id))
    stretch = shown(moment, taken, moment.ended_at)
    if stretch is None:
        return None
    show = read_show(conn, moment.show_id)
    return media.clip_url(settings, show.broadcast_id, stretch.from_at, stretch.to_at)


def on_air_at(conn: ReadConnection, show_id: str, at: datetime) -> OnAir:
    """What and who was on air; both may be missing (before the show, between items)."""
    moment = repository.moment_at(conn, show_id, at)
    shift = shift_at(conn, show_id, at)
    return OnAir(
        item_id=moment.item_id if moment else None,
        number=moment.number if moment else None,
        moment_id=moment.id if moment else None,
        host_person_id=shift.person_id if shift else None,
    )


def host_on_air(conn: ReadConnection, show_id: str, at: datetime) -> HostOnAir | None:
    shift = shift_at(conn, show_id, at)
    if shift is None:
        return None
    person = accounts.people_by_id(conn, [shift.person_id]).get(shift.person_id)
    return HostOnAir(person_id=shift.person_id, name=person.display_name if person else "")


def hosts_on_air(conn: ReadConnection, show_id: str, instants: Collection[datetime]) -> dict[datetime, HostOnAir]:
    """The same for many instants; those without a host are left out."""
    shifts = shifts_at(conn, show_id, instants)
    people = accounts.people_by_id(conn, {shift.person_id for shift in shifts.values()})
    return {
        at: HostOnAir(
            person_id=shift.person_id,
            name=people[shift.person_id].display_name if shift.person_id in people else "",
        )
        for at, shift in shifts.items()
    }


def moment_at(conn: ReadConnection, show_id: str, item_id: str, at: datetime) -> str | None:
    """The explanation of this item going on at the instant, or else the last one before it."""
    moments = repository.moments_of_item(conn, item_id)
    return next((one.id for one in moments if one.show_id == show_id and one.started_at <= at), None)


def said_at(
    conn: ReadConnection, settings: Settings, show_id: str, item_id: str, at: datetime, now: datetime
) -> SaidAt | None:
    """The evidence behind an order line; None when the item was never explained until then, or it was taken out."""
    moment_id = moment_at(conn, show_id, item_id, at)
    if moment_id is None:
        return None
    moment = repository.moment(conn, moment_id)
    taken = repository.intervals(repository.redactions_of(conn, show_id))
    stretch = shown(moment, taken, now)
    if stretch is None:
        return None
    number = read_item(conn, item_id).number
    return SaidAt(
        moment_id=moment_id,
        from_at=stretch.from_at,
        to_at=None if moment.ended_at is None else stretch.to_at,
        page_path=f"/shows/{show_id}?item={number}&at={media.epoch_ms(stretch.from_at)}",
        clip_url=moment_clip_url(conn, settings, moment_id),
    )


def _instant(ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=ms)


_EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
