"""Façade of discovery: the start page and search over shows, items and moments."""

from shopcast.discovery.home.queries import Home, home
from shopcast.discovery.reactions import follow_show
from shopcast.discovery.search.queries import SearchAnswer, search
from shopcast.kernel.actions import ActionSpec
from shopcast.kernel.events import Subscription
from shopcast.kernel.jobs import JobSpec, Periodic
from shopcast.shows.events import (
    MomentClosed,
    MomentsRedacted,
    ShelfChanged,
    ShowChanged,
    ShowEnded,
    ShowScheduled,
    ShowWentLive,
)

_NEWS = (
    ("show_changed", ShowChanged),
    ("show_scheduled", ShowScheduled),
    ("show_went_live", ShowWentLive),
    ("show_ended", ShowEnded),
    ("shelf_changed", ShelfChanged),
    ("moment_closed", MomentClosed),
    ("moments_redacted", MomentsRedacted),
)

ACTIONS: tuple[ActionSpec, ...] = ()
# From the beginning, so that an index added later holds what was there before.
SUBSCRIPTIONS: tuple[Subscription, ...] = tuple(
    Subscription(f"discovery.on_{name}", event_type, follow_show, lambda event: event.show_id, from_beginning=True)
    for name, event_type in _NEWS
)
JOBS: tuple[JobSpec, ...] = ()
PERIODICS: tuple[Periodic, ...] = ()

__all__ = ["ACTIONS", "JOBS", "PERIODICS", "SUBSCRIPTIONS", "Home", "SearchAnswer", "home", "search"]
