"""The start page: live now, coming up, replays, the newest moments. Plainly ordered, the same for everybody."""

from datetime import datetime

import msgspec

from shopcast import shows
from shopcast.discovery.search.queries import MomentHit, newest_moments
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.config import Settings
from shopcast.kernel.principal import Principal

SHOWS_MAX = 24
MOMENTS_MAX = 12


class Home(msgspec.Struct, frozen=True, kw_only=True):
    live: list[shows.ShowCard]
    upcoming: list[shows.ShowCard]
    replays: list[shows.ShowCard]
    moments: list[MomentHit]


def home(conn: ReadConnection, settings: Settings, by: Principal, now: datetime) -> Home:
    return Home(
        live=shows.show_cards(conn, "live", limit=SHOWS_MAX),
        upcoming=shows.show_cards(conn, "upcoming", limit=SHOWS_MAX),
        replays=shows.show_cards(conn, "replay", limit=SHOWS_MAX),
        moments=newest_moments(conn, MOMENTS_MAX),
    )
