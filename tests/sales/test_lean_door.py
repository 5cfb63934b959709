"""Tap one is answered by a door in front of the application: whatever is asked, both answer alike."""

import asyncio
import re
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from litestar import Litestar
from litestar.types import ASGIApp, HTTPReceiveMessage, Message
from litestar.types.asgi_types import HTTPDisconnectEvent, HTTPRequestEvent

from shopcast.kernel.ids import new_id, new_token
from shopcast.sales.http import checkout_door, hold_door
from shopcast.web_support.signing import sign
from tests.sales.dropping import running
from tests.sales.support import ADDRESS, SaleShop, Template

HEADERS = {
    "host": "testserver.local",
    "content-type": "application/json",
    "accept-language": "de-DE,de;q=0.9",
}


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: Any


@dataclass
class Doors:
    """The application alone, and the application with the door in front of it."""

    sale: SaleShop
    app: Litestar
    door: ASGIApp
    passed_on: list[str]

    def ask(
        self, app: ASGIApp, headers: dict[str, str], body: bytes, method: str = "POST", path: str = "/v1/holds"
    ) -> Answer:
        """From one address per question, so that nobody is too fast."""
        return asyncio.run(_ask(app, method, path, headers, body))

    def both(self, headers: dict[str, str], body: bytes, **extra: str) -> tuple[Answer, Answer]:
        """Each on the shop as it was before."""
        return self.ask(self.app, headers, body, **extra), self.ask(self.door, headers, body, **extra)


async def _ask(app: ASGIApp, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
    parts = [
        HTTPRequestEvent(type="http.request", body=body[:7], more_body=True),
        HTTPRequestEvent(type="http.request", body=body[7:], more_body=False),
    ]
    sent: list[Message] = []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": (f"10.1.{len(body) % 250}.{next(_ADDRESSES) % 250}", 1),
        "server": ("testserver.local", 80),
        "state": {},
    }

    async def receive() -> HTTPReceiveMessage:
        return parts.pop(0) if parts else HTTPDisconnectEvent(type="http.disconnect")

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)  # type: ignore[arg-type]
    start = sent[0]
    assert start["type"] == "http.response.start"
    found = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    content = b"".join(message["body"] for message in sent[1:] if message["type"] == "http.response.body")
    return Answer(start["status"], found, msgspec.json.decode(content) if content else None)


_ADDRESSES = iter(range(10**9))


@pytest.fixture
def doors(sale: SaleShop) -> Doors:
    app = sale.shop.client.app
    passed_on: list[str] = []

    async def behind(scope: Any, receive: Any, send: Any) -> None:
        passed_on.append(scope["path"])
        await app(scope, receive, send)

    # The application must know itself before the first question comes past the test client.
    return Doors(sale, app, hold_door(behind, app.state["shopcast"]), passed_on)


def _headers(sale: SaleShop, **changes: str | None) -> dict[str, str]:
    secret = sale.shop.client.app.state["shopcast"].secret
    csrf = sign(new_token(16), secret, "csrf")
    guest = sign(new_id("gst"), secret, "guest")
    headers: dict[str, str | None] = {
        **HEADERS,
        "cookie": f"shopcast_guest={guest}; shopcast_csrf={csrf}",
        "x-csrf-token": csrf,
        "idempotency-key": new_id("key"),
        **changes,
    }
    return {name: value for name, value in headers.items() if value is not None}


def _body(sale: SaleShop, **changes: Any) -> bytes:
    body = {
        "show_id": sale.show_id,
        "item_id": sale.items[0],
        "variant_id": sale.variants[0],
        "quantity": 1,
        "source": "live",
        **changes,
    }
    return msgspec.json.encode({name: value for name, value in body.items() if value != "left out"})


def _send(doors: Doors, headers: dict[str, str], body: bytes, **extra: str) -> tuple[Answer, Answer]:
    headers = {**headers, "content-length": headers.get("content-length", str(len(body)))}
    return doors.both(headers, body, **extra)


def _alike(one: Answer, other: Answer) -> None:
    assert one.status == other.status, (one, other)
    assert _without_numbers(one.body) == _without_numbers(other.body)
    assert _without_numbers(one.headers) == _without_numbers(other.headers)


