"""What somebody would try: sessions, redirects, markup in mails and files, fields not theirs to set, floods."""

import re
import zlib

import httpx
import pytest

from shopcast.kernel.ids import new_id
from tests.factories.tenancy import PASSWORD, Visitor
from tests.sales.support import ADDRESS
from tests.tenancy.world import World

MARKUP = "<img src=x onerror=alert(1)>\"'&"


def copied(visitor: Visitor) -> Visitor:
    return Visitor(visitor.shop, visitor.language, httpx.Cookies(visitor.cookies), visitor.me)


def held(world: World, buyer: Visitor) -> str:
    body = {"show_id": world.ids["show"], "item_id": world.ids["item"], "variant_id": world.ids["sold_variant"]}
    answer = buyer.post("/v1/holds", {**body, "source": "live"}, headers={"Idempotency-Key": new_id("key")})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def pay(buyer: Visitor, hold_id: str, **changes: object) -> httpx.Response:
    body = {
        "hold_ids": [hold_id],
        "email": "ben@example.com",
        "address": ADDRESS,
        "payment_method": {"token": "tok_approve"},
        **changes,
    }
    return buyer.post("/v1/checkouts", body, headers={"Idempotency-Key": new_id("key")})


def test_signing_in_gives_a_session_nobody_could_have_planted(world: World) -> None:
    planted = world.shop.visitor()
    planted.get("/v1/me")
    planted.cookies.set("shopcast_session", "planted-by-somebody-else", domain="shop.test", path="/")
    answer = planted.post("/v1/login", {"email": "sam@example.com", "password": PASSWORD})
    assert answer.status_code == 200
    [session] = [line for line in answer.headers.get_list("set-cookie") if line.startswith("shopcast_session=")]
    assert "planted" not in session
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= {part.strip() for part in session.split(";")}
    thief = world.shop.visitor()
    thief.cookies.set("shopcast_session", "planted-by-somebody-else", domain="shop.test", path="/")
    assert thief.get("/v1/me/addresses").status_code == 401
    stored = str(world.rows())
    assert session.split(";")[0].split("=")[1] not in stored


def test_a_new_password_ends_every_other_session(world: World) -> None:
    stolen = copied(world.people["shopper"])
    other = world.shop.visitor()
    assert other.post("/v1/login", {"email": "sam@example.com", "password": PASSWORD}).status_code == 200
    change = {"current": PASSWORD, "new": "another fine password"}
    assert other.post("/v1/me/password", change).status_code == 204
    assert stolen.get("/v1/me/addresses").status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/ok\r\nSet-Cookie: a=b",
        "/%0d%0aX: y\n",
        "orders",
        "@evil.example",
        "/\t/evil.example",
        "/" + "x" * 5000,
    ],
)
def test_after_paying_nobody_is_sent_elsewhere(world: World, path: str) -> None:
    buyer = copied(world.people["other guest"])
    answer = pay(buyer, held(world, buyer), return_path=path)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


def test_names_are_text_in_mails_receipts_and_pages(world: World) -> None:
    buyer = copied(world.people["other guest"])
    answer = pay(buyer, held(world, buyer), address={**ADDRESS, "name": MARKUP, "line1": MARKUP})
    assert answer.status_code == 200, answer.text
    world.shop.backend.drain()
    world.shop.run_jobs()
    mails = [mail for mail in world.shop.mail.sent if "ben@example.com" in str(mail.to)]
    assert mails
    for mail in mails:
        assert "<img" not in (mail.html or "")
        assert "\n" not in mail.subject
        assert "\r" not in mail.subject
    order = answer.json()["order_id"]
    receipt = buyer.get(f"/v1/orders/{order}/receipt.pdf")
    assert receipt.headers["content-type"] == "application/pdf"
    assert b"/JavaScript" not in unpacked(receipt.content)
    page = buyer.get(f"/orders/{order}", headers={"Accept": "text/html"}).text
    assert "onerror" not in page


def unpacked(content: bytes) -> bytes:
    streams = re.findall(rb"stream\r?\n(.*?)endstream", content, re.S)
    opened = b""
    for stream in streams:
        try:
            opened += zlib.decompress(stream)
        except zlib.error:
            opened += stream
    return content + opened


def test_mail_headers_take_no_lines(world: World) -> None:
    visitor = world.shop.visitor()
    body = {"email": "x@example.com\r\nBcc: all@example.com", "password": PASSWORD, "display_name": "X"}
    assert visitor.post("/v1/register", body).status_code == 422
    named = {"email": "lines@example.com", "password": PASSWORD, "display_name": "A\r\nBcc: all@example.com"}
    assert visitor.post("/v1/register", named).status_code == 201
    world.shop.run_jobs()
    for mail in world.shop.mail.sent:
        assert "\n" not in mail.subject
        assert "Bcc" not in str(mail.to)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        (
            "POST",
            "/v1/register",
            {"email": "m@example.com", "password": PASSWORD, "display_name": "M", "is_operator": True},
        ),
        ("PATCH", "/v1/me", {"is_operator": True}),
        ("PATCH", "/v1/me", {"email": "victoria@example.com"}),
        ("PATCH", "/v1/organisations/{other_org}", {"kind": "platform"}),
        ("PATCH", "/v1/organisations/{other_org}", {"slug": "victorias"}),
        ("PATCH", "/v1/shows/{other_show}", {"organisation_id": "{org}"}),
        ("PATCH", "/v1/shows/{other_show}", {"room_id": "{room}"}),
        ("PATCH", "/v1/shows/{other_show}", {"state": "live"}),
        ("POST", "/v1/organisations/{other_org}/shows", {"title": "T", "broadcast_id": "bct_1"}),
        ("PUT", "/v1/me/host-profile", {"person_id": "{owner_person}"}),
    ],
)
def test_fields_that_are_not_theirs_to_set_are_refused(
    world: World, method: str, path: str, body: dict[str, object]
) -> None:
    visitor = copied(world.people["other owner"])
    sent = {name: text.format(**world.ids) if isinstance(text, str) else text for name, text in body.items()}
    answer = visitor.request(method, path.format(**world.ids), json=sent)
    assert answer.status_code == 422, answer.text
    assert world.is_as_stored()


