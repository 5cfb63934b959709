"""The helpers, through the HTTP door of a small application."""

import errno
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from litestar import Litestar, Response, get, post
from litestar.openapi.config import OpenAPIConfig
from litestar.params import FromPath, JSONBody
from litestar.testing import TestClient

from shopcast.backends.disk.blobs import DiskBlobs
from shopcast.backends.inprocess.limits import InProcessLimits
from shopcast.kernel.actions import Actions, ActionSpec, Command, ReadConnection, Tx
from shopcast.kernel.clock import Clock
from shopcast.kernel.config import Settings
from shopcast.kernel.errors import Language, NotFound
from shopcast.kernel.ids import digest
from shopcast.kernel.ports import BlobStore, RateLimits
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.web_support.app import litestar_app
from shopcast.web_support.context import WebContext
from shopcast.web_support.deps import Injected, require_rate
from shopcast.web_support.pagination import Page, PageRequest, encode_cursor
from shopcast.web_support.sessions import ended_session_cookie, session_cookie
from tests.factories import TestBackend, make_backend

SECRET = bytes(32)


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    language: str


class Greeting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    text: str


class Greet(Command, frozen=True, kw_only=True):
    text: str


def greet(tx: Tx, command: Greet, by: Principal, now: datetime) -> str:
    if command.text == "nobody":
        raise NotFound("show")
    if command.text == "broken":
        raise RuntimeError("a bug")
    return f"{by.key}: {command.text}"


class Sessions:
    def __init__(self) -> None:
        self.open = {digest("anna-token"): Principal(person_id="usr_anna", session_id="ses_1", language="zh")}

    def resolve(self, connection: ReadConnection, session_token_digest: str, now: datetime, /) -> Principal | None:
        connection.exec_driver_sql("SELECT 1")
        return self.open.get(session_token_digest)


@get("/me")
async def me(principal: Injected[Principal], language: Injected[Language]) -> Seen:
    return Seen(key=principal.key, language=language)


@get("/public")
async def public() -> Seen:
    return Seen(key="nobody", language="en")


@get("/stored/{what:str}")
async def stored(what: FromPath[str]) -> Seen:
    raise {"away": OSError("the bucket did not answer"), "full": OSError(errno.ENOSPC, "No space left on device")}.get(
        what, TimeoutError()
    )


@get("/embed", opt={"embed": True})
async def embed() -> Seen:
    return Seen(key="nobody", language="en")


@post("/greetings", operation_id="greet")
async def greetings(data: JSONBody[Greeting], actions: Injected[Actions], principal: Injected[Principal]) -> Seen:
    return Seen(key=await actions.run(Greet(text=data.text), principal), language="en")


