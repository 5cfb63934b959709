"""Which shelf numbers a chat line asks to see, and who is served next; pure rules, see docs/algorithms/requests.md."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shopcast.shows.requests.numbers import CHINESE_NUMERAL, DIGITS, ENGLISH_WORDS, read_number
from shopcast.shows.requests.purchases import parse_purchases
from shopcast.shows.requests.spelling import plain

# One line rarely asks for more than two items; a line that lists the shelf is not a request.
NUMBERS_PER_LINE: Final = 5
# Chat lines are short; reading a longer one would only cost time.
READ_CHARACTERS: Final = 300


@dataclass(frozen=True, slots=True)
class TryOnAsk:
    """What one line asks for: shelf numbers in the order said, and the size and colour words beside them."""

    numbers: tuple[int, ...]
    words: tuple[str, ...]


NOTHING_ASKED: Final = TryOnAsk((), ())

# --- The words people use -------------------------------------------------------------------------------------------

_COLOURS: Final = (
    "black|white|red|blue|navy|green|yellow|orange|pink|purple|violet|brown|beige|cream|grey|gray|gold|silver|khaki"
    "|burgundy|teal|turquoise|ivory|nude|camel|olive|coral|mint|denim"
)
_LETTER_SIZES: Final = "xxxs|xxs|xs|s|m|l|xl|xxl|xxxl|[2-6]xl"
_NAMED_SIZES: Final = "small|medium|large|extra large|extra small|petite|plus size|one size"
_CHINESE_COLOURS: Final = "黑|白|红|蓝|绿|黄|橙|粉|紫|棕|灰|金|银|米|咖啡|卡其|杏|酒红|藏青|天蓝|墨绿|驼|藕粉|奶白|焦糖"

_NUMBER: Final = rf"(?:{DIGITS}|{ENGLISH_WORDS})"
# The word "one" alone is a pronoun ("try this one"), and "a hundred" is a figure of speech.
_BARE_WORD: Final = rf"(?!(?:one|zero|a)\b){ENGLISH_WORDS}"
_BARE: Final = rf"(?:{DIGITS}|{_BARE_WORD})"
_JOIN: Final = r"\s*(?:,\s*(?:and\s+)?|&|\+|\band\b|\bor\b|\bthen\b)\s*"

# What says that a number is a shelf number.
_NAME: Final = (
    r"(?:#\s?|\bnumbers?\s*(?:#\s?)?|\bnum\.?\s*|\bno\.\s*|\bno(?=\d)|\bnr\.?\s*|\bitems?\s*"
    r"|\blinks?\s*|\bproducts?\s*|\blots?\s+)"
)
_ENGLISH_NAMED: Final = re.compile(
    rf"(?<![\w&]){_NAME}(?P<first>{_NUMBER})(?![\w%.]*\w)(?P<more>(?:{_JOIN}(?:{_NAME})?{_BARE}(?![\w%/:]|\.\d))*)"
)
_ASK_VERB: Final = (
    r"(?:try|trying|show|showing|see|wear|wearing|model|demo|demonstrate|present|explain|open|swatch|put on"
    r"|look at|go to|go back to|back to|do|(?:what|how) about|waiting for|interested in seeing)"
)
_BETWEEN: Final = r"(?:\s+(?:on|me|us|the|out|please|pls|again|back|quickly|a look at|now|next))*"
_FOLLOWS: Final = (
    r"(?=\s*(?:$|[?!.,;~…)]|(?:pls|plz|please|again|next|now|first|on|too|also|quickly|thanks|thank|thx|ty|instead"
    r"|after|before|then|for us|for me|and|or|in|with|size|one more time|close|closer|from|up close)\b|[&+]|[^\w\s]))"
)
_AFTER_VERB: Final = re.compile(
    rf"\b{_ASK_VERB}{_BETWEEN}\s+(?P<first>{_BARE})(?![\w%/:$€£]|\.\d)"
    rf"(?P<more>(?:{_JOIN}{_BARE}(?![\w%/:$€£]|\.\d))*){_FOLLOWS}"
)
_POLITE: Final = re.compile(
    rf"(?:^|[,;!?]\s*|\.\s+)(?:(?:and|ok|okay|hi|hey|hello|oh)\s+)?(?P<first>{_BARE})(?P<more>(?:{_JOIN}{_BARE})*)"
    r"\s*(?:,\s*)?(?:next\s+)?(?:pls|plz|please|plss+)\b"
)
_IN_SIZE: Final = re.compile(
    rf"(?:^|[,;!?]\s*|\.\s+|\b(?:and|is|got|have)\s+)(?P<first>{_BARE})(?P<more>(?:{_JOIN}{_BARE})*)"
    rf"\s+(?:in\s+(?:a\s+|the\s+)?(?:size\s+)?|size\s+)"
    rf"(?:(?:{_LETTER_SIZES}|{_NAMED_SIZES}|{_COLOURS})\b|[2-9]\d\b)"
)

# Lines that name an item without asking to see it.
_STATEMENT: Final = re.compile(
    r"\b(?:bought|ordered|purchased|paid|received|arrived|returned|got mine|just got|i got|my order|order number"
    r"|how much|what price|price|cost|costs|ship|ships|shipping|shipped|delivery|deliver|tracking|refund|cancel)\b"
)
_REMARK: Final = re.compile(
    r"\b(?:love|loved|loving|like|liked|is|was|are|were|looks|looked|am|'s|'re|'m|be|sold out|fan|mine|better|best)\b"
)
_ASKING: Final = re.compile(
    rf"[?]|\b(?:pls|plz|please|can|could|would|want|{_ASK_VERB[3:-1]}|again|next|in (?:{_LETTER_SIZES}))\b"
)
_NUMBER_ONE_IDIOM: Final = re.compile(
    r"\b(?:are|is|am|be|'re|'s|'m|always|my|our|your|the)\s+(?:the\s+|my\s+|our\s+)?"
    r"(?:number one|#\s?1|no\.\s?1|number 1)\b"
    r"|\b(?:number one|number 1|#\s?1|no\.\s?1)\s+"
    r"(?:fan|fans|host|seller|choice|priority|rule|shop|store|best|favou?rite|in the)\b"
)

_CHINESE_NUMBER: Final = rf"(?:{DIGITS}|{CHINESE_NUMERAL})"
_CHINESE_JOIN: Final = r"\s*(?:、|,|和|跟|与|及|还有|或者|或|&|\+)\s*"
_NOT_BEFORE: Final = r"(?<![0-9.:/$¥€£月大小.])"
# "号" is also the day of the month, the line of an underground railway, a size up, a building.
_NOT_A_DATE: Final = (
    r"(?!\s*(?:发货|到货|出货|发出|送到|能到|会到|到不到|到吗|开播|直播|见|晚上|早上|下午|上午|中午|凌晨|生日|之前|以前"
    r"|前(?!面)|之后|以后|后(?!面|背)|线|楼|院|房|桌|球|选手|当天|那天|码|店|公寓|门|车|仓|难求))"
)
_CHINESE_NAMED: Final = re.compile(
    rf"{_NOT_BEFORE}(?P<more>(?:{_CHINESE_NUMBER}(?:号|號)?{_CHINESE_JOIN})*)"
    rf"(?P<first>{_CHINESE_NUMBER})\s*(?:号|號){_NOT_A_DATE}"
)
_CHINESE_LINK: Final = re.compile(
    rf"{_NOT_BEFORE}(?P<first>{_CHINESE_NUMBER})\s*(?:链接|連結)|(?:链接|連結|商品|单品)\s*(?P<second>{DIGITS})(?![0-9.%折块元个件])"
)
_CHINESE_ORDINAL: Final = re.compile(
    rf"第\s*(?P<first>{_CHINESE_NUMBER})\s*(?:个(?!月|小时|问题|人|星期)|款|件|条(?!评论)|双|号|號)"
)
_CHINESE_VERB: Final = (
    r"(?:试穿|试戴|试用|试一试|试一下|试试|试下|试|看一看|看一下|看看|看下|想看|看|讲一下|讲讲|讲|介绍一下|介绍|展示一下|展示"
    r"|上一下|过一下|再过|穿一下|穿|上身|回到)"
)
_CHINESE_AFTER_VERB: Final = re.compile(
    rf"{_CHINESE_VERB}\s*(?:一下|下)?\s*(?P<first>{DIGITS}|(?![一两])[二三四五六七八九十百]{{1,5}})"
    rf"(?P<more>(?:{_CHINESE_JOIN}{DIGITS})*)"
    r"(?=\s*(?:$|[?!.,;~。、吧吗呢呀啊哦好可谢拜行]|的(?:上身|效果|细节|尺码|颜色)|款(?!$)|[a-z]{1,3}码|[^\w\s]))"
)
_CHINESE_DAY: Final = re.compile(
    r"(?:今天|明天|后天|昨天|前天|月|周末|下周|礼拜|星期.)(?:是|就|都)?\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*[号號]"
    r"|(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*月\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*[号號]"
)
_CHINESE_STATEMENT: Final = re.compile(
    r"买了|买过|买到|下单了|已下单|拍了|拍到|已拍|付款了|付了|收到|到货了|退货|退款|多少钱|什么价|几块|几钱|价格|运费|快递|物流|发货|不要|不买"
)

_SIZE_WORD: Final = re.compile(
    rf"(?<![\w'’])(?:(?P<upper>XXXS|XXS|XS|S|M|L|XL|XXL|XXXL|[2-6]XL)(?![\w'’])"
    rf"|(?i:(?:in|size|in size|in a|in an)\s+(?P<after>{_LETTER_SIZES}|[2-9]\d)(?![\w'’]))"
    rf"|(?i:(?P<named>{_NAMED_SIZES}|{_COLOURS}))(?!\w))"
)
_CHINESE_WORD: Final = re.compile(
    rf"(?P<size>(?:[2-6]?[xX]{{0,3}}[lLsS]|[mM]|[2-5]\d)\s*码|大码|中码|小码|均码|加大码)|(?P<colour>(?:{_CHINESE_COLOURS})色)"
)


def parse_try_on(text: str) -> TryOnAsk:
    """The shelf numbers that a chat line asks to see, or nothing; never raises, linear in the line's length."""
    original = plain(text[:READ_CHARACTERS])
    line = original.lower()
    numbers = _english_numbers(line) + _chinese_numbers(line)
    # Who buys number seven need not see it first.
    if not numbers or parse_purchases(text):
        return NOTHING_ASKED
    unique = tuple(dict.fromkeys(numbers))
    return TryOnAsk(unique[:NUMBERS_PER_LINE], _variant_words(original))


