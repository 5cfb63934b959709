"""What each number means, published beside it in both languages."""

from collections.abc import Mapping
from typing import Literal

Unit = Literal["count", "money", "seconds"]

DEFINITIONS: Mapping[str, tuple[Unit, str, str]] = {
    "viewers_now": (
        "count",
        "People who had the show open when the last half minute was counted: connected, or asking for news at least "
        "every two minutes. Two tabs, devices or servers of one person count once. Counted by a sketch that keeps no "
        "list of people; its error is 1.6 %.",
        "最近半分钟统计时打开直播的人数：保持连接，或至少每两分钟获取一次更新。"
        "同一人打开多个页面、设备或经由多台服务器只计一次。"
        "统计采用不保存人员名单的概率计数，误差约 1.6%。",
    ),
    "viewers_peak": (
        "count",
        "The highest of those counts.",
        "上述统计中的最高值。",
    ),
    "viewers_unique": (
        "count",
        "Different people (by account, or by the guest cookie of one browser) who ever opened the show, even for a "
        "moment. Counted by a sketch that keeps no list of people; its error is 1.6 %.",
        "曾打开过直播的不同观众数，哪怕只停留片刻（按账号或同一浏览器的访客标识计算）。"
        "统计采用不保存人员名单的概率计数，误差约 1.6%。",
    ),
    "viewers_average_s": (
        "seconds",
        "How long a viewer stayed on average: half a minute for each count somebody was there at, divided by the "
        "number of different people.",
        "观众平均停留时长：每次统计在场计半分钟，再除以不同观众数。",
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