class Preference(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    language: Language


@post("/preference")
async def preference(data: JSONBody[Preference], language: Injected[Language]) -> Seen:
    return Seen(key=data.language, language=language)


@post("/holds")
async def holds(idempotency_key: Injected[str], optional_idempotency_key: Injected[str | None]) -> Seen:
    return Seen(key=idempotency_key, language=str(optional_idempotency_key))


@post("/webhook", opt={"csrf_exempt": True})
async def webhook() -> Seen:
    return Seen(key="hook", language="en")


@get("/numbers", operation_id="list_numbers")
async def numbers(page: Injected[PageRequest]) -> Page[int]:
    after = page.after(tuple[int, str]) or (0, "")
    items = [after[0] + offset for offset in range(1, page.limit + 1)]
    return Page(items=items, next_cursor=encode_cursor((items[-1], "x")))


@get("/limited")
async def limited(
    limits: Injected[RateLimits],
    clock: Injected[Clock],
    settings: Injected[Settings],
    blobs: Injected[BlobStore],
    reads: Injected[Reads],
) -> Seen:
    require_rate(limits, "one", 2, 60)
    return Seen(key="fine", language=settings.currency)


@post("/sign-in")
async def sign_in(settings: Injected[Settings], principal: Injected[Principal]) -> Response[Seen]:
    return Response(Seen(key="in", language="en"), cookies=[session_cookie("anna-token", settings, 3600)])


@post("/sign-out")
async def sign_out(settings: Injected[Settings]) -> Response[Seen]:
    return Response(Seen(key="out", language="en"), cookies=[ended_session_cookie(settings)])


ROUTES = [me, public, stored, embed, greetings, preference, holds, webhook, numbers, limited, sign_in, sign_out]


@pytest.fixture
def actions() -> list[ActionSpec]:
    return [ActionSpec("test.greet", Greet, greet, str)]


@pytest.fixture
def sessions() -> Sessions:
    return Sessions()


def app_on(backend: TestBackend, sessions: Sessions, settings: Settings) -> Litestar:
    context = WebContext(
        actions=backend.actions,
        reads=backend.reads,
        clock=backend.clock,
        settings=settings,
        blobs=DiskBlobs(settings.data_dir / "blobs"),
        limits=InProcessLimits(backend.clock),
        sessions=sessions,
        secret=SECRET,
    )
    return litestar_app(ROUTES, context, openapi_config=OpenAPIConfig(title="Test", version="1"))


@pytest.fixture
def client(backend: TestBackend, sessions: Sessions) -> Iterator[TestClient[Litestar]]:
    with TestClient(app_on(backend, sessions, backend.settings), base_url="http://shop.test") as opened:
        yield opened


@pytest.fixture
def csrf(client: TestClient[Litestar]) -> dict[str, str]:
    client.get("/me")
    return {"X-CSRF-Token": client.cookies["shopcast_csrf"]}


def test_a_wrong_field_named_like_a_dependency_is_the_callers_mistake(
    client: TestClient[Litestar], csrf: dict[str, str]
) -> None:
    assert client.post("/preference", json={"language": "zh"}, headers=csrf).json()["key"] == "zh"
    refused = client.post("/preference", json={"language": "fr"}, headers=csrf)
    assert refused.status_code == 422
    assert refused.json()["code"] == "invalid_input"
    assert refused.json()["params"]["field"] == "language"


def test_a_first_visitor_becomes_a_guest_and_stays_one(client: TestClient[Litestar]) -> None:
    first = client.get("/me")
    second = client.get("/me")
    assert first.json()["key"].startswith("gst_")
    assert second.json() == first.json()
    assert len(first.headers.get_list("set-cookie")) == 2
    assert second.headers.get_list("set-cookie") == []
    guest_cookie, csrf_cookie = first.headers.get_list("set-cookie")
    assert guest_cookie.startswith("shopcast_guest=gst_")
    assert "HttpOnly" in guest_cookie
    assert "SameSite=lax" in guest_cookie
    assert "HttpOnly" not in csrf_cookie
    assert first.headers["cache-control"] == "no-store"


def test_a_made_up_guest_cookie_is_not_believed(client: TestClient[Litestar]) -> None:
    victim = client.get("/me").json()["key"]
    client.cookies.clear()
    client.cookies.set("shopcast_guest", f"{victim}.AAAAAAAAAAAAAAAAAAAAAA")
    assert client.get("/me").json()["key"] != victim


def test_a_csrf_signature_is_no_guest_signature(client: TestClient[Litestar], csrf: dict[str, str]) -> None:
    token = csrf["X-CSRF-Token"]
    client.cookies.clear()
    client.cookies.set("shopcast_guest", token)
    assert client.get("/me").json()["key"].startswith("gst_")


def test_pages_that_ask_nobody_set_no_cookie(client: TestClient[Litestar]) -> None:
    answer = client.get("/public")
    assert "set-cookie" not in answer.headers
    assert "cache-control" not in answer.headers


def test_a_session_ends_at_once_when_revoked(client: TestClient[Litestar], sessions: Sessions) -> None:
    client.cookies.set("shopcast_session", "anna-token")
    assert client.get("/me").json() == {"key": "usr_anna", "language": "en"}
    sessions.open.clear()
    assert client.get("/me").json()["key"].startswith("gst_")


def test_signing_in_and_out(client: TestClient[Litestar], csrf: dict[str, str]) -> None:
    signed_in = client.post("/sign-in", headers=csrf)
    assert "HttpOnly" in signed_in.headers["set-cookie"]
    assert client.get("/me").json()["key"] == "usr_anna"
    client.post("/sign-out", headers=csrf)
    assert client.get("/me").json()["key"].startswith("gst_")


def test_unsafe_requests_need_the_token_of_the_cookie(client: TestClient[Litestar], csrf: dict[str, str]) -> None:
    body = {"text": "hello"}
    assert client.post("/greetings", json=body).status_code == 403
    assert client.post("/greetings", json=body, headers={"X-CSRF-Token": "made.up"}).status_code == 403
    assert client.post("/greetings", json=body, headers=csrf).status_code == 201


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://shop.test"}, 201),
        ({"Origin": "http://127.0.0.1:8080"}, 201),
        ({"Origin": "http://evil.test"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 201),
    ],
)
def test_the_origin_must_be_ours(
    client: TestClient[Litestar], csrf: dict[str, str], headers: dict[str, str], status: int
) -> None:
    answer = client.post("/greetings", json={"text": "hello"}, headers={**csrf, **headers})
    assert answer.status_code == status


