"""What every page owes everybody: both languages whole, no serious barrier, a silent browser."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from tests.support.browser import DESKTOP, PHONE, Visitors
from tests.support.page_words import faults_of, has_chinese
from tests.support.people import Json, Person
from tests.support.playlists import read_playlist
from tests.support.serve import Serve
from tests.support.stage import Market, Stage
from tests.support.waiting import eventually

PAGES = ("/", "/search?q=beanbag", "/login", "/register", "/reset", "/orders", "/account")
CONSOLE = (
    "/console/shows",
    "/console/shows/new",
    "/console/shows/{show}",
    "/console/shows/{show}/shelf",
    "/console/shows/{show}/run",
    "/console/shows/{show}/stream",
    "/console/shows/{show}/live",
    "/console/catalogue",
    "/console/catalogue/import",
    "/console/orders",
    "/console/money",
    "/console/team",
    "/console/settings",
)


@pytest.fixture(scope="module")
def on_air(market: Market) -> Iterator[Stage]:
    stage = market.stage(title="For everybody")
    with stage.live():
        stage.pin(7)
        yield stage
        stage.do("end")


@pytest.fixture(scope="module")
def over(market: Market) -> Stage:
    stage = market.stage(title="Evening that has passed")
    with stage.live():
        stage.pin(1)
        # A replay begins at the first whole segment after going live; one of a moment has nothing to show.
        eventually(lambda: _has_whole_segment(stage.page()), what="a whole segment")
        stage.do("end")
    return stage


def _has_whole_segment(page: Json) -> bool:
    """Begun after the show did, and over."""
    live, started_at = read_playlist(page["playback"]["live_url"]), datetime.fromisoformat(page["started_at"])
    return any(begun >= started_at for begun, _ in zip(live.dates, live.durations_s, strict=False))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_page_of_a_visitor_shows_a_key_or_a_barrier(
    visitors: Visitors, on_air: Stage, over: Stage, language: str
) -> None:
    visitor = visitors.visitor(PHONE, language=language)  # type: ignore[arg-type]
    show = f"/shows/{on_air.id}"
    found = {}
    for path in (*PAGES, show, f"{show}/list", f"/shows/{over.id}"):
        visitor.open(path)
        visitor.settle()
        found[path] = faults_of(visitor.words(), language) + visitor.violations()
    assert {path: faults for path, faults in found.items() if faults} == {}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_screen_of_the_console_shows_a_key_or_a_barrier(
    visitors: Visitors, on_air: Stage, market: Market, language: str
) -> None:
    visitor = visitors.visitor(DESKTOP)
    visitor.sign_in(market.seller.email, "/console")
    visitor.context.add_cookies([{"name": "language", "value": language, "url": visitor.url}])
    market.seller.patch("/v1/me", {"language": language})
    found = {}
    for path in CONSOLE:
        visitor.open(path.format(show=on_air.id))
        visitor.settle()
        found[path] = faults_of(visitor.words(), language) + visitor.violations()
    market.seller.patch("/v1/me", {"language": "en"})
    assert {path: faults for path, faults in found.items() if faults} == {}


def test_the_servers_own_words_come_in_both_languages(serve: Serve) -> None:
    said = {}
    for language in ("en", "zh"):
        answer = Person(serve, language=language).http.get("/v1/shows/shw_01M82SW7Z8EMHSY019671DY2KV")
        assert answer.status_code == 404
        said[language] = answer.json()["message"]
    assert not has_chinese(said["en"])
    assert has_chinese(said["zh"])