def _without_numbers(value: Any) -> Any:
    """Ids and instants are new each time; everything else must be the same."""
    text = msgspec.json.encode(value).decode()
    text = re.sub(r"(hld|req|gst)_[0-9A-Z]{26}", r"\1", text)
    text = re.sub(r"shopcast_(guest|csrf)=[^;]*", r"\1", text)
    text = re.sub(r'"(expires_at|server_ms|placed_at|content-length)":("[^"]*"|\d+)', r'"\1":0', text)
    return msgspec.json.decode(text)


def test_a_hold_is_the_same_hold(doors: Doors) -> None:
    plain, lean = (_send(doors, _headers(doors.sale), _body(doors.sale))[which] for which in (0, 1))
    assert (plain.status, lean.status) == (201, 201)
    _alike(plain, lean)
    assert doors.passed_on == []
    assert lean.body["totals"]["total"]["amount_minor"] > 2500


def test_the_same_key_is_the_same_hold_through_either(doors: Doors) -> None:
    headers = _headers(doors.sale)
    plain, lean = _send(doors, headers, _body(doors.sale))
    assert plain.body["id"] == lean.body["id"]
    other = _send(doors, headers, _body(doors.sale, quantity=2))
    _alike(*other)
    assert (other[1].status, other[1].body["code"]) == (409, "idempotency_key_reused")
    assert doors.sale.stock() == (5, 1, 0)


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"variant_id": "var_nothing"}, 404, "not_found"),
        ({"item_id": "itm_nothing"}, 404, "not_found"),
        ({"item_id": None}, 422, "invalid_input"),
        ({"quantity": 0}, 422, "invalid_input"),
        ({"quantity": 11}, 422, "invalid_input"),
        ({"quantity": -1}, 422, "invalid_input"),
        ({"quantity": 1.5}, 422, "invalid_input"),
        ({"quantity": "two"}, 422, "invalid_input"),
        ({"quantity": 10**40}, 422, "invalid_input"),
        ({"quantity": 6}, 409, "catalog.sold_out"),
        ({"source": "nowhere"}, 422, "invalid_input"),
        ({"variant_id": "left out"}, 422, "invalid_input"),
        ({"price_seen_minor": 1}, 409, "sales.price_changed"),
        ({"opened_at_ms": "yesterday"}, 422, "invalid_input"),
    ],
)
def test_refusals_are_the_same(doors: Doors, changes: dict[str, Any], status: int, code: str) -> None:
    for language in ("de-DE,de;q=0.9", "zh-CN,zh;q=0.9"):
        answers = _send(doors, _headers(doors.sale, **{"accept-language": language}), _body(doors.sale, **changes))
        _alike(*answers)
        assert (answers[1].status, answers[1].body["code"]) == (status, code), answers
    assert doors.sale.stock() == (5, 0, 0)


