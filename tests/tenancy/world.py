"""A market in which everything that can belong to somebody does: who is in it, what is whose, and its way back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from shopcast import accounts, wiring
from shopcast.backends.inprocess.broadcast import InProcessBroadcast
from shopcast.backends.inprocess.limits import InProcessLimits
from shopcast.catalog.images.fetch_remote import FetchFailed
from shopcast.integrations.test_provider import Timings, start_test_provider
from shopcast.kernel.config import Settings
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import SYSTEM
from shopcast.media import FinishExport
from shopcast.rooms import SpokenLine
from shopcast.rooms.log.lease_room import LeaseRoom
from shopcast.rooms.log.sequence_room import SequenceRoom
from shopcast.web.health import ROUTES as HEALTH_ROUTES
from shopcast.web.operations import ROUTES as OPERATION_ROUTES
from shopcast.web.pages import page_routes, problem_page
from shopcast.web.root_files import ROUTES as ROOT_ROUTES
from shopcast.web.shells import Shells
from shopcast.web.static_files import read_static, static_route
from tests.factories import START
from tests.factories.tenancy import PASSWORD, Shop, Visitor, open_shop
from tests.sales.support import ADAPTER_TIMEOUT_S, ADDRESS, Letterbox
from tests.shows.stage import Stage
from tests.tenancy.after import fill_after
from tests.tenancy.drops import fill_drops
from tests.tenancy.plans import fill_plans

CSV = b"Handle,Title,Variant Price,Variant Inventory Qty\nvase,Victoria's vase,12.50,9\nbad,Victoria's bad,?,1\n"
PNG = b"\x89PNG\r\n\x1a\npicture"
# What only those may read whose it is; each is checked for in every answer to everybody else.
GUEST_MAIL, SHOPPER_MAIL = "gail.secret@example.com", "sam@example.com"
GUEST_STREET, SHOPPER_STREET = "Guest Lane 17", "Shopper Road 5"
SCRIPT, PRIVATE_TITLE, PRIVATE_PRODUCT = "Say it was made in Lyon", "Secret rehearsal", "Unreleased kettle"
HIDDEN_CLAIM, WHISPER = "Not before Christmas", "victoria-only-remark"


def all_routes() -> list[Any]:
    """Every route the web process mounts."""
    return [
        *HEALTH_ROUTES,
        *OPERATION_ROUTES,
        *ROOT_ROUTES,
        *wiring.ROUTES,
        *page_routes(Shells()),
        static_route(read_static()),
    ]


# Who read a room's chunks is written down every half minute, whoever knocks at that moment.
COUNTED_BY_ITSELF = ("room_presence",)


@dataclass
class World:
    """`people` are those who knock, by the name of their part; `ids` is what there is to knock at."""

    shop: Shop
    people: dict[str, Visitor]
    ids: dict[str, str]
    tickets: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, set[str]] = field(default_factory=dict)
    changes: int = -1
    rows_stored: dict[str, list[str]] = field(default_factory=dict)

    def store(self) -> None:
        self.shop.backend.raw.store()
        self.changes = self.total_changes
        self.rows_stored = self.rows()

    def put_back(self) -> None:
        """As it was when it was stored; the doors' limits begin anew."""
        limits = self.shop.client.app.state["shopcast"].limits
        assert isinstance(limits, InProcessLimits)
        limits._full_at.clear()
        if self.total_changes == self.changes:
            return
        self.shop.backend.raw.put_back()
        self.changes = self.total_changes

    @property
    def total_changes(self) -> int:
        """Grows with every row that is written, also with those that are rolled back."""
        return self.shop.backend.raw.changes()

    def rows(self) -> dict[str, list[str]]:
        """All that is stored."""
        return self.shop.rows_about([""])

    def is_as_stored(self) -> bool:
        return not self.changed_tables()

    def changed_tables(self) -> list[str]:
        if self.total_changes == self.changes:
            return []
        rows = self.rows()
        return [name for name in rows if rows[name] != self.rows_stored[name] and name not in COUNTED_BY_ITSELF]


@contextmanager
def open_world(directory: Path) -> Iterator[World]:
    letterbox = Letterbox()
    settings = Settings(data_dir=directory / "var")
    payments = wiring.payment_providers(settings)
    provider = start_test_provider(
        settings, timings=Timings(late_s=30.0, timeout_s=ADAPTER_TIMEOUT_S), webhook_url=letterbox.url
    )
    try:
        with open_shop(
            directory,
            routes=all_routes(),
            actions=[spec for domain in wiring.DOMAINS for spec in domain.ACTIONS],
            subscriptions=[one for domain in wiring.DOMAINS for one in domain.SUBSCRIPTIONS],
            jobs=[job for domain in wiring.DOMAINS for job in domain.JOBS],
            ports=lambda backend: {
                "payments": payments,
                "labels": wiring.label_provider(settings),
                **wiring.live_ports(backend.actions, backend.reads, InProcessBroadcast(), backend.clock),
            },
            problem_page=problem_page(Shells()),
        ) as shop:
            world = _filled(shop)
            world.store()
            yield world
            with shop.client.portal() as portal:
                portal.call(payments.default.close)  # type: ignore[attr-defined]
    finally:
        provider.stop()
        letterbox.close()


