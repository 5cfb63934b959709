"""What discovery does when shows and the catalogue speak: brings the index of the show up to date."""

from datetime import datetime

from shopcast.discovery.search.index_show import index_show
from shopcast.kernel.actions import Tx
from shopcast.shows.events import (
    MomentClosed,
    MomentsRedacted,
    ShelfChanged,
    ShowChanged,
    ShowEnded,
    ShowScheduled,
    ShowWentLive,
)

ShowNews = ShowChanged | ShowScheduled | ShowWentLive | ShowEnded | ShelfChanged | MomentClosed | MomentsRedacted


def follow_show(tx: Tx, event: ShowNews, now: datetime) -> None:
    index_show(tx, event.show_id, now)