def test_bearer_tokens_and_signed_webhooks_need_no_csrf(client: TestClient[Litestar]) -> None:
    bearer = {"Authorization": "Bearer anna-token"}
    answer = client.post("/greetings", json={"text": "hi"}, headers=bearer)
    assert answer.json()["key"] == "usr_anna: hi"
    assert "set-cookie" not in answer.headers
    assert client.post("/webhook").status_code == 201


def test_a_bearer_token_wins_over_cookies(client: TestClient[Litestar]) -> None:
    # Otherwise "Authorization: Bearer x" would be a way around the CSRF check for a cookie session.
    client.cookies.set("shopcast_session", "anna-token")
    answer = client.post("/greetings", json={"text": "hi"}, headers={"Authorization": "Bearer wrong"})
    assert answer.json()["key"].startswith("gst_")


def test_refusals_are_problems_in_the_language_asked_for(client: TestClient[Litestar], csrf: dict[str, str]) -> None:
    english = client.post("/greetings", json={"text": "nobody"}, headers=csrf)
    chinese = client.post("/greetings", json={"text": "nobody"}, headers={**csrf, "Accept-Language": "zh-CN,en;q=0.5"})
    assert english.status_code == chinese.status_code == 404
    assert english.json() == {
        "code": "not_found",
        "message": NotFound("show").message("en"),
        "params": {"what": "show"},
        "request_id": english.headers["x-request-id"],
    }
    assert chinese.json()["message"] == NotFound("show").message("zh")


def test_the_language_cookie_wins(client: TestClient[Litestar]) -> None:
    client.cookies.set("language", "zh")
    assert client.get("/me", headers={"Accept-Language": "en"}).json()["language"] == "zh"


@pytest.mark.parametrize(("body", "field"), [({}, "text"), ({"text": 1}, "text"), ({"text": "a", "more": 1}, "more")])
def test_a_bad_payload_is_422_and_names_the_field(
    client: TestClient[Litestar], csrf: dict[str, str], body: dict[str, Any], field: str
) -> None:
    answer = client.post("/greetings", json=body, headers=csrf)
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_input"
    assert answer.json()["params"]["field"] == field


