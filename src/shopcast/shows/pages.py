"""What whole pages read at once: the viewer's page, the express lane, the console, documents for search."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from shopcast import accounts, catalog, media, rooms
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.config import Settings
from shopcast.kernel.money import Money
from shopcast.kernel.principal import Principal
from shopcast.shows.access import require_right, visible_show
from shopcast.shows.moments import repository as moments
from shopcast.shows.moments.queries import MomentView, chapters, express_clips
from shopcast.shows.run_of_show.model import Drift, PriceWarning, drift
from shopcast.shows.run_of_show.publish import warnings_of
from shopcast.shows.run_of_show.repository import cues_of
from shopcast.shows.schedule.model import Show, ShowState, public_state
from shopcast.shows.schedule.queries import (
    ListState,
    ManagedShow,
    Named,
    Position,
    ShowCard,
    managed_shows,
    public_shows,
)
from shopcast.shows.schedule.queries import show_cards as cards_of
from shopcast.shows.schedule.repository import show as read_show
from shopcast.shows.schedule.repository import shows as read_shows
from shopcast.shows.schedule.set_cover import cover_url
from shopcast.shows.shelf.model import Card
from shopcast.shows.shelf.queries import cards as compose_cards
from shopcast.shows.shelf.queries import shelf
from shopcast.shows.shelf.repository import all_items_of, items_on_shelves


class Seller(msgspec.Struct, frozen=True, kw_only=True):
    """Who sells, as the law wants it said."""

    id: str
    name: str
    legal_identity: str


class OnAirView(msgspec.Struct, frozen=True, kw_only=True):
    item_id: str
    moment_id: str
    since_ms: int


class Can(msgspec.Struct, frozen=True, kw_only=True):
    manage: bool
    moderate: bool


class AsOf(msgspec.Struct, frozen=True, kw_only=True):
    """How far the room's log was numbered when the page was made."""

    epoch: int
    seq: int


