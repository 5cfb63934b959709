"""Which shelf numbers a chat line buys, how many, in which variant; pure, see docs/algorithms/comment-to-buy.md.

Buying takes stock away from others, so the whole line must read as an order: a word too many and it is talk.
"""

import re
from dataclasses import dataclass
from typing import Final

from shopcast.shows.requests.numbers import CHINESE_NUMERAL, DIGITS, ENGLISH_WORDS, read_number
from shopcast.shows.requests.spelling import plain

# Somebody who buys more than three things in one line uses the cart.
PURCHASES_PER_LINE: Final = 3
# "rose gold 256 gb" is four words; more is a sentence.
WORDS_PER_PURCHASE: Final = 4
READ_CHARACTERS: Final = 120


@dataclass(frozen=True, slots=True)
class PurchaseAsk:
    """One item of an order by comment. `words` name the variant as written, folded, or nothing."""

    number: int
    quantity: int
    words: tuple[str, ...]


# --- English --------------------------------------------------------------------------------------------------------

_LEAD: Final = re.compile(r"(?:ok|okay|yes|yeah|yep|hi|hey|hello|omg|oh|wow|please|pls|plz)\b[\s,!.~]*")
_TAIL: Final = re.compile(
    r"[\s,!.~]+$|[\s,!.]*\b(?:please|pls|plz|thanks|thank you|thx|ty|now|for me|to me)$|[^\w\s+#)×*%€£$:-]+$"
)
_VERB: Final = re.compile(
    r"(?:sold(?:\s+to\s+me)?|buy|buying|mine|claim|claiming|grab|grabbing|gimme|i\s*buy"
    r"|(?:i'?ll|i\s+will)\s+(?:buy|take|have|claim|grab)|i(?:'d|\s+would)\s+like\s+to\s+(?:buy|order)"
    r"|i\s+(?:want|wanna)\s+(?:to\s+)?(?:buy|order))(?![a-z'])[\s:,!-]*"
)
_PLUS: Final = re.compile(r"\+\s?(?P<quantity>[0-9]{1,2})\b[\s:,]*(?=\S)")
_NAME: Final = r"(?:#\s?|numbers?\s*#?\s?|no\.?\s*(?=\d)|nr\.?\s*(?=\d)|items?\s*#?\s?|lots?\s*#?\s?)"
# The word "one" alone is a pronoun: "I'll take one".
_BARE: Final = rf"(?:{DIGITS}|(?!(?:one|zero|a)\b){ENGLISH_WORDS})"
# "sold 7M": the size often sticks to the number.
_SIZE: Final = r"(?:[2-6]?x{0,3}[sl]|m)"
_ITEM: Final = re.compile(
    rf"(?:(?P<several>[0-9]{{1,2}}|two|three|four|five)(?:[x×*]\s+(?=[0-9])|\s*[x×*]\s*(?=#)|\s*(?:pcs|pieces)?\s*of\s+))?(?:on\s+|the\s+)?"
    rf"(?:{_NAME}(?P<named>{DIGITS}|{ENGLISH_WORDS})|(?P<bare>{_BARE}))(?P<rest>(?={_SIZE}\b|(?![\w%:€£$]|\.\d)).*)"
)
_NEXT: Final = re.compile(rf"\s*(?:,|;|&|\band\b)\s*(?=(?:\d{{1,2}}\s*(?:x|×|\*|of)\s*)?{_NAME}?{DIGITS}\b)")
_MINE_AFTER: Final = re.compile(rf"(?P<item>{_NAME}?{_BARE}\b.*?)[\s,]*\b(?:mine|is mine|for me)$")
_PLUS_AFTER: Final = re.compile(rf"(?P<item>{_NAME}?{DIGITS}\b[^+]*?)\s*\+\s?(?P<quantity>[0-9]{{1,2}})$")
_QUANTITY: Final = re.compile(
    r"(?:^|(?<=[\s,]))(?:[x×*]\s?(?P<after>[0-9]{1,3})|(?P<before>[0-9]{1,3})\s?(?:x|×|pcs?|pieces?|units?)"
    r"|(?:qty|quantity)\s*:?\s*(?P<said>[0-9]{1,3}))(?=[\s,]|$)"
)
_FILLER: Final = frozenset("in size a an the color colour and for me please pls plz of".split())
# A line with one of these is talk about the item, not an order.
_TALK: Final = frozenset(
    "out is are was were not no yet already years year old days day hours hour minutes minute min am pm people times"
    " time dollars euros or if when but at by to on again too also later tomorrow back left still".split()
)

