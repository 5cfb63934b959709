"""A listed word is found however it is dressed up, and innocent lines are left alone."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopcast.kernel.errors import InvalidInput
from shopcast.rooms.chat.copies import fingerprint, same_words
from shopcast.rooms.chat.lookalikes import LEET, LETTER_OF
from shopcast.rooms.chat.muted_words import WORDS_LIMIT, MutedWordRule, cleaned_rules, word_list
from shopcast.rooms.chat.traditional import SIMPLIFIED_OF

LISTED = ("spam", "ass", "cunt", "penis", "anus", "fuck", "cock", "tits", "god", "pot", "hell", "vip", "analyst")
LISTED_CHINESE = ("法轮功", "你妈", "加微信", "骗子")
LIST = word_list(cleaned_rules([MutedWordRule(word) for word in (*LISTED, *LISTED_CHINESE, "scam*", "*coin", "*bet*")]))

LOOKALIKES: dict[str, list[str]] = {}
for _other, _letter in LETTER_OF.items():
    LOOKALIKES.setdefault(_letter, []).append(_other)
SIGNS: dict[str, list[str]] = {}
for _sign, _letter in LEET.items():
    SIGNS.setdefault(_letter, []).append(_sign)
TRADITIONAL: dict[str, list[str]] = {}
for _traditional, _simplified in SIMPLIFIED_OF.items():
    TRADITIONAL.setdefault(chr(_simplified), []).append(chr(_traditional))
INVISIBLE = ["\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u3164", "\ufe0f"]


def full_width(letter: str) -> str:
    return chr(ord(letter) + 0xFEE0) if letter.isascii() and letter.isalpha() else letter


@st.composite
def dressed(draw: st.DrawFn) -> tuple[str, str]:
    """A listed word and one way to write it past a filter that compares letters."""
    word = draw(st.sampled_from(LISTED))
    letters = [draw(_letter(letter)) for letter in word]
    if draw(st.booleans()):
        at = draw(st.integers(0, len(letters) - 1))
        # Stretched: five of one letter, between letters that are others.
        letters[at] *= 5
    between = draw(st.sampled_from(["", "", *INVISIBLE, ".", "*", "-", "_", "~", "·"]))
    written = between.join(letters)
    return word, draw(st.sampled_from(["{}", "{}!!!", "({})", "hello {} there", "说 {} 了", "“{}”"])).format(written)


def _letter(letter: str) -> st.SearchStrategy[str]:
    ways = [letter, letter.upper(), full_width(letter), letter + "\u0301", *SIGNS.get(letter, [])]
    # Of look-alikes those that stay letters of a word; some have marks of their own.
    ways += [one for one in LOOKALIKES.get(letter, []) if unicodedata.category(one).startswith("L")]
    return st.sampled_from(ways)


@given(dressed())
def test_a_listed_word_is_found_in_any_dress(case: tuple[str, str]) -> None:
    word, line = case
    found = LIST.find(line)
    # Of a line in look-alikes only, three letters are given the benefit of the doubt.
    foreign = all(one in LETTER_OF or not one.isalpha() for one in unicodedata.normalize("NFKC", line).lower())
    assert (found is not None and found.word == word) or (foreign and len(word) < 4), (word, line)


@given(
    st.sampled_from(LISTED_CHINESE),
    st.sampled_from(["", *INVISIBLE, "*", "·", "-", "_", " ", "　", "|", "~"]),
    st.sampled_from(["{}", "大家好{}真的", "【{}】", "hello {} bye"]),
    st.data(),
)
def test_a_chinese_word_is_found_in_any_dress(word: str, between: str, line: str, data: st.DataObject) -> None:
    written = between.join(data.draw(st.sampled_from([one, *TRADITIONAL.get(one, [])])) for one in word)
    if between in (" ", "　"):
        line = "{}"
    assert LIST.find(line.format(written)) == MutedWordRule(word)


@pytest.mark.parametrize(
    "line",
    [
        # The towns and words that filters are known for.
        "Scunthorpe and Penistone",
        "a classic bass assassin passes the class",
        "Dick Van Dyke ate a cocktail of peacock and shuttlecock",
        "hello shell, hella good",
        "the analysts and a therapist",
        "Titsian, titsey",
        # Ends of neighbours that make a word together.
        "the pen is red",
        "give an us flag",
        "it its",
        "as soon as possible",
        "and/or, yes/no",
        "has a ss",
        "I was pa mper",
        # Doubled and near letters are letters.
        "good goods",
        "fall, fail, fill",
        "VIPER vips",
        "1 2 3 7 pls",
        "7 in M?",
        "I like it at 50$!",
        # Another script's own words.
        "рот",
        "это рот и нос",
        "τι κανεις",
        "爱你，妈妈",
        "爱你 妈妈",
        "爱你！妈妈也来了",
        "试一下7号，谢谢主播",
        "法国的轮胎功能",
        "ありがとうございます が",
        "안녕하세요",
        "👨\u200d👩\u200d👧 ❤️ 🇬🇴 x",
        "antispam spampot",
    ],
)
def test_innocent_lines_are_left_alone(line: str) -> None:
    assert LIST.find(line) is None


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("what a $cammer", "scam*"),
        ("scamming", "scam*"),
        ("buy bitcoin", "*coin"),
        ("c0in", "*coin"),
        ("alphabet", "*bet*"),
        ("a s p a m b", "spam"),
        ("🅢🅟🅐🅜", "spam"),
        ("𝓯𝓾𝓬𝓴", "fuck"),
        ("he11", "hell"),
        ("v!p", "vip"),
    ],
)
def test_stars_runs_and_boxes(line: str, word: str) -> None:
    found = LIST.find(line)
    assert found is not None
    assert found.word == word


def test_the_gravest_rule_counts_and_lists_are_cleaned() -> None:
    rules = cleaned_rules(
        [MutedWordRule("rude", "refuse"), MutedWordRule("ＲＵＤＥ", "hide"), MutedWordRule("vile", "mute")]
    )
    assert [(rule.word, rule.action) for rule in rules] == [("ＲＵＤＥ", "hide"), ("vile", "mute")]
    assert word_list(rules).find("rude and vile") == MutedWordRule("vile", "mute")
    for words in (["***"], ["!?"], [""], ["x" * 61], ["x"] * (WORDS_LIMIT + 1)):
        with pytest.raises(InvalidInput):
            cleaned_rules([MutedWordRule(word) for word in words])


PASTED = "Cheapest watches at dealz dot example, message me on WhatsApp now for a discount"


@pytest.mark.parametrize(
    "line",
    [
        PASTED.upper(),
        PASTED + "!!! 🔥🔥🔥 8812",
        PASTED.replace(" ", "  "),
        PASTED.replace("a", "а"),
        "１２３ " + PASTED,
    ],
)
def test_near_identical_lines_share_a_fingerprint(line: str) -> None:
    assert fingerprint(line) == fingerprint(PASTED) != ""


@pytest.mark.parametrize("line", ["could you try number 7?", "666", "❤❤❤❤❤", "什么时候发货？", "试一下7号 M码", ""])
def test_what_everybody_says_is_no_copy(line: str) -> None:
    assert fingerprint(line) == ""


def test_other_lines_have_other_fingerprints_and_numbers_count_among_same_words() -> None:
    other = "Does the green one come in a larger size, and is it machine washable?"
    assert fingerprint(other) not in ("", fingerprint(PASTED))
    assert same_words("Try  number 7?") == same_words("try number 7?") != same_words("try number 8?")


def test_an_added_word_usually_leaves_the_fingerprint() -> None:
    words = ["zebra", "lamp", "quick", "mono", "fjord", "vex", "glyph", "job", "waltz", "nymph"] * 3
    same = sum(fingerprint(f"{PASTED} {word}{index * 'x'}") == fingerprint(PASTED) for index, word in enumerate(words))
    assert same >= len(words) * 0.6
