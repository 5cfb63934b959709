"""Pages as a browser without scripts gets them: language, title, safe data, headers, and problems people can read."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest

from shopcast.web.static_files import StaticFile, read_static
from shopcast.web.words import WORDS
from tests.factories.tenancy import Visitor
from tests.tenancy.world import HIDDEN_CLAIM, World

PAGE = {"Accept": "text/html"}
BREAKER = "</script><script>alert(1)</script><!-- & \u2028 'q\" "
PLAIN = (
    "/",
    "/search",
    "/login",
    "/register",
    "/reset",
    "/reset/abc",
    "/account",
    "/orders",
    "/orders/abc",
    "/console",
)


class Page(HTMLParser):
    """What a page's markup says."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.language, self.title, self.data = "", "", ""
        self.scripts: list[dict[str, str | None]] = []
        self.inline: list[str] = []
        self.handlers: list[str] = []
        self.robots: list[str | None] = []
        self.links: list[str | None] = []
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.handlers += [name for name in given if name.startswith("on") or name == "style"]
        self._inside = tag
        if tag == "html":
            self.language = given.get("lang") or ""
        if tag == "script":
            self.scripts.append(given)
        if tag == "meta" and given.get("name") == "robots":
            self.robots.append(given.get("content"))
        if tag in ("a", "link"):
            self.links.append(given.get("href"))

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "title":
            self.title += data
        if self._inside == "script":
            if self.scripts[-1].get("type") == "application/json":
                self.data += data
            elif data.strip():
                self.inline.append(data)


def opened(visitor: Visitor, path: str, status: int = 200, **headers: str) -> tuple[httpx.Response, Page]:
    answer = visitor.get(path, headers={**PAGE, **headers})
    assert answer.status_code == status, (path, answer.text)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = Page(answer.text)
    assert page.inline == []
    assert page.handlers == []
    return answer, page


def guarded(answer: httpx.Response) -> None:
    """What every page and answer tells the browser it may not do."""
    headers = answer.headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] in ("strict-origin-when-cross-origin", "no-referrer", "same-origin")
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert re.fullmatch(r"req_[0-9A-Z]{26}", headers["x-request-id"])


def pages(world: World) -> tuple[str, ...]:
    show = f"/shows/{world.ids['show']}"
    return (*PLAIN, show, f"{show}/list")


def test_every_page_speaks_both_languages(world: World) -> None:
    for path in pages(world):
        titles = set()
        for language, tag in (("en", "en"), ("zh", "zh-Hans")):
            answer, page = opened(world.shop.visitor(language), path)
            assert page.language == tag, path
            assert page.title.strip(), path
            titles.add(page.title)
            guarded(answer)
            assert answer.headers["cache-control"] == "no-store"
        assert len(titles) == 2 or path == f"/shows/{world.ids['show']}", path


def test_the_language_cookie_comes_before_the_browser(world: World) -> None:
    visitor = world.shop.visitor("en")
    visitor.cookies.set("language", "zh", domain="shop.test")
    assert opened(visitor, "/login")[1].language == "zh-Hans"
    visitor.cookies.set("language", "../etc", domain="shop.test")
    assert opened(visitor, "/login")[1].language in ("en", "zh-Hans")


def test_both_languages_have_the_same_words() -> None:
    assert set(WORDS["en"]) == set(WORDS["zh"])
    for name, words in WORDS["en"].items():
        assert words.strip()
        assert WORDS["zh"][name].strip()
        assert re.findall(r"\{\w+\}", words) == re.findall(r"\{\w+\}", WORDS["zh"][name])


def rename(world: World, title: str) -> None:
    path = f"/v1/shows/{world.ids['show']}"
    answer = world.people["owner"].patch(path, {"title": title[:80], "description": title})
    assert answer.status_code == 200, answer.text