def test_broken_json_and_unknown_pages(client: TestClient[Litestar], csrf: dict[str, str]) -> None:
    broken = client.post("/greetings", content=b"{", headers={**csrf, "Content-Type": "application/json"})
    assert (broken.status_code, broken.json()["code"]) == (400, "bad_request")
    missing = client.get("/nowhere")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    assert missing.headers["x-content-type-options"] == "nosniff"
    wrong = client.put("/greetings", headers=csrf)
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    large = client.post("/greetings", content=b" " * 1_100_000, headers={**csrf, "Content-Type": "application/json"})
    assert large.status_code == 413


def test_a_bug_tells_nothing_but_its_number(client: TestClient[Litestar], csrf: dict[str, str]) -> None:
    answer = client.post("/greetings", json={"text": "broken"}, headers=csrf)
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal_error"
    assert answer.headers["x-request-id"] in answer.json()["message"]
    assert "bug" not in answer.text


@pytest.mark.parametrize(
    ("what", "status", "code"),
    [("away", 503, "storage_away"), ("full", 503, "storage_full"), ("slow", 500, "internal_error")],
)
def test_a_store_that_is_away_is_not_a_bug(client: TestClient[Litestar], what: str, status: int, code: str) -> None:
    answer = client.get(f"/stored/{what}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "bucket" not in answer.text


def test_idempotency_key_is_required(client: TestClient[Litestar], csrf: dict[str, str]) -> None:
    missing = client.post("/holds", headers=csrf)
    assert (missing.status_code, missing.json()["code"]) == (400, "idempotency_key_missing")
    assert client.post("/holds", headers={**csrf, "Idempotency-Key": "short"}).status_code == 400
    given = client.post("/holds", headers={**csrf, "Idempotency-Key": "a-long-enough-key"})
    assert given.json() == {"key": "a-long-enough-key", "language": "a-long-enough-key"}


def test_pages_of_a_list(client: TestClient[Litestar]) -> None:
    first = client.get("/numbers", params={"limit": 2}).json()
    assert first["items"] == [1, 2]
    second = client.get("/numbers", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert second["items"] == [3, 4]
    assert client.get("/numbers", params={"cursor": "made up"}).json()["params"]["field"] == "cursor"
    assert client.get("/numbers", params={"limit": 101}).status_code == 422
    assert client.get("/numbers", params={"limit": 0}).status_code == 422


def test_rate_limits_say_when_to_come_back(client: TestClient[Litestar], backend: TestBackend) -> None:
    assert [client.get("/limited").status_code for _ in range(3)] == [200, 200, 429]
    answer = client.get("/limited")
    assert answer.headers["retry-after"] == "30"
    backend.advance(seconds=30)
    assert client.get("/limited").status_code == 200


def test_security_headers(client: TestClient[Litestar]) -> None:
    headers = client.get("/public").headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "connect-src 'self' ws://127.0.0.1:8080 http://127.0.0.1:8081" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert "strict-transport-security" not in headers
    embedded = client.get("/embed").headers
    assert "frame-ancestors *" in embedded["content-security-policy"]
    assert "x-frame-options" not in embedded


def test_https_makes_cookies_secure_and_adds_hsts(backend: TestBackend, sessions: Sessions, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "var", given_public_url="https://shop.example")
    with TestClient(app_on(backend, sessions, settings), base_url="https://shop.example") as client:
        answer = client.get("/me")
    assert answer.headers["strict-transport-security"] == "max-age=15552000; includeSubDomains"
    assert all("Secure" in cookie for cookie in answer.headers.get_list("set-cookie"))


def test_openapi_names_what_it_can(client: TestClient[Litestar]) -> None:
    described = client.get("/schema/openapi.json").json()
    assert described["paths"]["/greetings"]["post"]["operationId"] == "greet"
    parameters = described["paths"]["/numbers"]["get"]["parameters"]
    assert {parameter["name"] for parameter in parameters} == {"cursor", "limit"}


def test_the_test_backend_of_this_folder_is_the_shared_one(tmp_path: Path) -> None:
    backend = make_backend(tmp_path / "other")
    assert backend.rows("SELECT count(*) FROM kernel_events") == [(0,)]
    backend.close()
