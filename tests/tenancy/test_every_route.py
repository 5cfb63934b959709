"""Nobody reads or changes what is not theirs: every route the web process mounts, knocked at by every part."""

from collections.abc import Mapping
from typing import Any

import httpx

from shopcast.kernel.ids import new_id
from tests.factories.tenancy import Visitor, routes_of
from tests.tenancy.doors import (
    MEMBERS,
    ORG,
    PARTS,
    SHOW,
    Opened,
    all_doors,
    managed_show_doors,
    on_private_show,
    rights_of_doors,
)
from tests.tenancy.world import World, all_routes

SAFE = ("GET", "HEAD")


def knock(world: World, part: str, door: Opened, **changes: Any) -> httpx.Response:
    """As a page of ours would, each time from the same state of everything."""
    world.put_back()
    headers = {"Idempotency-Key": new_id("key"), **dict(door.headers)}
    if door.with_ticket:
        headers["Authorization"] = f"Bearer {world.tickets[changes.pop('ticket', part)]}"
    # A visitor of each knock, so that signing out or in does not outlive it.
    known = world.people[part]
    visitor = Visitor(world.shop, known.language, httpx.Cookies(known.cookies), known.me)
    headers.update(changes.pop("headers", {}))
    return visitor.request(
        door.method, door.path, json=door.body, files=door.files, headers=headers, follow_redirects=False
    )


def refused(world: World, part: str, door: Opened, statuses: set[int], **changes: Any) -> None:
    """Answered so, with not one row changed."""
    answer = knock(world, part, door, **changes)
    assert answer.status_code in statuses, (part, door, answer.status_code, answer.text)
    assert world.changed_tables() == [], (part, door)


def told(world: World, part: str, door: Opened, answer: httpx.Response) -> list[str]:
    """The secrets of others that an answer holds and its own address did not."""
    found = []
    for whose, words in world.secrets.items():
        readers = {"the organisation": MEMBERS, "the platform": ("platform operator",)}.get(whose, (whose,))
        allowed = (*readers, *(door.may_read or {}).get(whose, ()))
        if whose == "the organisation" and part == "platform operator" and door.template == "/v1/audit":
            continue
        if part not in allowed:
            found += [word for word in words if word in answer.text and word not in door.path]
    return found


def test_every_route_has_a_door(world: World) -> None:
    doors = {(door.method, door.template) for door in all_doors(world.ids)}
    mounted = set(routes_of(all_routes()))
    assert mounted - doors == set(), "these routes have no door"
    assert doors - mounted == set(), "these doors have no route"


def test_every_part_gets_what_its_door_says(world: World) -> None:
    wrong = []
    for door in all_doors(world.ids):
        for part in PARTS:
            wanted = door.answers[part]
            answer = knock(world, part, door)
            if answer.status_code != wanted:
                wrong.append((part, door.method, door.path, wanted, answer.status_code, answer.text[:200]))
            if wanted >= 400 and (changed := world.changed_tables()):
                wrong.append((part, door.method, door.path, "changed", changed))
            if secrets := told(world, part, door, answer):
                wrong.append((part, door.method, door.path, "told", secrets))
    assert not wrong, "\n".join(map(str, wrong))


def test_a_private_show_does_not_exist_for_those_who_do_not_work_on_it(world: World) -> None:
    doors = rights_of_doors(managed_show_doors(world.ids))
    assert len(doors) == 33
    ids = world.ids
    for door, right in doors:
        path = door.path.replace(ids["show"], ids["private"]).replace(ids["item"], ids["private_item"])
        private = Opened(door.method, door.template, path, door.answers, door.body, door.files)
        for part, status in on_private_show(right).items():
            if status is not None:
                refused(world, part, private, {status})


def test_public_doors_of_a_private_show_are_shut(world: World) -> None:
    private = f"/v1/shows/{world.ids['private']}"
    paths = ("", "/express", "/moments", "/seek?item=1", "/search?q=kettle", "/requests", "/requests/mine")
    doors = [Opened("GET", path, f"{private}{path}", {}) for path in paths]
    doors.append(Opened("POST", "ticket", f"{private}/ticket", {}, {}))
    doors.append(Opened("POST", "requests", f"{private}/requests", {}, {"number": 1}))
    doors.append(Opened("GET", "clip", f"{private}/moments/{world.ids['moment']}/clip", {}))
    hold = {"show_id": world.ids["private"], "item_id": world.ids["private_item"], "source": "live"}
    doors.append(Opened("POST", "hold", "/v1/holds", {}, {**hold, "variant_id": world.ids["private_variant"]}))
    for door in doors:
        for part in ("guest", "other guest", "shopper", "other owner", "platform operator", "host", "cohost"):
            refused(world, part, door, {404, 409} if door.template == "hold" else {404})


MIXED: Mapping[str, str] = {ORG: "org", SHOW: "show"}