def _filled(shop: Shop) -> World:
    owner = shop.registered("victoria", organisation_name="Victoria's")
    own = f"/v1/organisations/{owner.organisation_id}"
    stage = _stage(shop, owner, own)
    people = {"owner": owner, **_members(stage)}
    people["other owner"] = shop.registered("oscar", organisation_name="Oscar's")
    people["shopper"] = shop.registered("sam", "shopper")
    people["guest"], people["other guest"] = shop.visitor(), shop.visitor()
    people["platform operator"] = _operator(shop)
    ids = {"org": owner.organisation_id, "show": stage.show_id, "room": str(stage.show["room_id"])}
    world = World(shop, people, ids)
    _fill_show(world, stage)
    _fill_private_show(world, own)
    _fill_strangers_own(world)
    _fill_catalogue(world, own)
    _fill_promotions(world, own)
    _fill_orders(world, stage)
    _fill_account(world, own)
    fill_plans(owner, people["shopper"], ids, world.secrets)
    _fill_after(world)
    fill_drops(owner, ids, world.secrets)
    _fill_operations(world)
    _fill_tickets(world)
    _fill_people(world, stage)
    shop.backend.drain()
    shop.run_jobs()
    return world


def _stage(shop: Shop, owner: Visitor, own: str) -> Stage:
    products = {}
    for title in ("Scarf", "Lamp", "Bowl"):
        answer = _ok(
            owner.post(
                f"{own}/products",
                {"title": title, "options": ["Size"], "variants": _sizes()},
            )
        )
        products[title] = answer
    starts_at = (START + timedelta(hours=1)).isoformat()
    show = _ok(owner.post(f"{own}/shows", {"title": "Slow season", "starts_at": starts_at}))
    stage = Stage(shop, owner, products, show)
    stage.do("schedule")
    return stage


def _sizes() -> list[dict[str, Any]]:
    return [
        {"option_values": ["M"], "price_minor": 1000, "on_hand": 10},
        {"option_values": ["L"], "price_minor": 1200, "on_hand": 5},
    ]


def _members(stage: Stage) -> dict[str, Visitor]:
    found = {role: stage.join(f"m-{role}", role) for role in ("manager", "host", "operator", "assistant", "moderator")}
    # A member of the lowest role whom this one show names.
    found["cohost"] = stage.join("m-cohost", "host")
    stage.do("staff", {"person_id": found["cohost"].person_id, "role": "cohost"})
    return found


def _operator(shop: Shop) -> Visitor:
    accounts.create_operator_account(shop.backend.actions, shop.passwords, email="root@example.com", password=PASSWORD)
    root = shop.visitor()
    root.me = _ok(root.post("/v1/login", {"email": "root@example.com", "password": PASSWORD}))
    return root


def _fill_show(world: World, stage: Stage) -> None:
    owner, ids = stage.owner, world.ids
    stage.add("Scarf", "Lamp", "Bowl")
    ids["item"], ids["hidden_item"] = stage.items[1], stage.items[3]
    _ok(owner.patch(f"{stage.path}/items/{ids['hidden_item']}", {"hidden": True, "claim": HIDDEN_CLAIM}))
    cues = [{"item_id": stage.items[1], "script": SCRIPT}, {"item_id": stage.items[2]}]
    _ok(owner.request("PUT", f"{stage.path}/cues", json=cues))
    _ok(owner.post(f"{stage.path}/cover", files={"file": ("c.png", PNG, "image/png")}))
    ids["cover"] = str(_ok(owner.get(stage.path))["cover_url"]).rsplit("/", 1)[1].split("?")[0]
    sets = f"/v1/organisations/{owner.organisation_id}/shelf-sets"
    ids["set"] = str(_ok(owner.post(sets, {"name": "Winter", "show_id": stage.show_id}))["id"])
    stage.live()
    stage.do("cues/advance")
    stage.advance(30)
    stage.unpin()
    ids["moment"] = str(stage.page()["chapters"][0]["id"])
    _say(world, stage)
    export = stage.do(f"moments/{ids['moment']}/export", {"format": "mp4"})
    ids["export"] = str(export.get("id") or export["export_id"])
    world.shop.blobs.put("exports/e.mp4", b"video", "video/mp4")
    world.shop.backend.run(FinishExport(export_id=ids["export"], blob_key="exports/e.mp4"), SYSTEM)
    stage.advance(60)
    to_ms = stage.now_ms - 10_000
    ids["redaction"] = str(stage.do("redactions", {"from_ms": to_ms - 5_000, "to_ms": to_ms})["id"])
    ids["from_ms"], ids["to_ms"] = str(to_ms - 20_000), str(to_ms - 15_000)