class ShowPage(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    title: str
    description: str
    cover_url: str | None
    category: str
    language: str
    state: ShowState
    starts_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    host: Named
    owner: Named
    sellers: list[Seller]
    playback: media.Playback | None
    chapters: list[MomentView]
    items: list[Card]
    on_air: OnAirView | None
    room_id: str
    as_of: AsOf
    seq: int
    epoch: int
    server_ms: int
    can: Can
    grace_until_ms: int | None
    is_cut: bool


class ExpressRow(msgspec.Struct, frozen=True, kw_only=True):
    """An item without the show: today's price and stock, and twenty seconds of its last explanation."""

    card: Card
    clip: MomentView | None
    on_air: bool


class ExpressLane(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    title: str
    state: ShowState
    items: list[ExpressRow]
    server_ms: int


class CueView(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    position: int
    item_id: str | None
    minutes: int
    script: str
    claims_allowed: str
    price_said: Money | None
    started_at: datetime | None
    done_at: datetime | None


class StreamWarning(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    at: datetime
    params: dict[str, str]


class StreamHealth(msgspec.Struct, frozen=True, kw_only=True):
    width: int | None
    height: int | None
    frames_per_s: float | None
    video_kbit_s: int | None
    key_frame_s: float | None
    video_codec: str | None
    audio_codec: str | None
    since: datetime | None


class StreamView(msgspec.Struct, frozen=True, kw_only=True):
    rtmp_url: str
    key_hint: str | None
    state: Literal["waiting", "ready", "lost", "ended"]
    health: StreamHealth | None
    warnings: list[StreamWarning]


class CutView(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    from_ms: int
    to_ms: int
    made_at: datetime


class ManagePage(msgspec.Struct, frozen=True, kw_only=True):
    show: ManagedShow
    items: list[Card]
    cues: list[CueView]
    current_cue_id: str | None
    drift: Drift | None
    stream: StreamView
    warnings: list[PriceWarning]
    moments: list[MomentView]
    cuts: list[CutView]
    playback: media.Playback | None
    on_air: OnAirView | None
    is_cut: bool
    grace_until_ms: int | None
    server_ms: int
    can: Can


class ItemName(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    number: int
    title: str
    product_id: str


class ItemDocument(msgspec.Struct, frozen=True, kw_only=True):
    item_id: str
    number: int
    text: str


class MomentDocument(msgspec.Struct, frozen=True, kw_only=True):
    moment_id: str
    item_id: str
    number: int
    title: str
    image_url: str | None
    from_ms: int
    to_ms: int | None
    clip_url: str | None


class ShowDocument(msgspec.Struct, frozen=True, kw_only=True):
    """What others may find of a public show; `findable` is False when there is nothing any more."""

    show_id: str
    findable: bool
    state: ShowState
    text: str
    items: list[ItemDocument]
    moments: list[MomentDocument]


def show_page(conn: ReadConnection, settings: Settings, show_id: str, by: Principal, now: datetime) -> ShowPage:
    """Raises NotFound for people who may not know of the show."""
    show, held = visible_show(conn, by, show_id)
    is_staff = "staff" in held
    owner = accounts.organisation(conn, show.organisation_id)
    cards = shelf(conn, show.id, now, with_hidden=is_staff)
    head = rooms.head(conn, show.room_id)
    state = show.state if is_staff else public_state(show)
    return ShowPage(
        id=show.id,
        title=show.title,
        description=show.description,
        cover_url=cover_url(show.cover_image_id),
        category=show.category,
        language=show.language,
        state=state,
        starts_at=show.starts_at,
        started_at=show.started_at,
        ended_at=show.ended_at,
        host=_host(conn, show),
        owner=Named(id=owner.id, name=owner.name),
        sellers=_sellers(conn, owner, cards),
        playback=_playback(settings, show, is_staff=is_staff),
        chapters=chapters(conn, settings, show, now),
        items=cards if is_staff else [card for card in cards if not card.hidden],
        on_air=_on_air(conn, show) if is_staff or show.is_on_air else None,
        room_id=show.room_id,
        as_of=AsOf(epoch=head.epoch, seq=head.seq),
        seq=head.seq,
        epoch=head.epoch,
        server_ms=media.epoch_ms(now),
        can=Can(manage="manage" in held, moderate="moderate" in held),
        grace_until_ms=_grace_until_ms(show),
        is_cut=show.is_cut,
    )


def express_lane(conn: ReadConnection, settings: Settings, show_id: str, by: Principal, now: datetime) -> ExpressLane:
    show, _held = visible_show(conn, by, show_id)
    cards = [card for card in shelf(conn, show.id, now, with_hidden=False) if not card.hidden]
    clips = express_clips(conn, settings, show, now)
    return ExpressLane(
        id=show.id,
        title=show.title,
        state=public_state(show),
        items=[
            ExpressRow(card=card, clip=clips.get(card.id), on_air=show.is_on_air and show.on_air_item_id == card.id)
            for card in cards
        ],
        server_ms=media.epoch_ms(now),
    )


def manage_page(conn: ReadConnection, settings: Settings, show_id: str, by: Principal, now: datetime) -> ManagePage:
    show = require_right(conn, by, show_id, "staff")
    _show, held = visible_show(conn, by, show_id)
    cues = cues_of(conn, show.id)
    by_hand = moments.redactions_of(conn, show.id, with_before_show=False)
    return ManagePage(
        show=managed_shows(conn, [show])[0],
        items=shelf(conn, show.id, now, with_hidden=True),
        cues=[
            CueView(
                id=cue.id,
                position=cue.position,
                item_id=cue.item_id,
                minutes=cue.minutes,
                script=cue.script,
                claims_allowed=cue.claims_allowed,
                price_said=cue.price_said,
                started_at=cue.started_at,
                done_at=cue.done_at,
            )
            for cue in cues
        ],
        current_cue_id=show.current_cue_id,
        drift=None if show.is_over else drift(cues, show.current_cue_id, show.started_at, now),
        stream=_stream(conn, settings, show),
        warnings=warnings_of(conn, show.id),
        moments=chapters(conn, settings, show, now),
        cuts=[
            CutView(
                id=cut.id,
                from_ms=media.epoch_ms(cut.from_at),
                to_ms=media.epoch_ms(cut.to_at),
                made_at=cut.created_at,
            )
            for cut in by_hand
        ],
        playback=_playback(settings, show, is_staff=True),
        on_air=_on_air(conn, show),
        is_cut=show.is_cut,
        grace_until_ms=_grace_until_ms(show),
        server_ms=media.epoch_ms(now),
        can=Can(manage="manage" in held, moderate="moderate" in held),
    )


def show_cards(
    conn: ReadConnection, state: ListState, *, before: Position | None = None, limit: int = 50
) -> list[ShowCard]:
    """Public shows as cards."""
    return cards_of(conn, public_shows(conn, state, before, limit))


def cards_of_shows(conn: ReadConnection, show_ids: Sequence[str]) -> list[ShowCard]:
    """Cards of the public shows among these, in their order."""
    found = read_shows(conn, show_ids)
    return cards_of(conn, [show for show in found if show.visibility == "public" and public_state(show) != "draft"])


def cards_of_items(conn: ReadConnection, item_ids: Sequence[str], now: datetime) -> dict[str, Card]:
    """Today's cards of those among these that stand on a shelf for everybody to see; whose show it is the caller knows
    to be public."""
    shown = [item for item in items_on_shelves(conn, item_ids) if not item.hidden]
    return {card.id: card for card in compose_cards(conn, shown, now)}


def items_of(conn: ReadConnection, show_id: str) -> list[ItemName]:
    """All items ever on the shelf of the show, by number; those whose product is gone keep their number only."""
    items = all_items_of(conn, show_id)
    products = catalog.products_by_id(conn, {item.product_id for item in items})
    return [
        ItemName(
            id=item.id,
            number=item.number,
            title=products[item.product_id].title if item.product_id in products else "",
            product_id=item.product_id,
        )
        for item in items
    ]


def show_document(conn: ReadConnection, settings: Settings, show_id: str, now: datetime) -> ShowDocument:
    show = read_show(conn, show_id)
    state = public_state(show)
    findable = show.visibility == "public" and state not in ("draft", "ended")
    cards = [card for card in shelf(conn, show.id, now, with_hidden=False) if not card.hidden] if findable else []
    owner = accounts.organisation(conn, show.organisation_id)
    words = (show.title, show.category, _host(conn, show).name, owner.name, show.description)
    return ShowDocument(
        show_id=show.id,
        findable=findable,
        state=state,
        text=" ".join(words) if findable else "",
        items=[ItemDocument(item_id=card.id, number=card.number, text=f"{card.title} {card.claim}") for card in cards],
        moments=[
            MomentDocument(
                moment_id=view.id,
                item_id=view.item_id,
                number=view.number,
                title=view.title,
                image_url=view.image_url,
                from_ms=view.from_ms,
                to_ms=view.to_ms,
                clip_url=view.clip_url,
            )
            for view in (chapters(conn, settings, show, now) if findable else [])
        ],
    )


def _host(conn: ReadConnection, show: Show) -> Named:
    person = accounts.people_by_id(conn, [show.host_person_id]).get(show.host_person_id)
    return Named(id=show.host_person_id, name=person.display_name if person else "")


def _sellers(conn: ReadConnection, owner: accounts.Organisation, cards: Sequence[Card]) -> list[Seller]:
    ids = dict.fromkeys([owner.id, *(card.seller_id for card in cards)])
    found = accounts.organisations_by_id(conn, list(ids))
    return [Seller(id=id, name=found[id].name, legal_identity=found[id].legal_identity) for id in ids if id in found]


def _playback(settings: Settings, show: Show, *, is_staff: bool) -> media.Playback | None:
    """Before the show only its staff watches: the preview and the rehearsal are nobody else's."""
    if show.state == "ended" or not (show.is_on_air or show.state == "replay" or is_staff):
        return None
    return media.playback(settings, show.broadcast_id)


def _on_air(conn: ReadConnection, show: Show) -> OnAirView | None:
    if show.on_air_moment_id is None or show.on_air_item_id is None:
        return None
    since = moments.moment(conn, show.on_air_moment_id).started_at
    return OnAirView(item_id=show.on_air_item_id, moment_id=show.on_air_moment_id, since_ms=media.epoch_ms(since))


def _grace_until_ms(show: Show) -> int | None:
    return None if show.grace_until is None else media.epoch_ms(show.grace_until)


def _stream(conn: ReadConnection, settings: Settings, show: Show) -> StreamView:
    health = media.health(conn, show.broadcast_id)
    return StreamView(
        rtmp_url=settings.public_rtmp_url,
        key_hint=health.key_hint,
        state=health.state,
        health=None if health.measured_at is None else _stream_health(health),
        warnings=[
            StreamWarning(code=warning.code, at=warning.at, params=warning.parameters) for warning in health.warnings
        ],
    )


def _stream_health(health: media.Health) -> StreamHealth:
    return StreamHealth(
        width=health.width,
        height=health.height,
        frames_per_s=health.fps,
        video_kbit_s=None if health.bitrate_bps is None else round(health.bitrate_bps / 1000),
        key_frame_s=None if health.gop_ms is None else health.gop_ms / 1000,
        video_codec=health.video_codec,
        audio_codec=health.audio_codec,
        since=health.measured_at,
    )