def number_in_query(text: str) -> int | None:
    """The shelf number that a search means ("7", "#7", "number seven", "七号", "7号链接"), or None."""
    line = plain(text[:READ_CHARACTERS]).lower().strip(" ?!.")
    match = _QUERY.fullmatch(line)
    if match is None:
        return None
    return read_number(match.group("number"))


_QUERY: Final = re.compile(
    rf"(?:{_NAME}|第)?\s*(?P<number>{DIGITS}|{ENGLISH_WORDS}|{CHINESE_NUMERAL})\s*(?:号|號|个|款|件)?\s*(?:链接|連結)?"
)


def _english_numbers(line: str) -> list[int]:
    if _STATEMENT.search(line):
        return []
    found: list[int] = []
    asking = _ASKING.search(line) is not None
    if asking or not _REMARK.search(line):
        named = _NUMBER_ONE_IDIOM.sub(" ", line)
        found += _collect(_ENGLISH_NAMED, named)
    for pattern in (_AFTER_VERB, _POLITE, _IN_SIZE):
        found += _collect(pattern, line)
    return found


def _chinese_numbers(line: str) -> list[int]:
    if _CHINESE_STATEMENT.search(line):
        return []
    undated = _CHINESE_DAY.sub(" ", line)
    found: list[int] = []
    for match in _CHINESE_NAMED.finditer(undated):
        found += _numbers(match.group("more")) + _numbers(match.group("first"))
    for match in _CHINESE_LINK.finditer(undated):
        found += _numbers(match.group("first") or match.group("second"))
    for pattern in (_CHINESE_ORDINAL, _CHINESE_AFTER_VERB):
        for match in pattern.finditer(undated):
            found += _numbers(match.group("first")) + _numbers(match.groupdict().get("more") or "")
    return found