def _say(world: World, stage: Stage) -> None:
    lease = world.shop.backend.run(LeaseRoom(room_id=world.ids["room"], holder="test:1"), SYSTEM)
    line = SpokenLine(
        entry_id=new_id("ent"),
        person_key=world.people["shopper"].person_id,
        name="Sam",
        role="viewer",
        text="hello #2 please",
    )
    world.shop.backend.run(
        SequenceRoom(room_id=world.ids["room"], holder="test:1", epoch=lease.epoch, chat_lines=(line,)), SYSTEM
    )
    world.shop.backend.drain()
    rows = world.shop.backend.rows(
        "SELECT seq FROM room_entry WHERE room_id = ? AND kind = 'chat.line'", world.ids["room"]
    )
    world.ids["seq"] = str(rows[0][0])
    world.ids["second"] = str(int(stage.now.timestamp()))


def _fill_private_show(world: World, own: str) -> None:
    owner = world.people["owner"]
    product = _ok(owner.post(f"{own}/products", {"title": PRIVATE_PRODUCT, "variants": [{"price_minor": 5000}]}))
    body = {"title": PRIVATE_TITLE, "visibility": "private", "starts_at": (START + timedelta(days=1)).isoformat()}
    show = _ok(owner.post(f"{own}/shows", body))
    path = f"/v1/shows/{show['id']}"
    [item] = _ok(owner.post(f"{path}/items", {"product_ids": [product["id"]]}))["items"]
    _ok(owner.post(f"{path}/schedule"))
    world.ids |= {
        "private": show["id"],
        "private_item": item["id"],
        "private_room": show["room_id"],
        "private_variant": product["variants"][0]["id"],
    }
    world.secrets["the organisation"] = {PRIVATE_TITLE, PRIVATE_PRODUCT, SCRIPT, show["id"], item["id"], HIDDEN_CLAIM}


def _fill_strangers_own(world: World) -> None:
    """What the other owner has of each kind, for addresses that mix theirs with Victoria's."""
    other = world.people["other owner"]
    own = f"/v1/organisations/{other.organisation_id}"
    product = _ok(other.post(f"{own}/products", {"title": "Oscar's mug", "variants": [{"price_minor": 100}]}))
    show = _ok(other.post(f"{own}/shows", {"title": "Oscar's", "starts_at": (START + timedelta(hours=2)).isoformat()}))
    _ok(other.post(f"/v1/shows/{show['id']}/items", {"product_ids": [product["id"]]}))
    _ok(other.post(f"/v1/shows/{show['id']}/schedule"))
    world.ids |= {"other_org": other.organisation_id, "other_show": show["id"], "other_room": show["room_id"]}


def _fill_catalogue(world: World, own: str) -> None:
    owner = world.people["owner"]
    run = _ok(owner.post(f"{own}/imports", files={"file": ("victorias.csv", CSV, "text/csv")}))
    world.shop.pictures.answers["https://pictures.example/none.png"] = FetchFailed("unreachable", is_final=True)
    world.shop.run_jobs()
    vase = next(one for one in _ok(owner.get(f"{own}/products"))["items"] if one["title"] == "Victoria's vase")
    world.ids |= {
        "import": run["id"],
        "product": vase["id"],
        "variant": vase["variants"][0]["id"],
        "image": vase["image_url"].removeprefix("/images/").split("?")[0],
    }
    world.secrets["the organisation"] |= {run["id"], vase["id"], "victorias.csv"}


def _fill_promotions(world: World, own: str) -> None:
    owner, ids = world.people["owner"], world.ids
    ten_percent = {"type": "percent", "basis_points": 1000}
    coupon = {"name": "Ten", "lane": "coupon", "benefit": ten_percent}
    ids["promotion"] = str(_ok(owner.post(f"{own}/promotions", {**coupon, "needs": "code"}))["id"])
    _ok(owner.post(f"{own}/promotions/{ids['promotion']}/codes", {"code": "VICTORIA"}))
    ids["claimable"] = str(_ok(owner.post(f"{own}/promotions", {**coupon, "needs": "claim"}))["id"])