def test_an_own_address_opens_nothing_of_somebody_else(world: World) -> None:
    """The other owner puts their own organisation or show first and Victoria's thing behind it."""
    ids = world.ids
    tried = 0
    for door in all_doors(ids):
        own = next((name for template, name in MIXED.items() if door.template.startswith(f"{template}/")), None)
        if own is None or door.template.count("{") < 2:
            continue
        mixed = Opened(door.method, door.template, door.path.replace(ids[own], ids[f"other_{own}"]), {}, door.body)
        tried += 1
        refused(world, "other owner", mixed, {404})
    assert tried >= 12


def test_bodies_name_nothing_of_somebody_else(world: World) -> None:
    """Ids in a body are checked as those in an address are."""
    ids, other = world.ids, f"/v1/shows/{world.ids['other_show']}"
    own = f"/v1/organisations/{ids['other_org']}"
    bodies: list[tuple[str, str, Any]] = [
        ("POST", f"{other}/items", {"product_ids": [ids["product"]]}),
        ("POST", f"{other}/items/from-set", {"set_id": ids["set"]}),
        ("POST", f"{other}/items/order", {"ids": [ids["item"]]}),
        ("POST", f"{other}/pin", {"item_id": ids["item"]}),
        ("PUT", f"{other}/cues", [{"item_id": ids["item"]}]),
        ("POST", f"{other}/staff", {"person_id": ids["member"], "role": "assistant"}),
        ("POST", f"{own}/shelf-sets", {"name": "Mine", "show_id": ids["show"]}),
        ("POST", f"{own}/shelf-sets", {"name": "Mine", "show_id": ids["private"]}),
        ("POST", f"{own}/shows", {"title": "Mine", "host_person_id": ids["member"]}),
        ("PATCH", other, {"host_person_id": ids["member"]}),
        ("POST", "/v1/holds", {"variant_id": ids["private_variant"], "source": "list"}),
    ]
    for method, path, body in bodies:
        refused(world, "other owner", Opened(method, path, path, {}, body), {403, 404, 409, 422})


def test_a_ticket_opens_its_own_room_only(world: World) -> None:
    for door in all_doors(world.ids):
        if door.with_ticket:
            for ticket in ("other room",):
                refused(world, "other owner", door, {401, 403}, ticket=ticket)
            forged = world.tickets["guest"][:-2] + "AA"
            refused(world, "guest", door, {401, 403}, headers={"Authorization": f"Bearer {forged}"})
    private = f"/v1/rooms/{world.ids['private_room']}/chunks/{world.ids['second']}.json"
    refused(world, "guest", Opened("GET", private, private, {}), {401, 403, 404})


def test_unsafe_requests_need_proof_of_a_page_of_ours(world: World) -> None:
    """Without the header, with a wrong one, and from another site: refused for everybody, whatever their rights."""
    tried = 0
    for door in all_doors(world.ids):
        if door.method in SAFE or door.csrf_exempt or door.with_ticket:
            continue
        tried += 1
        for headers in (
            {"X-CSRF-Token": ""},
            {"X-CSRF-Token": "guess.signature"},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
        ):
            answer = knock(world, "owner", door, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (403, "csrf_refused"), (door, headers)
            assert world.total_changes == world.changes, door
    assert tried >= 60


def test_a_token_of_another_visitor_is_no_proof(world: World) -> None:
    other = world.people["other owner"].cookies["shopcast_csrf"]
    door = Opened("PATCH", "/v1/me", "/v1/me", {}, {"display_name": "Mallory"})
    refused(world, "owner", door, {403}, headers={"X-CSRF-Token": other})


def test_an_idempotency_key_is_its_own_principals(world: World) -> None:
    """Somebody else's key neither repeats nor reveals their answer."""
    key, wish = new_id("key"), {"variant_id": world.ids["sold_variant"], "source": "list"}
    body = {**wish, "show_id": world.ids["show"], "item_id": world.ids["item"]}
    first = world.people["guest"].post("/v1/holds", body, headers={"Idempotency-Key": key})
    again = world.people["guest"].post("/v1/holds", body, headers={"Idempotency-Key": key})
    other = world.people["other guest"].post("/v1/holds", body, headers={"Idempotency-Key": key})
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 201)
    assert first.json()["id"] == again.json()["id"] != other.json()["id"]


def test_who_left_the_organisation_has_left_its_shows_at_once(world: World) -> None:
    cohost, show = world.people["cohost"], f"/v1/shows/{world.ids['show']}"
    assert cohost.get(f"{show}/manage").status_code == 200
    gone = f"/v1/organisations/{world.ids['org']}/members/{cohost.person_id}"
    assert world.people["owner"].delete(gone).status_code == 204
    assert cohost.get(f"{show}/manage").status_code == 403
    assert cohost.post(f"{show}/cut").status_code == 403
    assert cohost.get(f"/v1/organisations/{world.ids['org']}").status_code == 404


def test_a_closed_session_opens_nothing(world: World) -> None:
    shopper = world.people["shopper"]
    kept = Visitor(world.shop, "en", httpx.Cookies(shopper.cookies), shopper.me)
    assert kept.get("/v1/me/addresses").status_code == 200
    assert kept.post("/v1/logout").status_code == 204
    stolen = Visitor(world.shop, "en", httpx.Cookies(shopper.cookies), shopper.me)
    assert stolen.get("/v1/me/addresses").status_code == 401
