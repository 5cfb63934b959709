"""What may be followed; pure."""

from datetime import datetime
from typing import Literal

import msgspec

FollowKind = Literal["host", "organisation"]

# Far more than anybody keeps up with; beyond it is a machine.
FOLLOWS_LIMIT = 2_000


class FollowRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: FollowKind


class FollowView(msgspec.Struct, frozen=True, kw_only=True):
    kind: FollowKind
    subject_id: str
    name: str
    since: datetime
    # How many follow them, this person among them.
    followers: int


class Followed(msgspec.Struct, frozen=True, kw_only=True):
    """Host or house of a show, as one visitor stands to them."""

    kind: FollowKind
    subject_id: str
    name: str
    followers: int
    following: bool