def test_titles_can_not_leave_the_element_they_stand_in(world: World) -> None:
    rename(world, BREAKER)
    product = world.people["owner"].patch(f"/v1/products/{world.ids['product']}", {"title": BREAKER[:70]})
    assert product.status_code == 200
    for path in (f"/shows/{world.ids['show']}", f"/shows/{world.ids['show']}/list", "/"):
        answer, page = opened(world.shop.visitor(), path)
        data: dict[str, Any] = json.loads(page.data)
        assert "alert(1)" in json.dumps(data)
        assert "alert(1)</script>" not in answer.text
        assert all(script.get("src") or script.get("type") == "application/json" for script in page.scripts)
        assert "<!--" not in answer.text
        assert "\u2028" not in answer.text.split('id="shopcast-data"')[1].split("</script>")[0]


def test_a_page_holds_what_its_first_paint_needs(world: World) -> None:
    guest, show = world.shop.visitor(), f"/v1/shows/{world.ids['show']}"
    embedded = json.loads(opened(guest, f"/shows/{world.ids['show']}")[1].data)
    assert embedded == guest.get(show).json()
    assert json.loads(opened(guest, "/")[1].data) == guest.get("/v1/home").json()


def test_the_express_lane_reads_without_scripts(world: World) -> None:
    for language, sold_out, money in (("en", "Sold out", "€10.00"), ("zh", "已售罄", "€10.00")):
        answer, page = opened(world.shop.visitor(language), f"/shows/{world.ids['show']}/list")
        body = answer.text.split("<body")[1]
        assert "Scarf" in body
        assert money in body
        assert "Lamp" in body
        assert sold_out not in body
        assert f"/shows/{world.ids['show']}?item=1" in page.links
        assert "Bowl" not in answer.text
        assert HIDDEN_CLAIM not in answer.text


def test_only_public_shows_are_for_search_engines(world: World) -> None:
    path = f"/v1/shows/{world.ids['show']}"
    for visibility, robots in (("public", []), ("unlisted", ["noindex"])):
        world.people["owner"].patch(path, {"visibility": visibility})
        for page in (f"/shows/{world.ids['show']}", f"/shows/{world.ids['show']}/list"):
            assert opened(world.shop.visitor(), page)[1].robots == robots
    world.people["owner"].patch(path, {"visibility": "private"})
    for page in (f"/shows/{world.ids['show']}", f"/shows/{world.ids['show']}/list"):
        assert opened(world.shop.visitor(), page, 404)[1].robots == ["noindex"]
    robots_file = world.shop.visitor().get("/robots.txt").text
    assert {"Disallow: /v1/", "Disallow: /console", "Disallow: /orders"} < set(robots_file.splitlines())


def test_what_is_not_there_is_a_page_for_people_and_json_for_programs(world: World) -> None:
    words = {"en": "Not here", "zh": "找不到页面"}
    for language, heading in words.items():
        visitor = world.shop.visitor(language)
        for path in ("/no-such-page", "/shows/shw_none", f"/shows/{world.ids['private']}", "/v1/nothing"):
            answer, page = opened(visitor, path, 404)
            assert heading in page.title
            assert page.robots == ["noindex"]
            guarded(answer)
            told = visitor.get(path, headers={"Accept": "application/json"})
            assert told.status_code == 404
            problem = told.json()
            assert set(problem) == {"code", "message", "params", "request_id"}
            assert (problem["code"], problem["request_id"]) == ("not_found", told.headers["x-request-id"])
            guarded(told)


def test_addresses_are_quoted_not_written_into_pages(world: World) -> None:
    answer, _ = opened(world.shop.visitor(), "/%3Cscript%3Ealert(1)%3C%2Fscript%3E", 404)
    assert "alert(1)" not in answer.text


def test_nothing_follows_the_host_a_browser_claims(world: World) -> None:
    """Addresses in pages are the operator's: a forged host can't put its own into a link or a cache."""
    for path in pages(world):
        answer = world.shop.visitor().get(
            path, headers={**PAGE, "Host": "evil.example", "X-Forwarded-Host": "evil.example"}
        )
        assert "evil.example" not in answer.text
        assert "evil.example" not in str(answer.headers)


