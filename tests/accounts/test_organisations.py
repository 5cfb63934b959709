"""Organisations, their people, invitations, audit, and operators."""

from shopcast.accounts import CreateOperator, create_operator_account
from tests.factories import person, refused
from tests.factories.tenancy import PASSWORD, Shop, Visitor


def invited(shop: Shop, owner: Visitor, email: str, role: str) -> str:
    answer = owner.post(f"/v1/organisations/{owner.organisation_id}/invitations", {"email": email, "role": role})
    assert answer.status_code == 201, answer.text
    shop.run_jobs()
    [*_, mail] = [sent for sent in shop.mail.sent if sent.to == email and "invitation=" in sent.text]
    return mail.text.split("invitation=")[1].split()[0]


def member(shop: Shop, owner: Visitor, name: str, role: str) -> Visitor:
    visitor = shop.registered(name, "shopper")
    token = invited(shop, owner, f"{name}@example.com", role)
    assert visitor.post(f"/v1/invitations/{token}/accept").status_code == 200
    return visitor


def test_an_invitation_by_mail_makes_a_member(shop: Shop) -> None:
    owner = shop.registered("anna", organisation_name="Anna's")
    token = invited(shop, owner, "Bert@Example.com", "moderator")
    assert "Anna's invites you to Shopcast" in [sent.subject for sent in shop.mail.sent]
    assert {name: rows for name, rows in shop.rows_about([token]).items() if rows} == {}
    bert = shop.registered("bert", "shopper")
    joined = bert.post(f"/v1/invitations/{token}/accept")
    assert (joined.status_code, joined.json()["name"]) == (200, "Anna's")
    me = bert.get("/v1/me").json()
    assert [(held["name"], held["role"]) for held in me["organisations"]] == [("Anna's", "moderator")]
    assert me["person"]["email_verified"] is True
    people = owner.get(f"/v1/organisations/{owner.organisation_id}/members").json()["items"]
    assert [(known["display_name"], known["role"]) for known in people] == [("Anna", "owner"), ("Bert", "moderator")]
    assert bert.post(f"/v1/invitations/{token}/accept").status_code == 410


def test_an_invitation_is_for_its_address_only(shop: Shop) -> None:
    owner = shop.registered("anna")
    token = invited(shop, owner, "bert@example.com", "manager")
    eve = shop.registered("eve")
    answer = eve.post(f"/v1/invitations/{token}/accept")
    assert (answer.status_code, answer.json()["code"]) == (403, "accounts.invitation_for_another_address")
    assert len(eve.get("/v1/me").json()["organisations"]) == 1
    assert shop.visitor().post(f"/v1/invitations/{token}/accept").status_code == 401


def test_inviting_again_replaces_and_withdrawing_ends_an_invitation(shop: Shop) -> None:
    owner = shop.registered("anna")
    first = invited(shop, owner, "bert@example.com", "manager")
    second = invited(shop, owner, "bert@example.com", "host")
    bert = shop.registered("bert", "shopper")
    assert bert.post(f"/v1/invitations/{first}/accept").status_code == 410
    path = f"/v1/organisations/{owner.organisation_id}/invitations"
    [open_one] = owner.get(path).json()["items"]
    assert (open_one["email"], open_one["role"]) == ("bert@example.com", "host")
    assert owner.delete(f"{path}/{open_one['id']}").status_code == 204
    assert owner.delete(f"{path}/{open_one['id']}").status_code == 404
    assert bert.post(f"/v1/invitations/{second}/accept").status_code == 410


def test_an_invitation_is_too_old_after_a_week(shop: Shop) -> None:
    owner = shop.registered("anna")
    token = invited(shop, owner, "bert@example.com", "host")
    bert = shop.registered("bert", "shopper")
    shop.backend.advance(days=7)
    assert bert.post(f"/v1/invitations/{token}/accept").status_code == 410