# --- Chinese --------------------------------------------------------------------------------------------------------

_HAN: Final = re.compile(r"[一-鿿]")
_DOUBT: Final = re.compile(
    r"吗|嘛|么(?!么)|呢|多少|几块|几钱|什么|怎么|哪|谁|有没有|还有|是不是|能不能|可不可以|不要|不买|别|没|不想|取消|退"
    r"|买了|买过|买到|拍了|拍到|已拍|已买|已下单|下单了|付了|收到|到货|发货|试|看"
)
_CHINESE_LEAD: Final = re.compile(
    r"(?:好的?|主播|老板|老师|宝宝|宝|亲|你好|您好|姐姐?|小姐姐|哥|那个?|麻烦|请|帮我|给我|我)[\s,!~]*"
)
_CHINESE_TAIL: Final = re.compile(r"(?:谢谢|多谢|哈|啊|呀|哦|噢|吧|哟|啦|[\s,!.~。、…])+$")
_CHINESE_VERB: Final = re.compile(r"(?:要买|要拍|购买|买|拍下|拍|下单|抢|订购|要|订)(?:一下|下)?[\s:,]*")
_BRING: Final = re.compile(r"来[\s]*")
_MEASURE: Final = r"(?:件|个|條|条|双|雙|套|份|只|支|盒|瓶|对|對|台|包|顶|枚)"
_CHINESE_NUMBER: Final = rf"(?:{DIGITS}|{CHINESE_NUMERAL})"
_CHINESE_ITEM: Final = re.compile(
    rf"(?P<before>.*?)(?:第\s*)?(?<![0-9.零〇一二两三四五六七八九十百])(?P<number>{_CHINESE_NUMBER})\s*"
    r"(?:号链接|号連結|號|号|链接|連結)(?P<after>.*)"
)
_CHINESE_BARE: Final = re.compile(rf"(?P<number>{DIGITS})(?![0-9.%块元折:])(?!\s*{_MEASURE})(?P<after>.*)")
_CHINESE_QUANTITY: Final = re.compile(
    rf"(?P<counted>{_CHINESE_NUMBER})\s*{_MEASURE}|[x×*]\s?(?P<times>[0-9]{{1,3}})|\+\s?(?P<plus>[0-9]{{1,2}})"
)
_WANTED: Final = r"(?:我要了?|要了?|我买|买|我拍|拍下?|下单|来)"
_WANTED_AFTER: Final = re.compile(rf"[\s,]*{_WANTED}$|^[\s,]*{_WANTED}(?=[\s,])")
_CHINESE_VARIANT: Final = re.compile(
    r"(?:[2-6]?x{0,3}[sl]|m|[2-5]\d)\s*码?(?![a-z0-9])|大码|中码|小码|均码|加大码|加大|[一-鿿]{1,4}?色|[a-z0-9]+|[一-鿿]{1,6}"
)
_CHINESE_NEXT: Final = re.compile(
    rf"\s*(?:、|,|;|和|跟|还要|再加|再来)\s*(?=(?:\D{{0,4}}){_CHINESE_NUMBER}\s*(?:号|號|链接))"
)


def parse_purchases(text: str) -> tuple[PurchaseAsk, ...]:
    """What a chat line orders, in the order said, or nothing; never raises, linear in the line's length."""
    if len(text) > READ_CHARACTERS:
        return ()
    line = plain(text).lower()
    if "?" in line or not any(character.isdigit() or character.isalpha() for character in line):
        return ()
    found = _chinese(line) if _HAN.search(line) else _english(line)
    if found is None or len(found) > PURCHASES_PER_LINE:
        return ()
    return tuple(found)


def _english(line: str) -> list[PurchaseAsk] | None:
    line = _without_tails(_TAIL, _without_leads(_LEAD, line))
    verb = _VERB.match(line)
    if verb is not None:
        return _items(line[verb.end() :], 1)
    plus = _PLUS.match(line)
    if plus is not None:
        return _items(line[plus.end() :], int(plus["quantity"]))
    after = _MINE_AFTER.fullmatch(line)
    if after is not None:
        return _items(after["item"], 1)
    counted = _PLUS_AFTER.fullmatch(line)
    return None if counted is None else _items(counted["item"], int(counted["quantity"]))


