"""What discovery does when shows speak: asks for the index of the show to be brought up to date.

A show of five hundred items takes a tenth of a second to compose, which would hold up the writer: a job composes it
and writes what differs in small parts. News that come while it waits are one job.
"""

from datetime import datetime

from shopcast.discovery.search.index_show import INDEX_SHOW, IndexShow
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
    tx.enqueue(INDEX_SHOW, IndexShow(show_id=event.show_id), key=event.show_id)