def test_roles_bound_what_members_may_do(shop: Shop) -> None:
    owner = shop.registered("anna")
    manager = member(shop, owner, "max", "manager")
    moderator = member(shop, owner, "mo", "moderator")
    path = f"/v1/organisations/{owner.organisation_id}"
    assert moderator.get(path).status_code == 200
    assert moderator.patch(path, {"name": "Mine"}).status_code == 403
    assert moderator.post(f"{path}/invitations", {"email": "x@example.com", "role": "host"}).status_code == 403
    assert moderator.get("/v1/audit", params={"organisation_id": owner.organisation_id}).status_code == 403
    assert manager.patch(path, {"name": "Ours", "country": "FR"}).json()["name"] == "Ours"
    assert manager.post(f"{path}/invitations", {"email": "x@example.com", "role": "owner"}).status_code == 403
    assert manager.patch(f"{path}/members/{moderator.person_id}", {"role": "owner"}).status_code == 403
    assert manager.patch(f"{path}/members/{owner.person_id}", {"role": "host"}).status_code == 403
    assert manager.delete(f"{path}/members/{owner.person_id}").status_code == 403
    assert manager.patch(f"{path}/members/{moderator.person_id}", {"role": "king"}).status_code == 422
    assert manager.patch(f"{path}/members/{moderator.person_id}", {"role": "assistant"}).status_code == 204
    assert manager.delete(f"{path}/members/{moderator.person_id}").status_code == 204
    assert moderator.get(path).status_code == 404
    assert manager.delete(f"{path}/members/{manager.person_id}").status_code == 204
    assert manager.get(path).status_code == 404


def test_the_last_owner_stays(shop: Shop) -> None:
    owner = shop.registered("anna")
    path = f"/v1/organisations/{owner.organisation_id}/members/{owner.person_id}"
    for answer in (owner.delete(path), owner.patch(path, {"role": "manager"})):
        assert (answer.status_code, answer.json()["code"]) == (409, "accounts.last_owner")
    second = member(shop, owner, "bert", "owner")
    assert owner.patch(path, {"role": "manager"}).status_code == 204
    assert second.delete(path).status_code == 204


def test_a_shopper_founds_an_organisation_later(shop: Shop) -> None:
    visitor = shop.registered("anna", "shopper")
    body = {
        "kind": "agency",
        "name": "Stars",
        "country": "DE",
        "currency": "EUR",
        "legal_identity": "Stars GmbH\nBerlin",
    }
    answer = visitor.post("/v1/organisations", body)
    assert (answer.status_code, answer.json()["slug"]) == (201, "stars")
    assert answer.json()["legal_identity"] == "Stars GmbH\nBerlin"
    assert visitor.post("/v1/organisations", {**body, "kind": "platform"}).status_code == 422
    assert visitor.post("/v1/organisations", {**body, "currency": "DEM"}).status_code == 422
    statuses = [visitor.post("/v1/organisations", body).status_code for _ in range(10)]
    assert statuses[-1] == 429


def test_the_audit_trail_tells_who_did_what(shop: Shop) -> None:
    owner = shop.registered("anna")
    path = f"/v1/organisations/{owner.organisation_id}"
    for name in ("One", "Two", "Three"):
        owner.patch(path, {"name": name})
    first = owner.get("/v1/audit", params={"organisation_id": owner.organisation_id, "limit": 2}).json()
    assert [row["action"] for row in first["items"]] == ["accounts.organisation_changed"] * 2
    assert {row["by"] for row in first["items"]} == {owner.person_id}
    second = owner.get(
        "/v1/audit", params={"organisation_id": owner.organisation_id, "cursor": first["next_cursor"]}
    ).json()
    assert [row["action"] for row in second["items"]] == ["accounts.organisation_changed"]
    assert second["next_cursor"] is None
    assert owner.get("/v1/audit").status_code == 403
    assert owner.get("/v1/audit", params={"cursor": "nonsense"}).status_code == 403


def test_operators_are_made_by_the_command_line(shop: Shop) -> None:
    backend = shop.backend
    anna = shop.registered("anna")
    person_id = create_operator_account(
        backend.actions, shop.passwords, email="Root@example.com", password=PASSWORD, display_name="Root"
    )
    promoted = create_operator_account(
        backend.actions, shop.passwords, email="anna@example.com", password="a different password"
    )
    assert promoted == anna.person_id
    root = shop.visitor()
    me = root.post("/v1/login", {"email": "root@example.com", "password": PASSWORD}).json()
    assert (me["person"]["id"], me["is_operator"]) == (person_id, True)
    assert anna.get("/v1/me").json()["is_operator"] is True
    assert backend.rows("SELECT count(*) FROM accounts_organisation WHERE kind = 'platform'") == [(1,)]
    everything = root.get("/v1/audit").json()["items"]
    assert {row["action"] for row in everything} == {
        "accounts.registered",
        "accounts.operator_created",
        "accounts.signed_in",
    }
    assert shop.visitor().post("/v1/login", {"email": "anna@example.com", "password": PASSWORD}).status_code == 200
    with refused("forbidden"):
        backend.run(
            CreateOperator(
                email="eve@example.com",
                password_hash="x",
                display_name="Eve",
                language="en",
                country="DE",
                currency="EUR",
            ),
            by=person(anna.person_id),
        )
