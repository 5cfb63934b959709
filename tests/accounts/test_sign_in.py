"""Registering and signing in, through the doors."""

import re

import msgspec
import pytest

from shopcast.accounts import (
    ChangePassword,
    DemoAccount,
    Passwords,
    SessionResolver,
    credentials,
    ensure_demo_account,
)
from shopcast.kernel.ids import digest
from tests.factories import person
from tests.factories.tenancy import PASSWORD, Shop

ANNA = {"email": "Anna@Example.com", "password": PASSWORD, "display_name": "Anna"}


def test_a_shopper_registers_and_is_signed_in_without_an_organisation(shop: Shop) -> None:
    visitor = shop.visitor("zh")
    answer = visitor.post("/v1/register", ANNA)
    assert answer.status_code == 201
    me = visitor.get("/v1/me").json()
    assert me["person"]["email"] == "Anna@Example.com"
    assert me["person"]["language"] == "zh"
    assert me["person"]["email_verified"] is False
    assert (me["organisations"], me["is_operator"], me["guest_id"]) == ([], False, None)
    assert me["csrf"] == visitor.cookies["shopcast_csrf"]


@pytest.mark.parametrize(
    ("account", "name", "slug"), [("host", None, "anna"), ("seller", "Ännas Läden & Co", "annas-laden-co")]
)
def test_hosts_and_sellers_get_an_organisation_of_their_own(
    shop: Shop, account: str, name: str | None, slug: str
) -> None:
    extra = {"organisation_name": name} if name else {}
    answer = shop.visitor().post(
        "/v1/register", {**ANNA, "account": account, "country": "cn", "currency": "CNY", **extra}
    )
    [organisation] = answer.json()["organisations"]
    assert organisation == {
        "id": organisation["id"],
        "kind": account,
        "name": name or "Anna",
        "slug": slug,
        "currency": "CNY",
        "role": "owner",
    }
    assert shop.backend.rows("SELECT country FROM accounts_organisation") == [("CN",)]


def test_a_second_shop_of_the_same_name_gets_another_slug(shop: Shop) -> None:
    for index, slug in enumerate(["lin", "lin-2", "lin-3"]):
        visitor = shop.registered(f"lin{index}", organisation_name="Lin")
        assert visitor.me["organisations"][0]["slug"] == slug
    assert re.fullmatch(
        r"shop-[0-9a-z]{10}", shop.registered("li", organisation_name="李佳").me["organisations"][0]["slug"]
    )


def test_passwords_and_tokens_are_stored_as_digests_only(shop: Shop) -> None:
    visitor = shop.registered("anna")
    token = visitor.cookies["shopcast_session"]
    stored = shop.rows_about([token, PASSWORD])
    assert {name: rows for name, rows in stored.items() if rows} == {}
    [(hash,)] = shop.backend.rows("SELECT password_hash FROM accounts_person")
    assert hash.startswith("$argon2id$v=19$m=64,t=1,p=1$")
    assert shop.backend.rows("SELECT digest FROM accounts_session") == [(digest(token),)]


def test_an_outdated_hash_is_replaced_at_the_next_login(shop: Shop) -> None:
    visitor = shop.registered("anna")
    assert Passwords().hash_blocking(PASSWORD).startswith("$argon2id$v=19$m=32768,t=2,p=1$")
    shop.backend.run(
        ChangePassword(
            seen_hash=shop.backend.read(credentials, visitor.person_id).password_hash,
            password_hash=Passwords(memory_kib=32, passes=1).hash_blocking(PASSWORD),
            session_digest=digest("none"),
        ),
        by=person(visitor.person_id),
    )
    assert visitor.post("/v1/login", {"email": "anna@example.com", "password": PASSWORD}).status_code == 200
    [(hash,)] = shop.backend.rows("SELECT password_hash FROM accounts_person")
    assert hash.startswith("$argon2id$v=19$m=64,t=1,p=1$")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"email": "not an address"}, 422, "accounts.email_invalid"),
        ({"email": "anna@localhost"}, 422, "accounts.email_invalid"),
        ({"email": "a" * 65 + "@example.com"}, 422, "accounts.email_invalid"),
        ({"email": "anna@example.com\r\nBcc: all@example.com"}, 422, "accounts.email_invalid"),
        ({"password": "short"}, 422, "accounts.password_too_weak"),
        ({"password": "aaaaaaaaaaaaa"}, 422, "accounts.password_too_weak"),
        ({"password": "anna@example.com"}, 422, "accounts.password_too_weak"),
        ({"password": "x1y2" * 33}, 422, "accounts.password_too_weak"),
        ({"display_name": "\u202e\u200b "}, 422, "invalid_input"),
        ({"display_name": "n" * 61}, 422, "invalid_input"),
        ({"account": "platform"}, 422, "invalid_input"),
        ({"account": "seller", "country": "XX"}, 422, "accounts.country_unknown"),
        ({"account": "seller", "currency": "XXX"}, 422, "invalid_input"),
        ({"is_demo": True}, 422, "invalid_input"),
    ],
)
def test_what_cannot_be_registered_is_refused_and_leaves_nothing(
    shop: Shop, change: dict[str, str], status: int, code: str
) -> None:
    answer = shop.visitor().post("/v1/register", {**ANNA, **change})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert shop.backend.rows("SELECT count(*) FROM accounts_person") == [(0,)]
    assert shop.backend.rows("SELECT count(*) FROM accounts_organisation") == [(0,)]
    assert shop.backend.rows("SELECT count(*) FROM kernel_jobs") == [(0,)]