def test_health_is_for_machines_and_the_rest_for_operators(world: World) -> None:
    guest, root = world.shop.visitor(), world.people["platform operator"]
    assert guest.get("/health/live").json() == {"status": "alive"}
    assert guest.get("/health/ready").json() == {"status": "ready", "parts": {}}
    found = root.get("/v1/health").json()
    assert [check["name"] for check in found["checks"]] == [
        "events",
        "parked",
        "dead_letters",
        "jobs_late",
        "jobs_dead",
        "disk",
    ]
    assert next(check for check in found["checks"] if check["name"] == "dead_letters") == {
        "name": "dead_letters",
        "state": "fail",
        "detail": "1",
    }
    assert found["status"] == "fail"
    [letter] = root.get("/v1/operator/dead-letters").json()["items"]
    assert root.post(f"/v1/operator/dead-letters/{letter['id']}/discard").status_code == 204
    assert root.get("/v1/operator/dead-letters").json() == {"items": [], "next_cursor": None}
    assert root.post(f"/v1/operator/dead-letters/{letter['id']}/replay").status_code == 409
    assert root.post("/v1/operator/dead-letters/dlt_none/replay").status_code == 404
    audited = world.shop.backend.rows("SELECT action FROM kernel_audit WHERE subject_id = ?", letter["id"])
    assert audited == [("kernel.dead_letter_discarded",)]


def test_dead_letters_come_in_pages(world: World) -> None:
    raw = world.shop.backend.raw
    for number in range(2, 8):
        raw.execute(
            "INSERT INTO kernel_dead_letters (id, subscription, key, position, event_type, attempts, error, dead_at)"
            " VALUES (?, 's', 'k', ?, 'e', 8, 'x', 0)",
            (f"dlt_{number}", number),
        )
    root, seen, path = world.people["platform operator"], [], "/v1/operator/dead-letters?limit=3"
    while path:
        page = root.get(path).json()
        seen += [letter["id"] for letter in page["items"]]
        path = f"/v1/operator/dead-letters?limit=3&cursor={page['next_cursor']}" if page["next_cursor"] else ""
    assert seen == [f"dlt_{number}" for number in range(7, 0, -1)]


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "app-1a2b.js").write_text("plain")
    (tmp_path / "assets" / "app-1a2b.js.br").write_text("brotli")
    (tmp_path / "assets" / "app-1a2b.js.gz").write_text("gzip")
    (tmp_path / "icon.svg").write_text("<svg/>")
    return tmp_path


@pytest.mark.parametrize(
    ("accepted", "content", "encoding"),
    [
        ("", b"plain", None),
        ("gzip", b"gzip", "gzip"),
        ("gzip, deflate, br", b"brotli", "br"),
        ("GZIP;q=0.5", b"gzip", "gzip"),
        ("br;q=0, gzip", b"gzip", "gzip"),
        ("br;q=0.0, gzip; q=0.000", b"plain", None),
        ("identity", b"plain", None),
        ("x" * 10_000, b"plain", None),
    ],
)
def test_files_are_sent_as_the_browser_likes(built: Path, accepted: str, content: bytes, encoding: str | None) -> None:
    assert StaticFile(built / "assets" / "app-1a2b.js").best_for(accepted) == (content, encoding)


def test_only_built_files_are_served(built: Path) -> None:
    files = read_static(built)
    assert sorted(files) == ["assets/app-1a2b.js", "icon.svg"]
    assert files["assets/app-1a2b.js"].media_type == "text/javascript"
    assert read_static(built / "nothing") == {}


@pytest.mark.parametrize(
    "path",
    [
        "/static/../pages.py",
        "/static/..%2f..%2fcli/main.py",
        "/static/%2e%2e/pages.py",
        "/static//etc/passwd",
        "/static/....//pages.py",
        "/covers/..%2f..%2fsecret",
        "/covers/cov_..",
        "/images/..%2f..%2fsecret",
        "/v1/exports/..%2fsecret/file",
    ],
)
def test_no_path_leads_out_of_its_folder(world: World, path: str) -> None:
    answer = world.shop.visitor().get(path)
    assert answer.status_code == 404
    assert "root:" not in answer.text
    assert "import " not in answer.text
