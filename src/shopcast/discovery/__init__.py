"""Façade of discovery: the start page, search over shows, items and moments, and who follows whom."""

from shopcast.discovery.follows.follow import Follow, FollowAgain, Unfollow, follow, follow_again, unfollow
from shopcast.discovery.follows.queries import FollowBook
from shopcast.discovery.home.queries import Home, home
from shopcast.discovery.reactions import follow_show
from shopcast.discovery.search.index_show import INDEX_SHOW, IndexShow, index_show
from shopcast.discovery.search.queries import SearchAnswer, search
from shopcast.discovery.search.write_documents import WriteDocuments, write_documents
from shopcast.kernel.actions import ActionSpec
from shopcast.kernel.jobs import JobSpec, Periodic
from shopcast.kernel.subscriptions import Subscription
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

ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("discovery.write_documents", WriteDocuments, write_documents),
    ActionSpec("discovery.follow", Follow, follow),
    ActionSpec("discovery.unfollow", Unfollow, unfollow),
    ActionSpec("discovery.follow_again", FollowAgain, follow_again),
)
# From the beginning, so that an index added later holds what was there before.
SUBSCRIPTIONS: tuple[Subscription, ...] = tuple(
    Subscription(f"discovery.on_{name}", event_type, follow_show, lambda event: event.show_id, from_beginning=True)
    for name, event_type in _NEWS
)
JOBS: tuple[JobSpec, ...] = (JobSpec(INDEX_SHOW, IndexShow, index_show),)
PERIODICS: tuple[Periodic, ...] = ()

__all__ = ["ACTIONS", "JOBS", "PERIODICS", "SUBSCRIPTIONS", "FollowBook", "Home", "SearchAnswer", "home", "search"]
