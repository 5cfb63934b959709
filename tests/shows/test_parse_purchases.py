"""The grammar of comment-to-buy, in both languages: what orders, what only sounds like it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopcast.shows.requests.model import parse_try_on
from shopcast.shows.requests.purchases import READ_CHARACTERS, PurchaseAsk, parse_purchases

ORDERS = {
    "sold 7": [(7, 1, ())],
    "Sold 7 M": [(7, 1, ("m",))],
    "SOLD #7!!": [(7, 1, ())],
    "sold 7 medium x2": [(7, 2, ("medium",))],
    "sold to me 7 L": [(7, 1, ("l",))],
    "sold7": [(7, 1, ())],
    "sold 7M": [(7, 1, ("m",))],
    "sold 7XL x 2": [(7, 2, ("xl",))],
    "sold 7 x2": [(7, 2, ())],
    "sold 7 x 2": [(7, 2, ())],
    "sold 7 *3": [(7, 3, ())],
    "sold - 7 - M": [(7, 1, ("m",))],
    "sold seven": [(7, 1, ())],
    "sold 7 38": [(7, 1, ("38",))],
    "sold 7 rose gold 256gb": [(7, 1, ("rose", "gold", "256gb"))],
    "buy 7": [(7, 1, ())],
    "buy 7 now": [(7, 1, ())],
    "buying number 7 please": [(7, 1, ())],
    "buy number one": [(1, 1, ())],
    "buy 2 of 7": [(7, 2, ())],
    "buy two of 7": [(7, 2, ())],
    "buy 2x 7": [(7, 2, ())],
    "buy 2 x #7 M": [(7, 2, ("m",))],
    "buy 7, 9": [(7, 1, ()), (9, 1, ())],
    "sold 7 and 9": [(7, 1, ()), (9, 1, ())],
    "buy 7 M, 9 L and 12": [(7, 1, ("m",)), (9, 1, ("l",)), (12, 1, ())],
    "mine 7": [(7, 1, ())],
    "mine!! 7": [(7, 1, ())],
    "mine: 7 M": [(7, 1, ("m",))],
    "mine 7 🔥🔥": [(7, 1, ())],
    "7 mine": [(7, 1, ())],
    "7 M mine": [(7, 1, ("m",))],
    "+1 7": [(7, 1, ())],
    "+1 7 M": [(7, 1, ("m",))],
    "+2 7 M": [(7, 2, ("m",))],
    "7 +1": [(7, 1, ())],
    "7+2": [(7, 2, ())],
    "7 M +2": [(7, 2, ("m",))],
    "claim 7": [(7, 1, ())],
    "I'll take 7 in M please": [(7, 1, ("m",))],
    "I’ll take #12 black": [(12, 1, ("black",))],
    "ill take number seven in red": [(7, 1, ("red",))],
    "i'd like to buy 7 size M": [(7, 1, ("m",))],
    "ok hi buy 7 thanks": [(7, 1, ())],
    "sold ７ M": [(7, 1, ("m",))],
    "sold №7": [(7, 1, ())],
    "sold 7️⃣": [(7, 1, ())],
    "buy 7 x 50": [(7, 50, ())],
    "买7号": [(7, 1, ())],
    "买７号": [(7, 1, ())],
    "买 7 号": [(7, 1, ())],
    "买七号M码": [(7, 1, ("m码",))],
    "买7号 M": [(7, 1, ("m",))],
    "买7号链接": [(7, 1, ())],
    "买7": [(7, 1, ())],
    "拍7号 两件": [(7, 2, ())],
    "拍1号链接": [(1, 1, ())],
    "要7号": [(7, 1, ())],
    "要7号，M码，2件！": [(7, 2, ("m码",))],
    "我要7号黑色M": [(7, 1, ("黑色", "m"))],
    "我要7号白色的": [(7, 1, ("白色",))],
    "7号我要了": [(7, 1, ())],
    "7号要了 M码": [(7, 1, ("m码",))],
    "7号 M码 2件": [(7, 2, ("m码",))],
    "7 号 黑色 两件": [(7, 2, ("黑色",))],
    "7号 35码 1双": [(7, 1, ("35码",))],
    "7号+2": [(7, 2, ())],
    "7号 M+1": [(7, 1, ("m",))],
    "7号，来2件": [(7, 2, ())],
    "来两件7号": [(7, 2, ())],
    "给我来3件12号": [(12, 3, ())],
    "买2件7号 L码": [(7, 2, ("l码",))],
    "买7号M码和9号L码": [(7, 1, ("m码",)), (9, 1, ("l码",))],
    "下单7号 XL": [(7, 1, ("xl",))],
    "主播 我要买7号 谢谢": [(7, 1, ())],
    "+1 7号": [(7, 1, ())],
    "sold 7号": [(7, 1, ())],
}

# Talk, questions, prices, requests to see: nothing is held for any of these.
NO_ORDERS = [
    "is 7 sold?",
    "sold 7?",
    "can I buy 7?",
    "7 sold",
    "7 sold out",
    "7 is sold",
    "sold out",
    "is 7 sold out",
    "sold 7 people already",
    "mine is 7 years old",
    "mine 7 years old",
    "sold 7min ago",
    "mine 7%",
    "sold 7.5",
    "sold 7:30",
    "mine $7",
    "not buying 7",
    "don't buy 7",
    "I bought 7",
    "minecraft 7",
    "buyer 7",
    "mining 7",
    "I'll take one",
    "want 7",
    "get 7",
    "take 7",
    "order 7",
    "7",
    "#7",
    "#7 pls",
    "7 in M?",
    "try number 7",
    "show 7",
    "+1",
    "mine",
    "sold",
    "buy 0",
    "sold 99999",
    "buy 1, 2, 3, 4",
    "buy 7 and tell me when it ships to my place",
    "买7号吗",
    "买7号吗？",
    "7号还有吗",
    "7号多少钱",
    "不要7号",
    "别买7号",
    "7号买了",
    "7号拍了",
    "已下单7号",
    "买7号什么时候发货",
    "12号发货",
    "买7个",
    "要7块",
    "7号",
    "7号链接",
    "7号 M码",
    "来7号",
    "试一下7号",
    "看7号",
    "想要7号",
    "",
    "🔥🔥🔥",
]


@pytest.mark.parametrize(("line", "wanted"), ORDERS.items(), ids=list(ORDERS))
def test_orders_are_read(line: str, wanted: list[tuple[int, int, tuple[str, ...]]]) -> None:
    assert parse_purchases(line) == tuple(PurchaseAsk(*one) for one in wanted)


@pytest.mark.parametrize("line", NO_ORDERS)
def test_talk_is_no_order(line: str) -> None:
    assert parse_purchases(line) == ()


@pytest.mark.parametrize("line", ORDERS)
def test_an_order_is_no_wish_to_see(line: str) -> None:
    assert parse_try_on(line).numbers == ()


@pytest.mark.parametrize(
    "line", ["#7 pls", "try number 7", "show 7", "7号", "7号链接", "7号 M码", "试一下7号", "来7号"]
)
def test_a_wish_to_see_is_no_order(line: str) -> None:
    assert parse_try_on(line).numbers == (7,)
    assert parse_purchases(line) == ()


@given(st.text(alphabet="sold mine buy7x2+#买要来拍件号码和,， M", max_size=READ_CHARACTERS + 20))
def test_any_line_is_read_without_an_error_and_within_limits(line: str) -> None:
    for ask in parse_purchases(line):
        assert 0 < ask.number < 10_000
        assert 0 <= ask.quantity < 10_000
        assert len(ask.words) <= 4


@pytest.mark.parametrize("piece", ["sold 7 ", "7+", "买7号", "7 and ", "mine ", "x 7 ", "a ", "来2件", "#" * 8])
def test_long_lines_cost_no_time(piece: str) -> None:
    line = (piece * READ_CHARACTERS)[:READ_CHARACTERS]
    before = time.perf_counter()
    for _ in range(20):
        parse_purchases(line)
    assert (time.perf_counter() - before) / 20 < 0.02
