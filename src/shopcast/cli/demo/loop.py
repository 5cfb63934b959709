"""When the demo's broadcast shows what: the one agreement between the film and the host who follows it."""

from shopcast.cli.demo.shop import ITEMS

ITEM_SECONDS = 15
LOOP_SECONDS = ITEM_SECONDS * len(ITEMS)


def item_index_at(loop_seconds: float) -> int:
    """Which item of the shelf (the first is 0) the picture shows at a position of the loop."""
    return int(loop_seconds % LOOP_SECONDS) // ITEM_SECONDS
