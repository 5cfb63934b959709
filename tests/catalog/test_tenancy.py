"""Every route of the catalogue, knocked at by everybody."""

from shopcast.accounts import create_operator_account
from shopcast.catalog.http import ROUTES
from tests.factories.tenancy import PASSWORD, Shop, Visitor, Who, check_doors, owned, public

ORGANISATION = "/v1/organisations/{organisation_id:str}"
CSV = b"Handle,Title,Variant Price\nvictorias-hat,Victoria's Hat,12.50\nbad,Victoria's Bad,?\n"
PNG = b"\x89PNG\r\n\x1a\npicture"


def test_nobody_reads_or_changes_what_is_not_theirs(shop: Shop) -> None:
    owner = shop.registered("victoria", organisation_name="Victoria's")
    own = f"/v1/organisations/{owner.organisation_id}"
    run_id = owner.post(f"{own}/imports", files={"file": ("victorias.csv", CSV, "text/csv")}).json()["id"]
    shop.run_jobs()
    [product] = owner.get(f"{own}/products").json()["items"]
    variant_id = product["variants"][0]["id"]
    other = shop.registered("oscar", organisation_name="Oscar's")
    create_operator_account(shop.backend.actions, shop.passwords, email="root@example.com", password=PASSWORD)
    root = shop.visitor()
    root.post("/v1/login", {"email": "root@example.com", "password": PASSWORD})
    words = [owner.person_id, owner.organisation_id, product["id"], variant_id, run_id, "Victoria", "victorias"]
    image_path = product["image_url"].split("?")[0]

    doors = [
        owned("GET", f"{ORGANISATION}/products", f"{own}/products"),
        owned(
            "POST",
            f"{ORGANISATION}/products",
            f"{own}/products",
            owner=201,
            body={"title": "New", "variants": [{"price_minor": 1}]},
        ),
        owned("GET", "/v1/products/{product_id:str}", f"/v1/products/{product['id']}"),
        owned("PATCH", "/v1/products/{product_id:str}", f"/v1/products/{product['id']}", body={"title": "Cap"}),
        owned("PATCH", "/v1/variants/{variant_id:str}", f"/v1/variants/{variant_id}", body={"price_minor": 1}),
        owned(
            "POST",
            "/v1/products/{product_id:str}/image",
            f"/v1/products/{product['id']}/image",
            files={"file": ("p.png", PNG, "image/png")},
        ),
        owned(
            "POST",
            f"{ORGANISATION}/imports",
            f"{own}/imports",
            owner=202,
            files={"file": ("p.csv", CSV, "text/csv")},
        ),
        owned("GET", f"{ORGANISATION}/imports", f"{own}/imports"),
        owned("GET", "/v1/imports/{import_id:str}", f"/v1/imports/{run_id}"),
        owned("GET", "/v1/imports/{import_id:str}/problems", f"/v1/imports/{run_id}/problems"),
        public("GET", "/images/{image_id:str}", image_path),
    ]
    visitors: dict[Who, Visitor] = {
        "guest": shop.visitor(),
        "stranger": other,
        "operator": root,
        "owner": owner,
    }
    check_doors(shop, doors, visitors, words, routes=ROUTES)


def test_members_without_a_managing_role_read_but_do_not_change(shop: Shop) -> None:
    owner = shop.registered("anna")
    own = f"/v1/organisations/{owner.organisation_id}"
    made = owner.post(f"{own}/products", {"title": "Mug", "variants": [{"price_minor": 1}]}).json()
    host = shop.registered("harry", "shopper")
    owner.post(f"{own}/invitations", {"email": "harry@example.com", "role": "host"})
    shop.run_jobs()
    [mail] = [sent for sent in shop.mail.sent if "invitation=" in sent.text]
    host.post(f"/v1/invitations/{mail.text.split('invitation=')[1].split()[0]}/accept")
    assert host.get(f"/v1/products/{made['id']}").status_code == 200
    assert host.get(f"{own}/products").status_code == 200
    refusals = [
        host.patch(f"/v1/products/{made['id']}", {"title": "Mine"}),
        host.patch(f"/v1/variants/{made['variants'][0]['id']}", {"price_minor": 2}),
        host.post(f"/v1/products/{made['id']}/image", files={"file": ("p.png", PNG, "image/png")}),
        host.post(f"{own}/products", {"title": "Mine", "variants": [{"price_minor": 1}]}),
        host.post(f"{own}/imports", files={"file": ("p.csv", CSV, "text/csv")}),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in refusals] == [(403, "forbidden")] * 5
    assert host.get(f"/v1/products/{made['id']}").json() == made
