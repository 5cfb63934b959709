"""Every route of accounts, knocked at by everybody."""

from shopcast.accounts import create_operator_account
from tests.factories.tenancy import PASSWORD, Door, Shop, Visitor, Who, check_doors, owned, personal, public

ADDRESS = {"name": "Anna", "line1": "Main St 1", "city": "Berlin", "country": "DE"}
ORGANISATION = "/v1/organisations/{organisation_id:str}"
SAME_PASSWORD = {"current": PASSWORD, "new": "another fine password"}


def test_nobody_reads_or_changes_what_is_not_theirs(shop: Shop) -> None:
    owner = shop.registered("victoria", organisation_name="Victoria's")
    bert = shop.registered("bert", "shopper")
    own = f"/v1/organisations/{owner.organisation_id}"
    address_id = owner.post("/v1/me/addresses", ADDRESS).json()["id"]
    [session] = owner.get("/v1/me/sessions").json()["items"]
    invitation_id = owner.post(f"{own}/invitations", {"email": "carl@example.com", "role": "host"}).json()["id"]
    other = shop.registered("oscar", organisation_name="Oscar's")
    create_operator_account(shop.backend.actions, shop.passwords, email="root@example.com", password=PASSWORD)
    root = shop.visitor()
    root.post("/v1/login", {"email": "root@example.com", "password": PASSWORD})
    words = [owner.person_id, owner.organisation_id, address_id, session["id"], invitation_id, "victoria", "Victoria"]

    doors = [
        public("GET", "/v1/me", "/v1/me"),
        personal("PATCH", "/v1/me", body={"language": "zh"}),
        personal("GET", "/v1/me/sessions"),
        personal("GET", "/v1/me/addresses"),
        personal("POST", "/v1/me/addresses", owner=201, body=ADDRESS),
        owned("DELETE", "/v1/me/addresses/{address_id:str}", f"/v1/me/addresses/{address_id}", owner=204),
        personal("POST", "/v1/verify-email", owner=202),
        personal(
            "POST",
            "/v1/organisations",
            owner=201,
            body={"kind": "host", "name": "Second", "country": "DE", "currency": "EUR"},
        ),
        owned("GET", ORGANISATION, own),
        owned("PATCH", ORGANISATION, own, body={"name": "Renamed"}),
        owned("GET", f"{ORGANISATION}/members", f"{own}/members"),
        Door(
            "PATCH",
            f"{ORGANISATION}/members/{{person_id:str}}",
            f"{own}/members/{owner.person_id}",
            204,
            401,
            404,
            404,
            body={"role": "owner"},
        ),
        owned("GET", f"{ORGANISATION}/invitations", f"{own}/invitations"),
        owned(
            "POST",
            f"{ORGANISATION}/invitations",
            f"{own}/invitations",
            owner=201,
            body={"email": "dora@example.com", "role": "owner"},
        ),
        owned(
            "DELETE",
            f"{ORGANISATION}/invitations/{{invitation_id:str}}",
            f"{own}/invitations/{invitation_id}",
            owner=204,
        ),
        # Operators see every audit trail: that is their work. Their own reading changes nothing.
        Door("GET", "/v1/audit", f"/v1/audit?organisation_id={owner.organisation_id}", 200, 401, 404, 200),
        owned(
            "DELETE",
            f"{ORGANISATION}/members/{{person_id:str}}",
            f"{own}/members/{bert.person_id}",
            owner=404,
        ),
        Door("POST", "/v1/invitations/{token:str}/accept", "/v1/invitations/no-such-token/accept", 410, 401, 410, 410),
        public("POST", "/v1/password-reset", "/v1/password-reset", status=202, body={"email": "no address"}),
        public(
            "POST",
            "/v1/password-reset/{token:str}",
            "/v1/password-reset/no-such-token",
            status=410,
            body={"password": PASSWORD},
        ),
        public("POST", "/v1/verify-email/{token:str}", "/v1/verify-email/no-such-token", status=410),
        public(
            "POST",
            "/v1/login",
            "/v1/login",
            status=401,
            body={"email": "victoria@example.com", "password": "not her password"},
        ),
        public(
            "POST",
            "/v1/register",
            "/v1/register",
            status=409,
            body={"email": "victoria@example.com", "password": PASSWORD, "display_name": "Eve"},
        ),
        personal("POST", "/v1/me/password", owner=204, body=SAME_PASSWORD),
        owned("DELETE", "/v1/me/sessions/{session_id:str}", f"/v1/me/sessions/{session['id']}", owner=204),
        public("POST", "/v1/logout", "/v1/logout", status=204),
    ]
    visitors: dict[Who, Visitor] = {
        "guest": shop.visitor(),
        "stranger": other,
        "operator": root,
        "owner": owner,
    }
    check_doors(shop, doors, visitors, words)
