"""Bodies of requests, and answers that no page of the domain has already."""

from datetime import datetime

import msgspec
from msgspec import UNSET, UnsetType

from shopcast.kernel.money import Money
from shopcast.rooms import MutedWordRule
from shopcast.shows.run_of_show.write_run_of_show import CueDraft
from shopcast.shows.schedule.model import StaffRole, Visibility


class NewShow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    title: str
    description: str = ""
    category: str = ""
    language: str = "en"
    visibility: Visibility = "public"
    starts_at: datetime | None = None
    time_zone: str = "UTC"
    grace_s: int | None = None
    host_person_id: str | None = None


class ShowChanges(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    title: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    category: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
    visibility: Visibility | UnsetType = UNSET
    starts_at: datetime | UnsetType | None = UNSET
    time_zone: str | UnsetType = UNSET
    grace_s: int | UnsetType = UNSET
    host_person_id: str | UnsetType = UNSET
    advance_pins: bool | UnsetType = UNSET


class TicketRequest(msgspec.Struct, frozen=True, kw_only=True):
    name: str | None = None


class TicketView(msgspec.Struct, frozen=True, kw_only=True):
    ticket: str
    ws_url: str
    room_id: str
    name: str
    role: str
    # Follows the host or the house: what rooms for followers ask for.
    follows: bool
    expires_at: datetime


class StreamKeyView(msgspec.Struct, frozen=True, kw_only=True):
    """Shown once: only its digest is kept."""

    rtmp_url: str
    key: str


class NewItems(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    product_ids: list[str]


class ItemChanges(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    claim: str | UnsetType = UNSET
    hidden: bool | UnsetType = UNSET
    sort: int | UnsetType = UNSET


class Order(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    ids: list[str]


class FromSet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    set_id: str


class NewSet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    show_id: str


class SetView(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    product_ids: list[str]


class PinRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    item_id: str | None = None
    number: int | None = None


class PinView(msgspec.Struct, frozen=True, kw_only=True):
    moment_id: str


class CueBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: str | None = None
    item_id: str | None = None
    minutes: int = 3
    script: str = ""
    claims_allowed: str = ""
    price_said: Money | None = None

    def draft(self) -> CueDraft:
        return CueDraft(
            id=self.id,
            item_id=self.item_id,
            minutes=self.minutes,
            script=self.script,
            claims_allowed=self.claims_allowed,
            price_said=self.price_said,
        )


class AdvanceRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    cue_id: str | None = None


class CueMoved(msgspec.Struct, frozen=True, kw_only=True):
    cue_id: str


class AskRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    number: int
    words: str = ""


class StaffRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    person_id: str | None = None
    email: str | None = None
    role: StaffRole


class StaffView(msgspec.Struct, frozen=True, kw_only=True):
    person_id: str
    display_name: str
    role: StaffRole
    since: datetime


class Stretch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    from_ms: int
    to_ms: int


class Made(msgspec.Struct, frozen=True, kw_only=True):
    id: str


class ExportRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: str = "mp4"


class BanRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    # How the room shows the person.
    key: str
    # Told to them.
    reason: str = ""


class BanCreated(msgspec.Struct, frozen=True, kw_only=True):
    id: str


class HouseWordsBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    words: list[MutedWordRule]