def test_an_address_registers_once_however_it_is_written(shop: Shop) -> None:
    shop.registered("anna")
    answer = shop.visitor("zh").post("/v1/register", {**ANNA, "email": "ANNA@example.COM"})
    assert (answer.status_code, answer.json()["code"]) == (409, "accounts.email_taken")
    assert answer.json()["message"] == "该邮箱已注册。请直接登录，或重置密码。"
    assert shop.backend.rows("SELECT count(*) FROM accounts_person") == [(1,)]


def test_signing_in_makes_a_new_session_and_ends_the_one_before(shop: Shop) -> None:
    visitor = shop.registered("anna")
    first = visitor.cookies["shopcast_session"]
    answer = visitor.post("/v1/login", {"email": "anna@EXAMPLE.com", "password": PASSWORD})
    assert answer.status_code == 200
    assert visitor.cookies["shopcast_session"] != first
    assert visitor.get("/v1/me").json()["person"]["email"] == "anna@example.com"
    thief = shop.visitor()
    thief.cookies.set("shopcast_session", first)
    assert thief.get("/v1/me").json()["person"] is None


def test_wrong_password_and_unknown_address_get_the_same_answer(shop: Shop) -> None:
    shop.registered("anna")
    wrong = shop.visitor().post("/v1/login", {"email": "anna@example.com", "password": "wrong password"})
    unknown = shop.visitor().post("/v1/login", {"email": "bert@example.com", "password": "wrong password"})
    nonsense = shop.visitor().post("/v1/login", {"email": "no address", "password": "wrong password"})
    for answer in (wrong, unknown, nonsense):
        assert answer.status_code == 401
        assert {**answer.json(), "request_id": ""} == {**wrong.json(), "request_id": ""}
        assert "shopcast_session" not in answer.cookies
    assert shop.backend.rows("SELECT count(*) FROM accounts_session") == [(1,)]


def test_passwords_are_the_same_in_every_unicode_form(shop: Shop) -> None:
    shop.visitor().post("/v1/register", {**ANNA, "password": "cafe\u0301 cre\u0300me"})
    answer = shop.visitor().post("/v1/login", {"email": ANNA["email"], "password": "caf\u00e9 cr\u00e8me"})
    assert answer.status_code == 200