def _fill_orders(world: World, stage: Stage) -> None:
    variant = stage.products["Scarf"]["variants"][0]["id"]
    world.ids["sold_variant"] = variant
    for name, mail, street in (
        ("shopper", SHOPPER_MAIL, SHOPPER_STREET),
        ("guest", GUEST_MAIL, GUEST_STREET),
    ):
        buyer = world.people[name]
        hold = _hold(world, buyer, variant)
        method = {"token": "tok_approve", "save": name == "shopper"}
        body = {"hold_ids": [hold], "email": mail, "address": {**ADDRESS, "line1": street}, "payment_method": method}
        paid = _ok(buyer.post("/v1/checkouts", body, headers={"Idempotency-Key": new_id("key")}))
        assert paid["state"] == "paid", paid
        token = paid["order_url"].split("token=")[1]
        open_hold = _hold(world, buyer, variant)
        world.ids |= {
            f"{name}_order": paid["order_id"],
            f"{name}_token": token,
            f"{name}_checkout": paid["checkout_id"],
            f"{name}_hold": open_hold,
        }
        world.secrets[name] = {street, mail, paid["order_id"], paid["checkout_id"], token, open_hold}
        world.shop.backend.drain()
    methods = _ok(world.people["shopper"].get("/v1/me/payment-methods"))["saved"]
    world.ids["method"] = methods[0]["id"]
    world.secrets["shopper"].add(methods[0]["id"])


def _fill_after(world: World) -> None:
    buyer = world.people["shopper"]
    hold = _hold(world, buyer, world.ids["sold_variant"], 3)
    body = {"hold_ids": [hold], "email": SHOPPER_MAIL, "address": {**ADDRESS, "line1": SHOPPER_STREET}}
    body["payment_method"] = {"token": "tok_approve"}
    fill_after(world, _ok(buyer.post("/v1/checkouts", body, headers={"Idempotency-Key": new_id("key")})))


def _hold(world: World, buyer: Visitor, variant: str, quantity: int = 1) -> str:
    body = {
        "show_id": world.ids["show"],
        "item_id": world.ids["item"],
        "variant_id": variant,
        "quantity": quantity,
        "source": "live",
    }
    return str(_ok(buyer.post("/v1/holds", body, headers={"Idempotency-Key": new_id("key")}))["id"])


def _fill_account(world: World, own: str) -> None:
    owner, shopper = world.people["owner"], world.people["shopper"]
    address = _ok(shopper.post("/v1/me/addresses", {**ADDRESS, "line1": SHOPPER_STREET}))
    [session] = _ok(shopper.get("/v1/me/sessions"))["items"]
    invitation = _ok(owner.post(f"{own}/invitations", {"email": "invited@example.com", "role": "host"}))
    world.ids |= {"address": address["id"], "session": session["id"], "invitation": invitation["id"]}
    world.secrets["shopper"] |= {address["id"], session["id"]}
    world.secrets["the organisation"] |= {invitation["id"], "invited@example.com"}


def _fill_operations(world: World) -> None:
    raw = world.shop.backend.raw
    raw.execute(
        "INSERT INTO kernel_dead_letters (id, subscription, key, position, event_type, attempts, error, dead_at)"
        " VALUES ('dlt_1', 'discovery.on_show_changed', 'shw_x', 1, 'shows.show_changed', 8, ?, 0)",
        (WHISPER,),
    )
    world.ids["letter"] = "dlt_1"
    world.secrets["the platform"] = {WHISPER, "dlt_1"}


def _fill_tickets(world: World) -> None:
    """What each may take into the room; and one of the other owner's room, where they may do everything."""
    for name, visitor in world.people.items():
        world.tickets[name] = str(_ok(visitor.post(f"/v1/shows/{world.ids['show']}/ticket", {}))["ticket"])
    bearer = {"Authorization": f"Bearer {world.tickets['guest']}"}
    entries = _ok(world.people["guest"].get(f"/v1/rooms/{world.ids['room']}/entries", headers=bearer))["entries"]
    [line] = [entry for entry in entries if entry["kind"] == "chat.line"]
    world.ids["chat_key"] = line["body"]["key"]
    other = world.people["other owner"]
    world.tickets["other room"] = str(_ok(other.post(f"/v1/shows/{world.ids['other_show']}/ticket", {}))["ticket"])


def _fill_people(world: World, stage: Stage) -> None:
    people = world.people
    world.ids |= {
        "second_item": stage.items[2],
        # The one who is invited, moved and sent away.
        "member": people["moderator"].person_id,
        "cohost_person": people["cohost"].person_id,
        "owner_person": people["owner"].person_id,
        "shopper_person": people["shopper"].person_id,
    }


def _ok(answer: httpx.Response) -> Any:
    assert answer.status_code < 300, (answer.request.method, answer.request.url, answer.text)
    return answer.json() if answer.content else None
