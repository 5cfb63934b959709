"""Owns what a seller may write into a product: cleaned text, or a refusal naming the field."""

from shopcast.catalog.errors import VariantsWrong
from shopcast.catalog.products.model import (
    DESCRIPTION_LIMIT,
    LABEL_LIMIT,
    OPTIONS_LIMIT,
    TAGS_LIMIT,
    TITLE_LIMIT,
    WEIGHT_LIMIT_GRAMS,
    option_key,
)
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.text import clean_line


def clean_title(text: str) -> str:
    return clean_line(text, TITLE_LIMIT, "title")


def clean_label(text: str, field: str) -> str:
    """One line that may be left empty."""
    return clean_line(text, LABEL_LIMIT, field) if text.strip() else ""


def clean_weight(grams: int) -> int:
    if not 0 <= grams <= WEIGHT_LIMIT_GRAMS:
        raise InvalidInput("weight_grams", "it is out of range")
    return grams


def clean_description(text: str) -> str:
    """Lines of text; markup is shown as it was typed."""
    printable = "".join(character for character in text if character.isprintable() or character == "\n").strip()
    if len(printable) > DESCRIPTION_LIMIT:
        raise InvalidInput("description", "it is too long")
    return printable


def clean_tags(tags: list[str]) -> list[str]:
    """Without doubles, in their order."""
    if len(tags) > TAGS_LIMIT:
        raise InvalidInput("tags", "it is too long")
    return list(dict.fromkeys(clean_line(tag, LABEL_LIMIT, "tags") for tag in tags if tag.strip()))


def clean_options(options: list[str]) -> list[str]:
    if len(options) > OPTIONS_LIMIT:
        raise InvalidInput("options", "it is too long")
    names = [clean_line(option, LABEL_LIMIT, "options") for option in options]
    if len({name.lower() for name in names}) != len(names):
        raise InvalidInput("options", "it has the wrong form")
    return names


def clean_option_values(options: list[str], variants: list[list[str]]) -> list[list[str]]:
    """Raises VariantsWrong unless each variant has one value per option and no two are the same."""
    cleaned = [[clean_line(value, LABEL_LIMIT, "option_values") for value in values] for values in variants]
    keys = {option_key(values) for values in cleaned}
    if not cleaned or len(keys) != len(cleaned) or any(len(values) != len(options) for values in cleaned):
        raise VariantsWrong(options=", ".join(options))
    return cleaned