def test_guessing_is_slowed_per_account_and_per_address(shop: Shop) -> None:
    shop.registered("anna")
    visitor = shop.visitor()
    guess = {"email": "anna@example.com", "password": "wrong password"}
    statuses = [visitor.post("/v1/login", guess).status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    right = visitor.post("/v1/login", {"email": "anna@example.com", "password": PASSWORD})
    assert right.status_code == 429
    assert int(right.headers["retry-after"]) > 0
    shop.backend.advance(hours=1)
    assert visitor.post("/v1/login", {"email": "anna@example.com", "password": PASSWORD}).status_code == 200


def test_signing_in_is_limited_per_address(shop: Shop) -> None:
    visitor = shop.visitor()
    guesses = ({"email": f"no{number}@example.com", "password": "x"} for number in range(61))
    statuses = [visitor.post("/v1/login", guess).status_code for guess in guesses]
    assert statuses == [401] * 60 + [429]


def test_registering_is_limited_per_address(shop: Shop) -> None:
    visitor = shop.visitor()
    statuses = [visitor.post("/v1/register", {**ANNA, "email": "no address"}).status_code for _ in range(21)]
    assert statuses == [422] * 20 + [429]


def test_unsafe_requests_need_the_csrf_header(shop: Shop) -> None:
    visitor = shop.registered("anna")
    answer = visitor.request("PATCH", "/v1/me", json={"display_name": "Eve"}, headers={"X-CSRF-Token": "no"})
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_refused")
    assert visitor.get("/v1/me").json()["person"]["display_name"] == "Anna"


def test_a_guests_things_follow_into_the_account(shop: Shop) -> None:
    visitor = shop.visitor()
    guest_id = visitor.get("/v1/me").json()["guest_id"]
    visitor.post("/v1/register", ANNA)
    [(body,)] = shop.backend.rows("SELECT body FROM kernel_events WHERE event_type = 'accounts.guest_claimed'")
    person_id = visitor.get("/v1/me").json()["person"]["id"]
    assert msgspec.json.decode(body) == {
        "type": "accounts.guest_claimed",
        "guest_key": guest_id,
        "person_id": person_id,
    }
    assert "shopcast_guest" not in visitor.cookies
    visitor.post("/v1/logout")
    assert visitor.get("/v1/me").json()["guest_id"] not in (None, guest_id)


def test_a_guest_is_claimed_by_one_account_only(shop: Shop) -> None:
    visitor = shop.visitor()
    visitor.get("/v1/me")
    stolen = visitor.cookies["shopcast_guest"]
    visitor.post("/v1/register", ANNA)
    shop.registered("eve")
    eve = shop.visitor()
    eve.cookies.set("shopcast_guest", stolen)
    assert eve.post("/v1/login", {"email": "eve@example.com", "password": PASSWORD}).status_code == 200
    claims = shop.backend.rows("SELECT body FROM kernel_events WHERE event_type = 'accounts.guest_claimed'")
    anna_id = visitor.get("/v1/me").json()["person"]["id"]
    assert [msgspec.json.decode(body)["person_id"] for (body,) in claims if stolen.split(".")[0] in body] == [anna_id]


DEMO = DemoAccount(email="host@demo.example", password="shopcast demo", display_name="Demo", account="host")


def test_demo_accounts_work_in_demo_mode_and_are_made_once(demo_shop: Shop) -> None:
    backend = demo_shop.backend
    first = ensure_demo_account(backend.actions, backend.reads, demo_shop.passwords, DEMO)
    again = ensure_demo_account(backend.actions, backend.reads, demo_shop.passwords, DEMO)
    assert (again.person_id, again.organisation_id) == (first.person_id, first.organisation_id)
    visitor = demo_shop.visitor()
    assert visitor.post("/v1/login", {"email": DEMO.email, "password": DEMO.password}).status_code == 200
    assert backend.rows("SELECT count(*) FROM kernel_jobs") == [(0,)]


def test_demo_accounts_are_shut_outside_demo_mode(shop: Shop) -> None:
    backend = shop.backend
    made = ensure_demo_account(backend.actions, backend.reads, shop.passwords, DEMO)
    visitor = shop.visitor()
    answer = visitor.post("/v1/login", {"email": DEMO.email, "password": DEMO.password})
    assert (answer.status_code, answer.json()["code"]) == (403, "accounts.demo_account_refused")
    assert backend.rows("SELECT count(*) FROM accounts_session") == [(0,)]
    visitor.post("/v1/password-reset", {"email": DEMO.email})
    assert shop.run_jobs() == 0
    assert shop.mail.sent == []
    assert made.person_id.startswith("usr_")


def test_a_demo_session_is_void_once_demo_mode_is_off(demo_shop: Shop) -> None:
    backend = demo_shop.backend
    ensure_demo_account(backend.actions, backend.reads, demo_shop.passwords, DEMO)
    visitor = demo_shop.visitor()
    visitor.post("/v1/login", {"email": DEMO.email, "password": DEMO.password})
    token = digest(visitor.cookies["shopcast_session"])
    now = backend.clock.now()
    assert backend.read(SessionResolver(demo_accounts_work=True).resolve, token, now) is not None
    assert backend.read(SessionResolver(demo_accounts_work=False).resolve, token, now) is None