def _items(text: str, quantity: int) -> list[PurchaseAsk] | None:
    """All of them, or None: half an order is none."""
    found: list[PurchaseAsk] = []
    for part in _NEXT.split(text.strip()):
        item = _ITEM.fullmatch(part.strip())
        ask = None if item is None else _english_item(item, quantity)
        if ask is None:
            return None
        found.append(ask)
    return found


def _english_item(item: re.Match[str], quantity: int) -> PurchaseAsk | None:
    number = read_number(item["named"] or item["bare"])
    rest = item["rest"]
    counted = _QUANTITY.search(rest)
    if counted is not None:
        quantity = int(counted["after"] or counted["before"] or counted["said"])
        rest = f"{rest[: counted.start()]} {rest[counted.end() :]}"
    elif item["several"] is not None:
        quantity = read_number(item["several"]) or 0
    words = tuple(word for word in re.split(r"[\s,/()\-:!]+", rest) if word and word not in _FILLER)
    # Chat is full of "mine 7!!! <3": what is neither letter nor digit is decoration.
    words = tuple(word for word in words if any(character.isalnum() for character in word))
    if number is None or len(words) > WORDS_PER_PURCHASE or _TALK.intersection(words):
        return None
    return PurchaseAsk(number, quantity, words)


def _chinese(line: str) -> list[PurchaseAsk] | None:
    if _DOUBT.search(line):
        return None
    line = _without_tails(_CHINESE_TAIL, _without_leads(_CHINESE_LEAD, line))
    found: list[PurchaseAsk] = []
    ordered = False
    for part in _CHINESE_NEXT.split(line):
        ask = _chinese_item(_without_leads(_CHINESE_LEAD, part.strip()), ordered)
        if ask is None:
            return None
        # "买7号M码和9号": the verb counts for what follows.
        ordered = True
        found.append(ask)
    return found


def _chinese_item(part: str, ordered: bool) -> PurchaseAsk | None:
    verb = _CHINESE_VERB.match(part) or _VERB.match(part) or _PLUS.match(part)
    text = part if verb is None else part[verb.end() :]
    item = _CHINESE_ITEM.fullmatch(text)
    if item is None and verb is not None:
        item = _CHINESE_BARE.fullmatch(text)
    if item is None:
        return None
    before, after = item.groupdict().get("before") or "", item["after"]
    if verb is None and (bring := _BRING.match(before)) is not None and _CHINESE_QUANTITY.search(before):
        # "来两件7号": bring me two; without a number it asks the host to turn to the item.
        ordered, before = True, before[bring.end() :]
    wanted = _WANTED_AFTER.search(after)
    if wanted is not None:
        after = after[: wanted.start()] + after[wanted.end() :]
    quantity, rest = _chinese_quantity(before, after)
    if verb is None and wanted is None and quantity is None and not ordered:
        return None
    if quantity is None and verb is not None and "quantity" in verb.re.groupindex:
        quantity = int(verb["quantity"])
    number = read_number(item["number"])
    words = tuple(_CHINESE_VARIANT.findall(re.sub(r"[\s,/()\-:!.~的来]+", " ", rest)))
    if number is None or len(words) > WORDS_PER_PURCHASE:
        return None
    return PurchaseAsk(number, 1 if quantity is None else quantity, tuple(word.replace(" ", "") for word in words))


def _chinese_quantity(before: str, after: str) -> tuple[int | None, str]:
    """How many, wherever it is said, and what is left of the text around the number."""
    for text, other, first in ((after, before, False), (before, after, True)):
        counted = _CHINESE_QUANTITY.search(text)
        if counted is not None:
            said = counted["counted"] or counted["times"] or counted["plus"]
            rest = f"{text[: counted.start()]} {text[counted.end() :]}"
            return read_number(said) or 0, f"{rest} {other}" if first else f"{other} {rest}"
    return None, f"{before} {after}"


def _without_leads(pattern: re.Pattern[str], line: str) -> str:
    # Nobody greets more than four times.
    for _ in range(4):
        lead = pattern.match(line)
        if lead is None or lead.end() == 0:
            return line
        line = line[lead.end() :]
    return line


def _without_tails(pattern: re.Pattern[str], line: str) -> str:
    for _ in range(4):
        tail = pattern.search(line)
        if tail is None or tail.start() == len(line):
            return line
        line = line[: tail.start()]
    return line
