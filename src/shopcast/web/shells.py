"""Renders the HTML shells: what a page is before its elements wake up. Knows templates and built entries, no domain."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
from babel.numbers import format_currency
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response
from markupsafe import Markup

from shopcast.kernel.errors import Language
from shopcast.kernel.money import minor_digits
from shopcast.web.static_files import STATIC
from shopcast.web.words import WORDS
from shopcast.web_support.errors import Problem

TEMPLATES = Path(__file__).parent / "templates"
_HTML_LANGUAGE: Mapping[Language, str] = {"en": "en", "zh": "zh-Hans"}
_LOCALES: Mapping[Language, str] = {"en": "en_IE", "zh": "zh_Hans_CN"}


class Entry(msgspec.Struct, frozen=True):
    js: str
    css: list[str]
    preload: list[str] = []


class Shells:
    def __init__(self, static: Path = STATIC) -> None:
        self._static = static
        self._built_ns = 0
        self._entries: dict[str, Entry] = {}
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

        self._environment.globals["money"] = _displayed

    def page(
        self,
        template: str,
        entry: str,
        language: Language,
        *,
        page: str,
        data: Any = None,
        status: int = 200,
        **values: Any,
    ) -> Response[str]:
        """`data` goes into script#shopcast-data, from where the page's elements take it without another request."""
        body = self._environment.get_template(template).render(
            language=language,
            html_language=_HTML_LANGUAGE[language],
            words=WORDS[language],
            entry=self._current_entries().get(entry),
            page=page,
            data=_embedded(data),
            **values,
        )
        return Response(body, status_code=status, media_type="text/html")

    def _current_entries(self) -> dict[str, Entry]:
        """Of the newest build that is whole: pages follow a build without a restart."""
        try:
            built_ns = (self._static / "entries.json").stat().st_mtime_ns
            if built_ns != self._built_ns:
                self._entries, self._built_ns = _read_entries(self._static), built_ns
        except (FileNotFoundError, msgspec.DecodeError):
            # None was made yet, or the next one is being written.
            pass
        return self._entries

    def problem(self, problem: Problem, heading: str, language: Language, status: int) -> Response[str]:
        words = WORDS[language]
        return self.page(
            "problem.html", "home", language, page="problem", status=status, problem=problem, heading=words[heading]
        )


def _displayed(amount_minor: int, currency: str, language: Language) -> str:
    """For pages without scripts; everywhere else the browser formats money."""
    amount = Decimal(amount_minor).scaleb(-minor_digits(currency))
    text: str = format_currency(amount, currency, locale=_LOCALES[language])
    return text


def _read_entries(static: Path) -> dict[str, Entry]:
    path = static / "entries.json"
    if not path.exists():
        return {}
    return msgspec.json.decode(path.read_bytes(), type=dict[str, Entry])


def _embedded(data: Any) -> Markup | None:
    """JSON that can't end the script element it stands in."""
    if data is None:
        return None
    text = msgspec.json.encode(data).decode()
    for dangerous, escaped in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"), ("\u2028", "\\u2028")):
        text = text.replace(dangerous, escaped)
    return Markup(text)
