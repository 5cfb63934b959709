"""Which shelf numbers a chat line asks to see: a table in both languages, and what must hold for any text."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopcast.shows.requests.model import NUMBERS_PER_LINE, number_in_query, parse_try_on
from shopcast.shows.requests.numbers import read_number

ASKED: list[tuple[str, tuple[int, ...]]] = [
    # A verb and a number.
    ("could you try number seven?", (7,)),
    ("Could you try on number 7 please", (7,)),
    ("try 7", (7,)),
    ("TRY 7!!", (7,)),
    ("try on 7 in red pls", (7,)),
    ("please try 7 and 9", (7, 9)),
    ("try 7, 9 and 12", (7, 9, 12)),
    ("can we see 7 again?", (7,)),
    ("can I see #7", (7,)),
    ("show me seven", (7,)),
    ("show us 15 please", (15,)),
    ("could you put on 8", (8,)),
    ("would you wear 3 next?", (3,)),
    ("model 21 please", (21,)),
    ("go back to 4", (4,)),
    ("what about 23?", (23,)),
    ("how about number twenty-one", (21,)),
    ("I want to see twelve", (12,)),
    ("waiting for 30", (30,)),
    # A number that says it is one.
    ("#7 pls", (7,)),
    ("#7", (7,)),
    ("# 7 please", (7,)),
    ("no. 12", (12,)),
    ("No.12 please", (12,)),
    ("no12 pls", (12,)),
    ("nr. 5 please", (5,)),
    ("№7", (7,)),
    ("number 7 & 9", (7, 9)),
    ("numbers 7 and 9", (7, 9)),
    ("Try #7, #9 and #12 please", (7, 9, 12)),
    ("#7 & #9", (7, 9)),
    ("item 45 please", (45,)),
    ("link 5", (5,)),
    ("number one hundred and five pls", (105,)),
    ("number forty two?", (42,)),
    ("try number one", (1,)),
    ("is #7 available in M?", (7,)),
    ("does #7 come in blue?", (7,)),
    ("I like #7, could you show it?", (7,)),
    # Only a number and a courtesy, or a number and a variant.
    ("7 pls", (7,)),
    ("seven please", (7,)),
    ("7 next please", (7,)),
    ("hi, 7 please!", (7,)),
    ("7 and 9 pls", (7, 9)),
    ("seven in M?", (7,)),
    ("7 in red", (7,)),
    ("7 in size L", (7,)),
    ("eleven in a large?", (11,)),
    ("12 size 38", (12,)),
    # Other ways to write digits.
    ("＃７", (7,)),
    ("try ７", (7,)),
    ("7️⃣ pls", (7,)),
    ("7️⃣", (7,)),
    ("1️⃣2️⃣", (12,)),
    ("🔟 please", (10,)),
    # Chinese: a number with its word.
    ("试一下7号", (7,)),
    ("7号", (7,)),
    ("七号", (7,)),
    ("十二号", (12,)),
    ("二十一号试试", (21,)),
    ("一百零五号", (105,)),
    ("试一下一号", (1,)),
    ("7號", (7,)),
    ("７号", (7,)),
    ("7号链接", (7,)),
    ("七号链接讲一下", (7,)),
    ("链接7", (7,)),
    ("3链接", (3,)),
    ("第七个", (7,)),
    ("第3款看一下", (3,)),
    ("第十件试穿一下", (10,)),
    ("7号和9号", (7, 9)),
    ("7、9号试一下", (7, 9)),
    ("看一下7号跟12号", (7, 12)),
    ("主播试穿一下七号", (7,)),
    ("麻烦看看12号", (12,)),
    ("8号有M码吗", (8,)),
    ("7号黑色", (7,)),
    ("7号上身看看", (7,)),
    ("7号后面看看", (7,)),
    ("7号前面是什么样", (7,)),
    ("想要7号", (7,)),
    ("可以讲一下8号吗", (8,)),
    ("再看一下7号", (7,)),
    # Chinese: a verb and a bare number.
    ("试一下7", (7,)),
    ("试7", (7,)),
    ("试试12吧", (12,)),
    ("想看5", (5,)),
    ("看看23", (23,)),
    ("讲一下8", (8,)),
    ("试穿七", (7,)),
    ("try 7号", (7,)),
]

NOT_ASKED: list[str] = [
    # Quantities, ages, times, prices, fractions.
    "7 people here",
    "see 7 people",
    "I'm 17",
    "I am seventeen",
    "$7",
    "$7 please",
    "€7 for this?",
    "7.50 pls",
    "7 dollars",
    "7/10",
    "24/7",
    "see you at 7",
    "see you in 7 minutes",
    "see you 7 tomorrow",
    "7 pm",
    "7pm pls",
    "in 7 days",
    "7 years",
    "100%",
    "see 7%",
    "3-7 days",
    "top 7",
    "I have 7 kids",
    "7",
    "seven",
    "size 7",
    "try 7 times",
    "give me 5 minutes",
    "2 for 1 please",
    "v7.5",
    "iphone 7",
    "call 5551234",
    "7 in stock?",
    "model 2024 collection",
    # "One" as a pronoun, numbers in idioms.
    "try this one",
    "try one",
    "one moment please",
    "one more time please",
    "show me the red one",
    "no one",
    "no, one is enough",
    "#1 fan",
    "number one fan here",
    "you're number one",
    "we are #1",
    "you are the number 1 host",
    # About an item, without asking to see it.
    "bought #7 yesterday",
    "just ordered number 7",
    "number 7 arrived, thanks",
    "how much is #7?",
    "what's the price of 7",
    "when does number 7 ship?",
    "I love #7",
    "#7 is so pretty",
    "#7daychallenge",
    "my order number 7 is late",
    # Chinese: dates, sizes, floors, prices, purchases, words that only look like numbers.
    "7月7号",
    "七月七号",
    "明天7号",
    "今天十一号",
    "7号发货吗",
    "7号见",
    "7号晚上见",
    "7号之前能到吗",
    "7号线",
    "7号楼",
    "7号店",
    "大一号",
    "小一号有吗",
    "7号多少钱",
    "已下单7号",
    "收到7号了",
    "7号买了",
    "7号退货",
    "试7次",
    "看7个人",
    "一号难求了",
    "信号不好",
    "型号是什么",
    "账号多少",
    "几号",
    "7个人",
    "7点见",
    "打7折",
    "17岁",
    "7块钱",
    "¥7",
    "试一下",
    "看一看",
    "试试",
    "",
]


@pytest.mark.parametrize(("line", "numbers"), ASKED)
def test_a_line_that_asks(line: str, numbers: tuple[int, ...]) -> None:
    assert parse_try_on(line).numbers == numbers


@pytest.mark.parametrize("line", NOT_ASKED)
def test_a_line_that_does_not_ask(line: str) -> None:
    assert parse_try_on(line).numbers == ()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("could you try #7 in M?", ("m",)),
        ("seven in red, please show it", ("red",)),
        ("I'm an L, try 7 please", ("l",)),
        ("try 7 in a large", ("large",)),
        ("#7 in 38?", ("38",)),
        ("#7 in xl pls", ("xl",)),
        ("7号黑色", ("黑色",)),
        ("7号M码有吗", ("m码",)),
        ("试一下7号大码酒红色", ("大码", "酒红色")),
        ("I'm waiting for #7", ()),
    ],
)
def test_size_and_colour_words_beside_it(line: str, words: tuple[str, ...]) -> None:
    assert parse_try_on(line).words == words


def test_a_line_that_lists_the_shelf_counts_for_the_first_items() -> None:
    asked = parse_try_on("try #1, #2, #3, #4, #5, #6 and #7")
    assert asked.numbers == (1, 2, 3, 4, 5)
    assert len(asked.numbers) == NUMBERS_PER_LINE


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("7", 7),
        ("#7", 7),
        ("number seven", 7),
        ("Number 7?", 7),
        ("seven", 7),
        ("no. 12", 12),
        ("七号", 7),
        ("7号链接", 7),
        ("第七个", 7),
        ("一百二十号", 120),
        ("７", 7),
        ("red dress", None),
        ("7 dresses", None),
        ("0", None),
        ("", None),
    ],
)
def test_a_search_that_means_a_number(query: str, number: int | None) -> None:
    assert number_in_query(query) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7),
        ("007", 7),
        ("0", None),
        ("seven", 7),
        ("twenty one", 21),
        ("ninety-nine", 99),
        ("a hundred", 100),
        ("three hundred and twelve", 312),
        ("七", 7),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("九十九", 99),
        ("一百", 100),
        ("一百零五", 105),
        ("两百三十", 230),
        ("一二", 12),
        ("零", None),
    ],
)
def test_reading_numbers(text: str, number: int | None) -> None:
    assert read_number(text) == number


@settings(deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read_without_harm(text: str) -> None:
    asked = parse_try_on(text)
    assert len(asked.numbers) <= NUMBERS_PER_LINE
    assert all(1 <= number <= 9999 for number in asked.numbers)
    assert len(set(asked.numbers)) == len(asked.numbers)
    number_in_query(text)


@settings(deadline=None)
@given(st.integers(1, 999))
def test_a_number_asked_for_is_found_however_it_is_framed(number: int) -> None:
    for line in (f"#{number} pls", f"could you try number {number}?", f"试一下{number}号", f"{number}号链接"):
        assert parse_try_on(line).numbers == (number,)


@pytest.mark.parametrize(
    "line", ["try " * 100, "7号" * 150, "#7 and " * 60, "一" * 300, "twenty " * 60, "7," * 150, "试一下" * 100]
)
def test_long_lines_take_no_longer(line: str) -> None:
    started = time.process_time()
    parse_try_on(line)
    # Measured: under 5 ms. A pattern that backtracks would take seconds.
    assert time.process_time() - started < 0.25
