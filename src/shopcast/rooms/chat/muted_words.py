"""Which listed words a line says, and what is done about it; pure. The folding is folding.py's."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import msgspec

from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.text import clean_line
from shopcast.rooms.chat import folding

# refuse: not said, the writer may put it another way. hold: said once a moderator lets it. hide: said, but only
# moderators read it. mute: not said, and the writer is silent for a while. The first of these to apply is the gravest.
WordAction = Literal["mute", "hide", "hold", "refuse"]
GRAVITY: tuple[WordAction, ...] = ("mute", "hold", "hide", "refuse")
WORDS_LIMIT = 500
WORD_LIMIT = 60
# Lists of rooms that talk at the same time in one process.
_LISTS_KEPT = 64


class MutedWordRule(msgspec.Struct, frozen=True):
    """`word` as the moderator wrote it. A star at an end stands for the rest of the word: spam* also finds spammer."""

    word: str
    action: WordAction = "refuse"


@dataclass(frozen=True, slots=True)
class OpenEnded:
    """A word with a star at an end: it is the beginning, the end or the middle of what is said."""

    word: str
    any_start: bool
    any_end: bool
    rule: MutedWordRule

    def fits(self, key: str) -> bool:
        """Both begin with the mark of their form (folding.py), which must be the same."""
        if key[0] != self.word[0]:
            return False
        said, word = key[1:], self.word[1:]
        if self.any_start and self.any_end:
            return word in said
        return said.endswith(word) if self.any_start else said.startswith(word)


@dataclass(frozen=True, slots=True)
class WordList:
    """Built once per list: looking a line up costs what its own length is, however long the list."""

    exact: dict[str, MutedWordRule]
    # Found anywhere in a line of characters written without spaces.
    inside: tuple[tuple[str, MutedWordRule], ...]
    open_ended: tuple["OpenEnded", ...]

    def find(self, text: str) -> MutedWordRule | None:
        """The gravest rule whose word the line says."""
        found = {rule.word: rule for rule in self._found(text)}
        return min(found.values(), key=lambda rule: (GRAVITY.index(rule.action), rule.word), default=None)

    def _found(self, text: str) -> list[MutedWordRule]:
        hits: list[MutedWordRule] = []
        if self.exact or self.open_ended:
            keys = folding.line_keys(text)
            hits += [self.exact[key] for key in keys & self.exact.keys()]
            hits += [one.rule for one in self.open_ended if any(map(one.fits, keys))]
        if self.inside:
            line = folding.packed(text)
            hits += [rule for word, rule in self.inside if word in line]
        return hits


@lru_cache(maxsize=_LISTS_KEPT)
def word_list(rules: tuple[MutedWordRule, ...]) -> WordList:
    exact: dict[str, MutedWordRule] = {}
    inside: list[tuple[str, MutedWordRule]] = []
    open_ended: list[OpenEnded] = []
    for rule in rules:
        word = rule.word.strip("*")
        if folding.has_cjk(folding.plain(word)):
            inside.append((folding.packed(word).replace(" ", ""), rule))
        elif rule.word == word:
            exact.update({key: rule for key in folding.word_keys(word) if key not in exact})
        else:
            starts, ends = rule.word.startswith("*"), rule.word.endswith("*")
            open_ended += [OpenEnded(key, starts, ends, rule) for key in folding.word_keys(word)]
    return WordList(exact, tuple(inside), tuple(open_ended))


def cleaned_rules(rules: Sequence[MutedWordRule]) -> tuple[MutedWordRule, ...]:
    """Raises InvalidInput. Two rules for what folds to the same word are one, the last one counts."""
    if len(rules) > WORDS_LIMIT:
        raise InvalidInput("muted_words", "it is too long")
    kept: dict[str, MutedWordRule] = {}
    for rule in rules:
        word = clean_line(rule.word, WORD_LIMIT, "muted_words")
        bare = folding.plain(word.strip("*"))
        if not any(one.isalnum() for one in bare):
            raise InvalidInput("muted_words", "it has the wrong form")
        stars = ("*" if word.startswith("*") else "", "*" if word.endswith("*") else "")
        kept[f"{stars[0]}{bare}{stars[1]}"] = MutedWordRule(word, rule.action)
    return tuple(kept.values())
