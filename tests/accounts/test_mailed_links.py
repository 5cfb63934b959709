"""Verifying an address and resetting a password by mailed links."""

import re

import pytest

from shopcast.kernel.ids import digest
from tests.factories.tenancy import PASSWORD, Shop

NEW = "another fine password"


def token_in(text: str) -> str:
    found = re.search(r"(?:token|verify|invitation)=([\w-]+)", text)
    assert found is not None
    return found[1]


def test_registering_mails_a_link_that_verifies_the_address(shop: Shop) -> None:
    visitor = shop.registered("anna")
    assert shop.run_jobs() == 1
    [mail] = shop.mail.sent
    assert (mail.to, mail.subject) == ("anna@example.com", "Confirm your e-mail address")
    token = token_in(mail.text)
    assert f"{shop.backend.settings.public_url}/account?verify={token}" in mail.text
    assert {name: rows for name, rows in shop.rows_about([token]).items() if rows} == {}
    # Another device opens the link.
    assert shop.visitor().post(f"/v1/verify-email/{token}").status_code == 204
    assert visitor.get("/v1/me").json()["person"]["email_verified"] is True
    again = shop.visitor().post(f"/v1/verify-email/{token}")
    assert (again.status_code, again.json()["code"]) == (410, "accounts.link_expired")


def test_the_verification_link_can_be_sent_again_and_replaces_the_first(shop: Shop) -> None:
    visitor = shop.registered("anna")
    shop.run_jobs()
    assert visitor.post("/v1/verify-email").status_code == 202
    shop.run_jobs()
    first, second = (token_in(mail.text) for mail in shop.mail.sent)
    assert shop.visitor().post(f"/v1/verify-email/{first}").status_code == 410
    assert shop.visitor().post(f"/v1/verify-email/{second}").status_code == 204
    visitor.post("/v1/verify-email")
    assert shop.run_jobs() == 0


def test_the_reset_link_sets_a_new_password_and_signs_everybody_out(shop: Shop) -> None:
    visitor = shop.registered("anna")
    visitor.patch("/v1/me", {"language": "zh"})
    shop.run_jobs()
    stranger = shop.visitor()
    assert stranger.post("/v1/password-reset", {"email": " ANNA@example.com"}).json() == {"accepted": True}
    shop.run_jobs()
    mail = shop.mail.sent[-1]
    assert (mail.to, mail.subject) == ("anna@example.com", "重新设置密码")
    token = token_in(mail.text)
    assert f"{shop.backend.settings.public_url}/reset?token={token}" in mail.text
    assert stranger.post(f"/v1/password-reset/{token}", {"password": "short"}).status_code == 422
    assert stranger.post(f"/v1/password-reset/{token}", {"password": NEW}).status_code == 204
    assert visitor.get("/v1/me").json()["person"] is None
    assert stranger.post(f"/v1/password-reset/{token}", {"password": NEW}).status_code == 410
    assert stranger.post("/v1/login", {"email": "anna@example.com", "password": PASSWORD}).status_code == 401
    assert stranger.post("/v1/login", {"email": "anna@example.com", "password": NEW}).status_code == 200


def test_a_reset_link_is_too_old_after_an_hour(shop: Shop) -> None:
    shop.registered("anna")
    shop.visitor().post("/v1/password-reset", {"email": "anna@example.com"})
    shop.run_jobs()
    token = token_in(shop.mail.sent[-1].text)
    shop.backend.advance(hours=1)
    assert shop.visitor().post(f"/v1/password-reset/{token}", {"password": NEW}).status_code == 410
    assert shop.visitor().post("/v1/login", {"email": "anna@example.com", "password": PASSWORD}).status_code == 200


def test_a_verification_link_resets_no_password(shop: Shop) -> None:
    shop.registered("anna")
    shop.run_jobs()
    token = token_in(shop.mail.sent[0].text)
    assert shop.visitor().post(f"/v1/password-reset/{token}", {"password": NEW}).status_code == 410


@pytest.mark.parametrize("email", ["nobody@example.com", "no address", "%@example.com"])
def test_asking_for_a_reset_never_tells_who_has_an_account(shop: Shop, email: str) -> None:
    shop.registered("anna")
    shop.run_jobs()
    shop.mail.sent.clear()
    known = shop.visitor().post("/v1/password-reset", {"email": "anna@example.com"})
    unknown = shop.visitor().post("/v1/password-reset", {"email": email})
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json()) == (202, {"accepted": True})
    shop.run_jobs()
    assert [mail.to for mail in shop.mail.sent] == ["anna@example.com"]


def test_a_mailbox_cannot_be_flooded(shop: Shop) -> None:
    shop.registered("anna")
    shop.run_jobs()
    shop.mail.sent.clear()
    visitor = shop.visitor()
    for _ in range(5):
        assert visitor.post("/v1/password-reset", {"email": "anna@example.com"}).status_code == 202
        shop.run_jobs()
    assert len(shop.mail.sent) == 3
    statuses = [visitor.post("/v1/password-reset", {"email": "b@example.com"}).status_code for _ in range(16)]
    assert statuses == [202] * 15 + [429]


def test_a_mail_that_could_not_be_sent_is_tried_again_with_a_new_token(shop: Shop) -> None:
    shop.registered("anna")
    send = shop.mail.send
    shop.mail.send = _broken  # type: ignore[method-assign]
    assert shop.run_jobs() == 1
    [(first,)] = shop.backend.rows("SELECT digest FROM accounts_mailed_token")
    shop.mail.send = send  # type: ignore[method-assign]
    shop.backend.advance(minutes=1)
    assert shop.run_jobs() == 1
    [(second,)] = shop.backend.rows("SELECT digest FROM accounts_mailed_token")
    assert second != first
    assert second == digest(token_in(shop.mail.sent[0].text))


def _broken(mail: object) -> None:
    raise OSError("the mail server is away")