def _collect(pattern: re.Pattern[str], line: str) -> list[int]:
    found: list[int] = []
    for match in pattern.finditer(line):
        found += _numbers(match.group("first")) + _numbers(match.group("more") or "")
    return found


_ANY_NUMBER: Final = re.compile(rf"{DIGITS}|\b{ENGLISH_WORDS}\b|{CHINESE_NUMERAL}")


def _numbers(text: str) -> list[int]:
    read = (read_number(match.group()) for match in _ANY_NUMBER.finditer(text))
    return [number for number in read if number is not None]


def _variant_words(original: str) -> tuple[str, ...]:
    words = [next(filter(None, match.groups())).lower() for match in _SIZE_WORD.finditer(original)]
    words += [match.group().replace(" ", "").lower() for match in _CHINESE_WORD.finditer(original)]
    return tuple(dict.fromkeys(words))[:4]


# --- Who is served next ---------------------------------------------------------------------------------------------

# A minute waited weighs as much as one more person asking, so a lone request is reached in the end. Because every
# item gains at the same pace, the order only changes when somebody asks or an item is shown.
WAITING_WORTH_ONE_PERSON_S: Final = 60
# Before a show has two finished moments of its own. Recorded fashion shows explain an item in two to four minutes.
USUAL_MOMENT_S: Final = 150
# The newest moments say best how quickly this host goes; older ones come from another part of the show.
MOMENTS_AVERAGED: Final = 10
# More than this on the public list is not read by anybody; staff see the whole queue.
PUBLIC_TOP: Final = 5
# One person may have this many items waiting, so nobody fills the queue alone.
WAITING_PER_PERSON: Final = 5