@pytest.mark.parametrize(
    "changes",
    [
        {"x-csrf-token": None},
        {"x-csrf-token": "made.up"},
        {"idempotency-key": None},
        {"idempotency-key": "short"},
        {"idempotency-key": "with a blank"},
        {"cookie": None},
        {"cookie": "shopcast_guest=gst_made.up"},
        {"cookie": 'shopcast_guest="quoted"; a=b'},
        {"origin": "https://evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"content-type": "text/plain"},
        {"content-type": None},
        {"authorization": "Bearer nothing"},
        {"content-length": "99999999"},
    ],
)
def test_whoever_is_turned_away_is_turned_away_by_the_application(doors: Doors, changes: dict[str, str | None]) -> None:
    answers = _send(doors, _headers(doors.sale, **changes), _body(doors.sale))
    _alike(*answers)
    assert doors.passed_on == ["/v1/holds"]


def test_bodies_that_are_no_json_are_refused_alike(doors: Doors) -> None:
    for body in (b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b"{}" * 50):
        answers = _send(doors, _headers(doors.sale), body)
        _alike(*answers)
        assert answers[1].status in (400, 422)


def test_other_routes_and_methods_go_through(doors: Doors) -> None:
    for method, path in (("GET", "/v1/holds"), ("POST", "/v1/holds/"), ("PUT", "/v1/holds"), ("GET", "/v1/quote")):
        answers = _send(doors, _headers(doors.sale), b"", method=method, path=path)
        _alike(*answers)
    assert len(doors.passed_on) == 4


def test_somebody_signed_in_is_the_same_person(doors: Doors) -> None:
    buyer = doors.sale.shop.registered("ben", "shopper")
    headers = _headers(
        doors.sale,
        cookie="; ".join(f"{name}={value}" for name, value in buyer.cookies.items()),
        **{"x-csrf-token": buyer.cookies["shopcast_csrf"]},
    )
    headers["content-length"] = str(len(_body(doors.sale)))
    held = doors.ask(doors.door, headers, _body(doors.sale))
    assert held.status == 201
    assert doors.passed_on == []
    assert doors.sale.backend.rows("SELECT buyer_key FROM sales_hold") == [(buyer.person_id,)]


def test_the_limit_per_buyer_holds_at_the_door(doors: Doors) -> None:
    headers = _headers(doors.sale)
    body = _body(doors.sale, quantity=9)
    headers["content-length"] = str(len(body))
    statuses = []
    for _ in range(31):
        statuses.append(doors.ask(doors.door, {**headers, "idempotency-key": new_id("key")}, body).status)
    assert statuses == [409] * 30 + [429]
    too_fast = doors.ask(doors.door, {**headers, "idempotency-key": new_id("key")}, body)
    assert (too_fast.body["code"], too_fast.headers["retry-after"]) == ("too_many_requests", "2")
    plain = doors.ask(doors.app, {**headers, "idempotency-key": new_id("key")}, body)
    _alike(plain, too_fast)


def test_a_drops_price_comes_through_the_door(doors: Doors) -> None:
    drop_id = running(doors.sale, quantity=2)
    answers = _send(doors, _headers(doors.sale), _body(doors.sale, price_seen_minor=1500))
    assert [answer.body["drop_id"] for answer in answers] == [drop_id, drop_id]
    assert answers[1].body["price"] == {"amount_minor": 1500, "currency": "EUR"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=5,
)
FIELDS = ["show_id", "item_id", "variant_id", "quantity", "source", "media_at_ms", "opened_at_ms", "price_seen_minor"]


@settings(max_examples=60, deadline=None)
@given(changes=st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=4))
def test_whatever_is_sent_both_answer_alike(template: Template, changes: dict[str, Any]) -> None:
    sale = template.put_back()
    app = sale.shop.client.app
    doors = Doors(sale, app, hold_door(app, app.state["shopcast"]), [])
    body = _body(sale, quantity=6, **{name: value for name, value in changes.items() if name != "quantity"})
    if "quantity" in changes:
        body = _body(sale, **changes)
    answers = [doors.ask(one, {**_headers(sale), "content-length": str(len(body))}, body) for one in (app, doors.door)]
    _alike(*answers)


def test_paying_by_the_door_is_paying(sale: SaleShop) -> None:
    """The same answer as the application's, and asked again with one key the same payment."""
    app = sale.shop.client.app
    door = checkout_door(app, app.state["shopcast"])
    buyer = sale.guest()
    held = [sale.held(buyer), sale.held(buyer, 2)]
    cookies = "; ".join(f"{name}={value}" for name, value in buyer.cookies.items())
    headers = _headers(sale, cookie=cookies, **{"x-csrf-token": buyer.cookies["shopcast_csrf"]})

    def ask(through: ASGIApp, hold_id: str, key: str, **changes: Any) -> Answer:
        body = msgspec.json.encode(
            {
                "hold_ids": [hold_id],
                "email": "ben@example.com",
                "address": ADDRESS,
                "payment_method": {"token": "tok_approve"},
                **changes,
            }
        )
        sent = {**headers, "idempotency-key": key, "content-length": str(len(body))}
        answer: Answer = sale.shop.client.blocking_portal.call(_ask, through, "POST", "/v1/checkouts", sent, body)
        return answer

    key = new_id("key")
    by_door, again = ask(door, held[0], key), ask(app, held[0], key)
    assert (by_door.status, by_door.body["state"], by_door.body["total"]["amount_minor"]) == (200, "paid", 2990)
    assert (again.status, again.body) == (200, by_door.body)
    assert sale.count("sales_payment") == sale.count("sales_order") == 1
    other = {"payment_method": {"token": "x" * 300}}
    for hold_id, changes in ((held[0], {}), (new_id("hld"), {}), (held[1], other), (held[1], {"email": "no"})):
        refused = [ask(through, hold_id, new_id("key"), **changes) for through in (door, app)]
        assert refused[0].status == refused[1].status >= 400
        assert _without_numbers(refused[0].body) == _without_numbers(refused[1].body)
    assert ask(door, held[1], new_id("key")).body["state"] == "paid"
