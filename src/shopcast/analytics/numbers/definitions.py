"""What each number means, published beside it in both languages."""

from collections.abc import Mapping
from typing import Literal

Unit = Literal["count", "money", "seconds"]

DEFINITIONS: Mapping[str, tuple[Unit, str, str]] = {
    "viewers_now": (
        "count",
        "People connected to the show's room at the last count (every 30 seconds). Two tabs of one person count once.",
        "最近一次统计（每 30 秒）时连接到直播间的人数。同一人打开两个页面只计一次。",
    ),
    "viewers_peak": (
        "count",
        "The highest of those counts.",
        "上述统计中的最高值。",
    ),
    "viewers_unique": (
        "count",
        "Different people (by account, or by the guest cookie of one browser) who were ever connected.",
        "曾连接过的不同观众数（按账号或同一浏览器的访客标识计算）。",
    ),
    "requests": (
        "count",
        "Try-on requests: one per person and item until it was shown.",
        "试穿/试用请求数：每人每件商品在展示前只计一次。",
    ),
    "holds": (
        "count",
        "Times somebody tapped buy and stock was set aside for them.",
        "点击购买并成功锁定库存的次数。",
    ),
    "units": (
        "count",
        "Pieces paid for, refunded ones taken off.",
        "已付款件数，已扣除退款件数。",
    ),
    "sales_gross": (
        "money",
        "Paid for items, after discounts, tax as priced, without shipping.",
        "商品实付金额：已扣折扣，含税与否以标价为准，不含运费。",
    ),
    "sales_net": (
        "money",
        "Sales less what was refunded.",
        "销售额减去退款。",
    ),
    "open_to_paid_median": (
        "seconds",
        "Half of the buyers were faster: from opening the page to paid.",
        "半数买家的用时低于此值：从打开页面到付款完成。",
    ),
}