def test_a_price_is_the_shops_not_the_buyers(world: World) -> None:
    buyer = copied(world.people["other guest"])
    body = {"show_id": world.ids["show"], "item_id": world.ids["item"], "variant_id": world.ids["sold_variant"]}
    lower = {**body, "source": "live", "price_minor": 1, "price": {"amount_minor": 1, "currency": "EUR"}}
    answer = buyer.post("/v1/holds", lower, headers={"Idempotency-Key": new_id("key")})
    assert answer.status_code in (201, 422)
    if answer.status_code == 201:
        assert answer.json()["price"] == {"amount_minor": 1000, "currency": "EUR"}
    seen = buyer.post(
        "/v1/holds", {**body, "source": "live", "price_seen_minor": 1}, headers={"Idempotency-Key": "k" * 12}
    )
    assert seen.status_code == 409


FLOODS = [
    ("login", "POST", "/v1/login", {"email": "sam@example.com", "password": "wrong one"}, 10),
    ("login from one address", "POST", "/v1/login", {"email": "{n}@example.com", "password": "wrong one"}, 60),
    ("register", "POST", "/v1/register", {"email": "n{n}@example.com", "password": PASSWORD, "display_name": "N"}, 20),
    ("reset", "POST", "/v1/password-reset", {"email": "{n}@example.com"}, 20),
    ("reset link", "POST", "/v1/password-reset/guess{n}", {"password": PASSWORD}, 60),
    ("verify link", "POST", "/v1/verify-email/guess{n}", None, 60),
    ("search", "GET", "/v1/search?q=a{n}", None, 30),
    ("search in a show", "GET", "/v1/shows/{show}/search?q=a{n}", None, 120),
    ("order link", "GET", "/v1/orders/{guest_order}?token=guess{n}", None, 120),
    ("ticket", "POST", "/v1/shows/{show}/ticket", {}, 30),
    ("ask to see", "POST", "/v1/shows/{show}/requests", {"number": 1}, 20),
    ("hold", "POST", "/v1/holds", {"variant_id": "var_none", "source": "list"}, 30),
    ("pay", "POST", "/v1/checkouts", {"hold_ids": ["hld_none"]}, 12),
]


@pytest.mark.parametrize(("what", "method", "path", "body", "limit"), FLOODS, ids=[flood[0] for flood in FLOODS])
def test_floods_are_held_back(
    world: World, what: str, method: str, path: str, body: dict[str, object] | None, limit: int
) -> None:
    """Time stands still, so what is let through is the whole allowance."""
    flooder, statuses = world.shop.visitor(), []
    for number in range(limit + 1):
        sent = body and {
            name: text.replace("{n}", f"n{number}") if isinstance(text, str) else text for name, text in body.items()
        }
        answer = flooder.request(
            method,
            path.format(n=number, **world.ids),
            json=sent,
            headers={"Idempotency-Key": new_id("key")},
        )
        statuses.append(answer.status_code)
    assert 429 not in statuses[:limit]
    assert statuses[limit] == 429
    assert int(answer.headers["retry-after"]) >= 1


def test_chat_is_held_back(world: World) -> None:
    guest = copied(world.people["guest"])
    headers = {"Authorization": f"Bearer {world.tickets['guest']}"}
    path = f"/v1/rooms/{world.ids['room']}/chat"
    statuses = [guest.post(path, {"text": f"line {number}"}, headers=headers).status_code for number in range(40)]
    assert statuses[0] == 201
    assert 429 in statuses


def test_an_order_link_goes_nowhere_else(world: World) -> None:
    """The page of the link tells no other site its address, is kept by no cache, and the link is in no list."""
    link = f"/orders/{world.ids['guest_order']}?token={world.ids['guest_token']}"
    answer = world.shop.visitor().get(link, headers={"Accept": "text/html"})
    assert answer.headers["referrer-policy"] in ("strict-origin-when-cross-origin", "no-referrer", "same-origin")
    assert answer.headers["cache-control"] == "no-store"
    assert world.ids["guest_token"] not in answer.text
    assert not re.findall(r'(?:href|src)="(?!/)', answer.text)
    told = (
        world.people["guest"].get("/v1/orders").text
        + world.people["owner"].get(f"/v1/organisations/{world.ids['org']}/orders").text
    )
    assert world.ids["guest_token"] not in told
    assert world.ids["guest_token"] not in str(world.rows())