@dataclass(frozen=True, slots=True)
class WaitingItem:
    """All waiting requests for one item: how many people, and since when the first of them waits."""

    item_id: str
    number: int
    count: int
    since: datetime


@dataclass(frozen=True, slots=True)
class QueuedItem:
    """A waiting item with its place (1 is next) and the estimated seconds until it is on air."""

    item_id: str
    number: int
    count: int
    since: datetime
    place: int
    eta_s: int


def rank(waiting: Iterable[WaitingItem]) -> list[WaitingItem]:
    """Most wanted first: people plus minutes waited; ties go to who asked first, then to the smaller number."""
    return sorted(waiting, key=lambda item: (_urgency(item), item.since, item.number))


def _urgency(item: WaitingItem) -> datetime:
    return item.since - timedelta(seconds=WAITING_WORTH_ONE_PERSON_S * item.count)


def usual_moment_s(lengths_s: Sequence[float]) -> int:
    """How long this host explains an item: the mean of the newest finished moments, kept within 20 s and 15 min."""
    newest = list(lengths_s)[:MOMENTS_AVERAGED]
    if len(newest) < 2:
        return USUAL_MOMENT_S
    return round(min(max(sum(newest) / len(newest), 20.0), 900.0))


def queue(waiting: Iterable[WaitingItem], *, moment_s: int, on_air_for_s: float | None) -> list[QueuedItem]:
    """The ranked queue with places and times; `on_air_for_s` is the age of the running moment, None between items."""
    first_s = 0 if on_air_for_s is None else max(0, round(moment_s - on_air_for_s))
    return [
        QueuedItem(
            item_id=item.item_id,
            number=item.number,
            count=item.count,
            since=item.since,
            place=place,
            eta_s=first_s + (place - 1) * moment_s,
        )
        for place, item in enumerate(rank(waiting), start=1)
    ]
