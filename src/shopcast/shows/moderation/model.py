"""What a ban is; pure."""

from datetime import datetime

import msgspec

# Said to the banned person, so written for them.
REASON_LIMIT = 200
BANS_PAGE_LIMIT = 200
# Rooms of one house that are open or coming up: where somebody who is banned must not stay.
ROOMS_LIMIT = 50


class BanView(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    show_id: str
    # As the room saw them; a guest who clears their cookies is somebody else, and we keep nothing more to tell.
    name: str
    is_guest: bool
    reason: str
    banned_at: datetime
    banned_by: str


class Ban(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    organisation_id: str
    person_key: str
    name: str
    show_id: str
    reason: str
    banned_at: datetime
    banned_by: str
    lifted_at: datetime | None
