"""Every route with what each part gets there. A new route without a door fails the test, and so does a wrong answer.

Parts, from nobody to everybody: guests; a shopper; the owner of another organisation; the members of Victoria's by
role (`host` works on no show, `cohost` on the one that is on air); its owner; the platform's operator, who is no
member of anything.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import urlencode

from tests.factories import START
from tests.factories.tenancy import PASSWORD
from tests.sales.support import ADDRESS
from tests.tenancy.drops import drop_for
from tests.tenancy.plans import subscription_for, wish_for
from tests.tenancy.world import CSV, PNG

GUESTS = ("guest", "other guest")
MEMBERS = ("owner", "manager", "operator", "assistant", "moderator", "host", "cohost")
STRANGERS = ("shopper", "other owner", "platform operator")
PARTS = (*GUESTS, *STRANGERS, *MEMBERS)

Right = Literal["manage", "run", "moderate"]
# Who has a right on every show of the organisation, and on the one that names the cohost.
HOLDERS: Mapping[Right, tuple[str, ...]] = {
    "manage": ("owner", "manager", "operator"),
    "run": ("owner", "manager", "operator", "assistant"),
    "moderate": ("owner", "manager", "operator", "assistant", "moderator"),
}


@dataclass(frozen=True)
class Opened:
    """One route, knocked at in one way; `answers` says what each part gets."""

    method: str
    template: str
    path: str
    answers: Mapping[str, int]
    body: Any = None
    files: Any = None
    # A room's ticket goes along instead of the cookies' word.
    with_ticket: bool = False
    # The parts that may read what is named here.
    may_read: Mapping[str, tuple[str, ...]] | None = None
    headers: tuple[tuple[str, str], ...] = ()
    # Signed by somebody else than a visitor, so that no page of ours needs to be open.
    csrf_exempt: bool = False


def _answers(default: int, *groups: tuple[Iterable[str], int]) -> dict[str, int]:
    found = dict.fromkeys(PARTS, default)
    for names, status in groups:
        found.update(dict.fromkeys(names, status))
    return found


def for_all(status: int = 200) -> dict[str, int]:
    return _answers(status)


def for_people(status: int = 200) -> dict[str, int]:
    """Everybody who has signed in, each their own."""
    return _answers(status, (GUESTS, 401))


def for_one(name: str, status: int = 200, guests: int = 404) -> dict[str, int]:
    """For anybody else it does not exist."""
    return _answers(404, (GUESTS, guests), ((name,), status))


def for_members(roles: Iterable[str], status: int = 200) -> dict[str, int]:
    """Members without the role are told so; for strangers it does not exist."""
    return _answers(404, (GUESTS, 401), (MEMBERS, 403), (roles, status))


def for_operators(status: int = 200) -> dict[str, int]:
    return _answers(403, (GUESTS, 401), (("platform operator",), status))


def on_show(right: Right, status: int = 200) -> dict[str, int]:
    """That a public show exists is no secret: others are told they may not."""
    holders = HOLDERS[right] if right == "manage" else (*HOLDERS[right], "cohost")
    return _answers(403, (GUESTS, 401), (holders, status))


def on_private_show(right: Right) -> dict[str, int | None]:
    """For all but those who work on it a private show does not exist. None: let in; what they find is another
    door's matter."""
    staff: dict[str, int | None] = dict.fromkeys(HOLDERS["moderate"], 403)
    let_in: dict[str, int | None] = dict.fromkeys(HOLDERS[right], None)
    return {**dict.fromkeys(PARTS, 404), **staff, **let_in}


_HOUSE = ("owner", "manager", "operator", "moderator")
ALL_MEMBERS, MANAGERS = MEMBERS, ("owner", "manager")
ORDER_PEOPLE = ("owner", "manager", "operator", "assistant")
SHOW, ORG = "/v1/shows/{show_id:str}", "/v1/organisations/{organisation_id:str}"


def all_doors(ids: Mapping[str, str]) -> list[Opened]:
    return [
        *_page_doors(ids),
        *_operation_doors(ids),
        *_account_doors(ids),
        *_organisation_doors(ids),
        *_catalogue_doors(ids),
        *_show_doors(ids),
        *managed_show_doors(ids),
        *_room_doors(ids),
        *_buying_doors(ids),
        *_selling_doors(ids),
        *_after_doors(ids),
        *_dispute_doors(ids),
        *_promotion_doors(ids),
        *_plan_doors(ids),
        *_drop_doors(ids),
    ]


def _page_doors(ids: Mapping[str, str]) -> list[Opened]:
    def page(template: str, path: str | None = None, status: int = 200) -> Opened:
        return Opened("GET", template, path or template, for_all(status))

    return [
        *(page(path) for path in ("/", "/search", "/login", "/register", "/reset", "/account", "/orders", "/console")),
        *(page(path) for path in ("/cart", "/standing", "/subscriptions", "/coupons", "/restrictions")),
        *(page(path) for path in ("/health/live", "/health/ready", "/favicon.svg", "/robots.txt")),
        page("/static/{name:path}", "/static/none.js", 404),
        page("/reset/{token:str}", "/reset/none"),
        page("/verify/{token:str}", "/verify/none"),
        page("/invitations/{token:str}", "/invitations/none"),
        page("/orders/{order_id:str}", f"/orders/{ids['guest_order']}"),
        page("/console/{rest:path}", "/console/shows"),
        page("/shows/{show_id:str}", f"/shows/{ids['show']}"),
        page("/shows/{show_id:str}/list", f"/shows/{ids['show']}/list"),
        Opened("GET", "/shows/{show_id:str}", f"/shows/{ids['private']}", _private_readers()),
        Opened("GET", "/shows/{show_id:str}/list", f"/shows/{ids['private']}/list", _private_readers()),
        page("/v1/home"),
        page("/v1/search", "/v1/search?q=scarf"),
        page("/images/{image_id:str}", f"/images/{ids['image']}"),
        page("/covers/{cover_id:str}", f"/covers/{ids['cover']}"),
        page("/test-provider/confirm/{token:str}", "/test-provider/confirm/none", 404),
        Opened(
            "POST",
            "/test-provider/confirm/{token:str}",
            "/test-provider/confirm/none",
            for_all(404),
            {"decision": "approve"},
            csrf_exempt=True,
        ),
    ]


def _private_readers() -> dict[str, int]:
    return _answers(404, (HOLDERS["moderate"], 200))


def _operation_doors(ids: Mapping[str, str]) -> list[Opened]:
    letter = f"/v1/operator/dead-letters/{ids['letter']}"
    return [
        Opened("GET", "/v1/health", "/v1/health", for_operators()),
        Opened("GET", "/v1/operator/dead-letters", "/v1/operator/dead-letters", for_operators()),
        Opened("POST", "/v1/operator/dead-letters/{letter_id:str}/replay", f"{letter}/replay", for_operators(204)),
        Opened("POST", "/v1/operator/dead-letters/{letter_id:str}/discard", f"{letter}/discard", for_operators(204)),
        Opened("GET", "/v1/operator/jobs", "/v1/operator/jobs", for_operators()),
        Opened("POST", "/v1/operator/jobs/{job_id:str}/retry", "/v1/operator/jobs/job_none/retry", for_operators(404)),
        Opened("GET", "/v1/operator/inbox", "/v1/operator/inbox", for_operators()),
        Opened("GET", "/v1/operator/outbox", "/v1/operator/outbox", for_operators()),
        Opened(
            "POST",
            "/v1/operator/webhooks/{provider:str}/{delivery_id:str}/replay",
            "/v1/operator/webhooks/test/none/replay",
            for_operators(404),
        ),
        Opened(
            "POST", "/v1/operator/outbox/{call_id:str}/retry", "/v1/operator/outbox/cal_none/retry", for_operators(404)
        ),
    ]


def _account_doors(ids: Mapping[str, str]) -> list[Opened]:
    session, address = f"/v1/me/sessions/{ids['session']}", f"/v1/me/addresses/{ids['address']}"
    found = {"kind": "host", "name": "Second", "country": "DE", "currency": "EUR"}
    changed = {"current": PASSWORD, "new": "another fine password"}
    wrong = {"email": "victoria@example.com", "password": "not her password"}
    taken = {"email": "victoria@example.com", "password": PASSWORD, "display_name": "Eve"}
    return [
        Opened("GET", "/v1/me", "/v1/me", for_all()),
        Opened("PATCH", "/v1/me", "/v1/me", for_people(), {"language": "zh"}),
        Opened("POST", "/v1/me/password", "/v1/me/password", for_people(204), changed),
        Opened("GET", "/v1/me/sessions", "/v1/me/sessions", for_people()),
        Opened("DELETE", "/v1/me/sessions/{session_id:str}", session, for_one("shopper", 204, guests=401)),
        Opened("GET", "/v1/me/addresses", "/v1/me/addresses", for_people()),
        Opened("POST", "/v1/me/addresses", "/v1/me/addresses", for_people(201), {**ADDRESS, "line1": "Any Street"}),
        Opened("DELETE", "/v1/me/addresses/{address_id:str}", address, for_one("shopper", 204, guests=401)),
        Opened("GET", "/v1/me/host-profile", "/v1/me/host-profile", for_people()),
        Opened("PUT", "/v1/me/host-profile", "/v1/me/host-profile", for_people(), {"bio": "Hello"}),
        Opened("POST", "/v1/verify-email", "/v1/verify-email", for_people(202)),
        Opened("POST", "/v1/verify-email/{token:str}", "/v1/verify-email/none", for_all(410)),
        Opened("POST", "/v1/password-reset", "/v1/password-reset", for_all(202), {"email": "nobody@example.com"}),
        Opened(
            "POST",
            "/v1/password-reset/{token:str}",
            "/v1/password-reset/none",
            for_all(410),
            {"password": PASSWORD},
        ),
        Opened("POST", "/v1/login", "/v1/login", for_all(401), wrong),
        Opened("POST", "/v1/register", "/v1/register", for_all(409), taken),
        Opened("POST", "/v1/logout", "/v1/logout", for_all(204)),
        Opened("POST", "/v1/organisations", "/v1/organisations", for_people(201), found),
        Opened("POST", "/v1/invitations/{token:str}/accept", "/v1/invitations/none/accept", for_people(410)),
    ]


def _organisation_doors(ids: Mapping[str, str]) -> list[Opened]:
    own = f"/v1/organisations/{ids['org']}"
    invitation = f"{ORG}/invitations/{{invitation_id:str}}"
    member = f"{ORG}/members/{{person_id:str}}"
    audit = _answers(404, (GUESTS, 401), (MEMBERS, 403), (MANAGERS, 200), (("platform operator",), 200))
    invite = {"email": "new@example.com", "role": "assistant"}
    read = {"guest": MANAGERS, "shopper": MANAGERS}
    return [
        Opened("GET", ORG, own, for_members(ALL_MEMBERS)),
        Opened("PATCH", ORG, own, for_members(MANAGERS), {"name": "Renamed"}),
        Opened("GET", f"{ORG}/members", f"{own}/members", for_members(ALL_MEMBERS)),
        Opened("PATCH", member, f"{own}/members/{ids['member']}", for_members(MANAGERS, 204), {"role": "host"}),
        # Only an owner makes owners: a manager who could would be one.
        Opened("PATCH", member, f"{own}/members/{ids['member']}", for_members(("owner",), 204), {"role": "owner"}),
        # Members may leave by themselves, and only managers send others away.
        Opened("DELETE", member, f"{own}/members/{ids['member']}", for_members((*MANAGERS, "moderator"), 204)),
        Opened("GET", f"{ORG}/invitations", f"{own}/invitations", for_members(MANAGERS)),
        Opened("POST", f"{ORG}/invitations", f"{own}/invitations", for_members(MANAGERS, 201), invite),
        Opened(
            "POST",
            f"{ORG}/invitations",
            f"{own}/invitations",
            for_members(("owner",), 201),
            {**invite, "role": "owner"},
        ),
        Opened("DELETE", invitation, f"{own}/invitations/{ids['invitation']}", for_members(MANAGERS, 204)),
        # Operators of the platform see every trail: that is their work.
        Opened("GET", "/v1/audit", f"/v1/audit?organisation_id={ids['org']}", audit),
        Opened("GET", "/v1/audit", "/v1/audit", _answers(403, (GUESTS, 401), (("platform operator",), 200))),
        Opened("GET", f"{ORG}/balance", f"{own}/balance", for_members(MANAGERS), may_read=read),
        Opened("GET", "/v1/hosts/{person_id:str}", f"/v1/hosts/{ids['owner_person']}", for_all()),
        # Somebody who only buys has no public page.
        Opened("GET", "/v1/hosts/{person_id:str}", f"/v1/hosts/{ids['shopper_person']}", for_all(404)),
    ]


def _catalogue_doors(ids: Mapping[str, str]) -> list[Opened]:
    own = f"/v1/organisations/{ids['org']}"
    product, variant = "/v1/products/{product_id:str}", "/v1/variants/{variant_id:str}"
    made = {"title": "New", "variants": [{"price_minor": 1}]}
    run = f"/v1/imports/{ids['import']}"
    return [
        Opened("GET", f"{ORG}/products", f"{own}/products", for_members(ALL_MEMBERS)),
        Opened("POST", f"{ORG}/products", f"{own}/products", for_members(MANAGERS, 201), made),
        Opened("GET", product, f"/v1/products/{ids['product']}", for_members(ALL_MEMBERS)),
        Opened("PATCH", product, f"/v1/products/{ids['product']}", for_members(MANAGERS), {"title": "Cap"}),
        Opened("PATCH", variant, f"/v1/variants/{ids['variant']}", for_members(MANAGERS), {"price_minor": 1}),
        Opened(
            "POST",
            f"{product}/image",
            f"/v1/products/{ids['product']}/image",
            for_members(MANAGERS),
            files={"file": ("p.png", PNG, "image/png")},
        ),
        Opened(
            "POST",
            f"{ORG}/imports",
            f"{own}/imports",
            for_members(MANAGERS, 202),
            files={"file": ("p.csv", CSV, "text/csv")},
        ),
        Opened("GET", f"{ORG}/imports", f"{own}/imports", for_members(ALL_MEMBERS)),
        Opened("GET", "/v1/imports/{import_id:str}", run, for_members(ALL_MEMBERS)),
        Opened("GET", "/v1/imports/{import_id:str}/problems", f"{run}/problems", for_members(ALL_MEMBERS)),
    ]


def _show_doors(ids: Mapping[str, str]) -> list[Opened]:
    """What everybody may do at a public show, each for themselves."""
    show = f"/v1/shows/{ids['show']}"
    clip = f"{SHOW}/moments/{{moment_id:str}}/clip"
    return [
        Opened("GET", "/v1/shows", "/v1/shows?state=live", for_all()),
        Opened("GET", SHOW, show, for_all()),
        Opened("GET", f"{SHOW}/express", f"{show}/express", for_all()),
        Opened("POST", f"{SHOW}/ticket", f"{show}/ticket", for_all(201), {}),
        Opened("GET", f"{SHOW}/moments", f"{show}/moments", for_all()),
        Opened("GET", clip, f"{show}/moments/{ids['moment']}/clip", for_all(302)),
        Opened("GET", f"{SHOW}/seek", f"{show}/seek?item=1", for_all()),
        # A hidden item keeps its number; what it is is told to those who work on the show.
        Opened("GET", f"{SHOW}/seek", f"{show}/seek?item=3", for_all()),
        Opened("GET", f"{SHOW}/search", f"{show}/search?q=christmas", for_all()),
        Opened("GET", f"{SHOW}/requests", f"{show}/requests", for_all()),
        Opened("GET", f"{SHOW}/requests/mine", f"{show}/requests/mine", for_all()),
        Opened("POST", f"{SHOW}/requests", f"{show}/requests", for_all(201), {"number": 1}),
        Opened("GET", f"{SHOW}/followers", f"{show}/followers", for_all()),
        Opened("PUT", f"{SHOW}/followers", f"{show}/followers", for_people(204), {"kind": "host"}),
        Opened("GET", "/v1/me/follows", "/v1/me/follows", for_people()),
        *(
            Opened(
                method,
                "/v1/me/follows/{kind:str}/{subject_id:str}",
                f"/v1/me/follows/organisation/{ids['org']}",
                for_people(204),
            )
            for method in ("DELETE", "PUT")
        ),
    ]


def managed_show_doors(ids: Mapping[str, str]) -> list[Opened]:
    own, show = f"/v1/organisations/{ids['org']}", f"/v1/shows/{ids['show']}"
    later = (START + timedelta(hours=3)).isoformat()
    item, moment = f"{SHOW}/items/{{item_id:str}}", f"{SHOW}/moments/{{moment_id:str}}"

    def post(verb: str, right: Right, status: int = 200, body: Any = None) -> Opened:
        return Opened("POST", f"{SHOW}/{verb}", f"{show}/{verb}", on_show(right, status), body)

    return [
        Opened(
            "POST",
            f"{ORG}/shows",
            f"{own}/shows",
            for_members(("owner", "manager", "operator", "host", "cohost"), 201),
            {"title": "Another", "starts_at": later},
        ),
        # Members without a right on all shows see those they work on.
        Opened("GET", f"{ORG}/shows", f"{own}/shows", for_members(ALL_MEMBERS)),
        Opened("PATCH", SHOW, show, on_show("manage"), {"title": "Renamed"}),
        Opened("GET", f"{SHOW}/manage", f"{show}/manage", on_show("moderate")),
        post("stream-key", "manage", 201),
        # It is on air: who may is told that it can't be done now.
        post("schedule", "manage", 409),
        post("rehearse", "run", 409),
        post("go-live", "run", 409),
        post("end", "run"),
        post("cut", "run"),
        post("uncut", "run"),
        post("take-over", "run"),
        Opened("GET", f"{SHOW}/chat/export", f"{show}/chat/export", on_show("moderate")),
        post("items", "manage", 201, {"product_ids": [ids["product"]]}),
        post("items/from-set", "manage", 201, {"set_id": ids["set"]}),
        Opened("PATCH", item, f"{show}/items/{ids['item']}", on_show("manage"), {"claim": "New"}),
        Opened("DELETE", item, f"{show}/items/{ids['hidden_item']}", on_show("manage", 204)),
        post("items/order", "manage", 204, {"ids": [ids["hidden_item"], ids["item"], ids["second_item"]]}),
        Opened("GET", f"{ORG}/shelf-sets", f"{own}/shelf-sets", for_members(ALL_MEMBERS)),
        Opened(
            "POST",
            f"{ORG}/shelf-sets",
            f"{own}/shelf-sets",
            for_members(HOLDERS["manage"], 201),
            {"name": "Mine", "show_id": ids["show"]},
        ),
        Opened(
            "DELETE",
            f"{ORG}/shelf-sets/{{set_id:str}}",
            f"{own}/shelf-sets/{ids['set']}",
            for_members(HOLDERS["manage"], 204),
        ),
        post("pin", "run", 200, {"number": 1}),
        post("unpin", "run", 204),
        Opened("PUT", f"{SHOW}/cues", f"{show}/cues", on_show("manage"), [{"item_id": ids["item"]}]),
        post("cues/advance", "run"),
        post("cues/back", "run", 409),
        Opened("GET", f"{SHOW}/staff", f"{show}/staff", on_show("moderate")),
        Opened("GET", f"{SHOW}/bans", f"{show}/bans", on_show("moderate")),
        post("bans", "moderate", 201, {"key": ids["chat_key"], "reason": "Shouted"}),
        Opened("DELETE", f"{SHOW}/bans/{{ban_id:str}}", f"{show}/bans/ban_none", on_show("moderate", 404)),
        *(
            Opened(method, f"{ORG}/muted-words", f"{own}/muted-words", for_members(_HOUSE, status), body)
            for method, status, body in (("GET", 200, None), ("PUT", 204, {"words": [{"word": "rude"}]}))
        ),
        post("staff", "manage", 200, {"person_id": ids["member"], "role": "assistant"}),
        Opened(
            "DELETE",
            f"{SHOW}/staff/{{person_id:str}}",
            f"{show}/staff/{ids['cohost_person']}",
            on_show("manage", 204),
        ),
        post("redactions", "manage", 201, {"from_ms": int(ids["from_ms"]), "to_ms": int(ids["to_ms"])}),
        Opened(
            "DELETE",
            f"{SHOW}/redactions/{{redaction_id:str}}",
            f"{show}/redactions/{ids['redaction']}",
            on_show("manage", 204),
        ),
        Opened(
            "POST",
            f"{moment}/export",
            f"{show}/moments/{ids['moment']}/export",
            on_show("moderate", 202),
            {"format": "mp4"},
        ),
        Opened(
            "POST",
            f"{SHOW}/cover",
            f"{show}/cover",
            on_show("manage"),
            files={"file": ("c.png", PNG, "image/png")},
        ),
        Opened("GET", f"{SHOW}/numbers", f"{show}/numbers", on_show("moderate")),
        Opened("GET", f"{SHOW}/numbers.csv", f"{show}/numbers.csv", on_show("moderate")),
        Opened("GET", "/v1/exports/{export_id:str}", f"/v1/exports/{ids['export']}", for_one("owner")),
        Opened("GET", "/v1/exports/{export_id:str}/file", f"/v1/exports/{ids['export']}/file", for_one("owner")),
    ]


def rights_of_doors(doors: Sequence[Opened]) -> list[tuple[Opened, Right]]:
    """The doors of a show with the right each needs, read off who is let in."""
    found: list[tuple[Opened, Right]] = []
    rights: tuple[Right, ...] = ("manage", "run", "moderate")
    for door in doors:
        for right in rights:
            opened = {part for part, status in door.answers.items() if status not in (401, 403)}
            named = set(HOLDERS[right]) | (set() if right == "manage" else {"cohost"})
            if door.template.startswith(SHOW) and opened == named:
                found.append((door, right))
    return found


def _room_doors(ids: Mapping[str, str]) -> list[Opened]:
    """The ticket decides, not the cookies."""
    room, template = f"/v1/rooms/{ids['room']}", "/v1/rooms/{room_id:str}"
    moderates = (*HOLDERS["moderate"], "cohost")

    def moderator(method: str, verb: str, body: Any = None, status: int = 204) -> Opened:
        answers = _answers(403, (moderates, status))
        return Opened(method, f"{template}/{verb}", f"{room}/{verb}", answers, body, with_ticket=True)

    chunk = f"chunks/{ids['second']}.json"
    return [
        Opened("GET", f"{template}/entries", f"{room}/entries", for_all(), with_ticket=True),
        Opened("GET", f"{template}/private", f"{room}/private", for_all(), with_ticket=True),
        Opened("GET", f"{template}/chunks/{{name:str}}", f"{room}/{chunk}", for_all()),
        Opened("POST", f"{template}/chat", f"{room}/chat", for_all(201), {"text": "hello"}, with_ticket=True),
        moderator("POST", "hides", {"seq": int(ids["seq"])}),
        Opened(
            "DELETE",
            f"{template}/hides/{{seq:int}}",
            f"{room}/hides/{ids['seq']}",
            _answers(403, (moderates, 204)),
            with_ticket=True,
        ),
        moderator("POST", "mutes", {"key": ids["chat_key"], "seconds": 60}),
        moderator("PUT", "mode", {"slow_mode_s": 10}),
        moderator("GET", "mode", status=200),
        moderator("POST", "hides/many", {"seqs": [int(ids["seq"])]}, 200),
        moderator("PUT", "pin", {"seq": int(ids["seq"])}),
        moderator("GET", "queue", status=200),
        moderator("POST", "queue/decisions", {"ids": ["cas_none"], "decision": "let"}, 404),
        Opened("GET", f"{template}/snapshot", f"{room}/snapshot", for_all()),
        Opened("POST", f"{template}/beacons", f"{room}/beacons", for_all(), with_ticket=True),
        Opened(
            "POST",
            f"{template}/reports",
            f"{room}/reports",
            for_all(204),
            {"seq": int(ids["seq"]), "reason": "spam"},
            with_ticket=True,
        ),
    ]


def _buying_doors(ids: Mapping[str, str]) -> list[Opened]:
    order, checkout, hold = (
        "/v1/orders/{order_id:str}",
        "/v1/checkouts/{checkout_id:str}",
        "/v1/holds/{hold_id:str}",
    )
    wish = {
        "show_id": ids["show"],
        "item_id": ids["item"],
        "variant_id": ids["sold_variant"],
        "quantity": 1,
        "source": "live",
    }
    retry = {"payment_method": {"token": "tok_approve"}}
    doors = [
        Opened("POST", "/v1/holds", "/v1/holds", for_all(201), wish),
        Opened("GET", "/v1/holds", "/v1/holds", for_all()),
        Opened("GET", "/v1/quote", f"/v1/quote?variant_id={ids['sold_variant']}&country=DE", for_all()),
        Opened("GET", "/v1/me/payment-methods", "/v1/me/payment-methods", for_all()),
        Opened(
            "DELETE",
            "/v1/me/payment-methods/{method_id:str}",
            f"/v1/me/payment-methods/{ids['method']}",
            for_one("shopper", 204),
        ),
        Opened("GET", "/v1/orders", "/v1/orders", for_all()),
        Opened("GET", "/v1/cart", "/v1/cart", for_all()),
        Opened("PUT", "/v1/cart", "/v1/cart", for_all(), {"country": "DE"}),
        *(
            Opened(method, "/v1/operator/exchange-rates", "/v1/operator/exchange-rates", for_operators(), body)
            for method, body in (
                ("GET", None),
                ("PUT", {"source": "a bank", "rates": [{"base": "EUR", "quote": "USD", "rate": "1.1"}]}),
            )
        ),
        Opened(
            "POST",
            "/v1/webhooks/payments/{provider:str}",
            "/v1/webhooks/payments/test",
            for_all(404),
            {"id": "evt", "type": "payment.captured"},
            csrf_exempt=True,
        ),
        Opened("POST", "/v1/me/payment-methods", "/v1/me/payment-methods", for_all(422), {"token": ""}),
        Opened(
            "GET",
            "/v1/me/payment-methods/setups/{setup_id:str}",
            "/v1/me/payment-methods/setups/set_none",
            for_all(404),
        ),
        Opened("GET", "/v1/me/mandates", "/v1/me/mandates", for_all()),
        Opened("DELETE", "/v1/me/mandates/{mandate_id:str}", "/v1/me/mandates/mdt_none", for_all(404)),
        Opened("POST", "/v1/webhooks/stripe", "/v1/webhooks/stripe", for_all(404), {}, csrf_exempt=True),
        Opened(
            "POST",
            "/v1/webhooks/payments/{provider:str}",
            "/v1/webhooks/payments/none",
            for_all(404),
            {},
            csrf_exempt=True,
        ),
    ]
    for buyer in ("shopper", "guest"):
        own_hold, own_order = f"/v1/holds/{ids[f'{buyer}_hold']}", f"/v1/orders/{ids[f'{buyer}_order']}"
        own_checkout = f"/v1/checkouts/{ids[f'{buyer}_checkout']}"
        pay = {
            "hold_ids": [ids[f"{buyer}_hold"]],
            "email": "any@example.com",
            "address": ADDRESS,
            **retry,
        }
        doors += [
            Opened("GET", hold, own_hold, for_one(buyer)),
            Opened("DELETE", hold, own_hold, for_one(buyer, 204)),
            Opened("POST", "/v1/checkouts", "/v1/checkouts", for_one(buyer), pay),
            Opened("GET", checkout, own_checkout, for_one(buyer)),
            # Paid already: that is told to nobody else.
            Opened("POST", f"{checkout}/retry", f"{own_checkout}/retry", for_one(buyer, 409), retry),
            Opened("GET", order, own_order, for_one(buyer)),
            Opened("GET", f"{order}/receipt.pdf", f"{own_order}/receipt.pdf", for_one(buyer)),
            Opened("PATCH", f"{order}/address", f"{own_order}/address", for_one(buyer), {**ADDRESS, "line1": "New"}),
            Opened("POST", f"{order}/again", f"{own_order}/again", for_one(buyer)),
            Opened("POST", f"{order}/cancel", f"{own_order}/cancel", for_one(buyer)),
        ]
    return [*doors, *_linked_doors(ids)]


def _linked_doors(ids: Mapping[str, str]) -> list[Opened]:
    """A guest's link opens the order for whoever holds it, and no other order."""
    order = "/v1/orders/{order_id:str}"
    linked = f"/v1/orders/{ids['guest_order']}"
    crossed = f"/v1/orders/{ids['shopper_order']}"
    read = {"guest": PARTS}
    token = f"?token={ids['guest_token']}"
    return [
        Opened("GET", order, f"{linked}{token}", for_all(), may_read=read),
        Opened("GET", f"{order}/receipt.pdf", f"{linked}/receipt.pdf{token}", for_all(), may_read=read),
        Opened("GET", order, f"{crossed}{token}", for_one("shopper")),
        Opened("POST", f"{order}/cancel", f"{crossed}/cancel{token}", for_one("shopper")),
        Opened("GET", order, f"{linked}?token={'x' * 43}", for_one("guest")),
    ]


def _selling_doors(ids: Mapping[str, str]) -> list[Opened]:
    own = f"/v1/organisations/{ids['org']}"
    order = f"{ORG}/orders/{{order_id:str}}"
    sold = f"{own}/orders/{ids['guest_order']}"
    policy = {
        "ships_from": "DE",
        "tax_mode": "inclusive",
        "zones": [{"countries": ["DE"], "first_minor": 1, "additional_minor": 0, "days_min": 1, "days_max": 2}],
    }
    read = {"guest": ORDER_PEOPLE, "shopper": ORDER_PEOPLE}
    return [
        Opened("GET", f"{ORG}/orders", f"{own}/orders", for_members(ORDER_PEOPLE), may_read=read),
        Opened("GET", order, sold, for_members(ORDER_PEOPLE), may_read=read),
        Opened("POST", f"{order}/pack", f"{sold}/pack", for_members(ORDER_PEOPLE), may_read=read),
        Opened("GET", f"{order}/receipt.pdf", f"{sold}/receipt.pdf", for_members(ORDER_PEOPLE), may_read=read),
        Opened("POST", f"{order}/resend-link", f"{sold}/resend-link", for_members(ORDER_PEOPLE, 204), may_read=read),
        Opened("POST", f"{order}/cancel/preview", f"{sold}/cancel/preview", for_members(MANAGERS), {}, may_read=read),
        Opened("POST", f"{order}/refund/preview", f"{sold}/refund/preview", for_members(MANAGERS), {}, may_read=read),
        Opened("POST", f"{order}/refund", f"{sold}/refund", for_members(MANAGERS), may_read=read),
        # Where a seller ships and at what price is what shoppers ask first.
        Opened("GET", f"{ORG}/selling-policy", f"{own}/selling-policy", for_all()),
        Opened("PUT", f"{ORG}/selling-policy", f"{own}/selling-policy", for_members(MANAGERS), policy),
    ]


def _after_doors(ids: Mapping[str, str]) -> list[Opened]:
    own, order = f"/v1/organisations/{ids['org']}", f"{ORG}/orders/{{order_id:str}}"
    sold, sent = f"{own}/orders/{ids['guest_order']}", f"{own}/orders/{ids['sent_order']}"
    shipment, parcel = f"{order}/shipments/{{shipment_id:str}}", f"{sent}/shipments/{ids['shipment']}"
    bought = f"/v1/orders/{ids['sent_order']}"
    returned, returns = "/v1/returns/{return_id:str}", f"{ORG}/returns"
    asked, approved = f"/v1/returns/{ids['requested']}", f"/v1/returns/{ids['approved']}"
    line = {"line_id": ids["sent_line"], "quantity": 1}
    item = ids["return_item"]
    packers, managers, shopper = for_members(ORDER_PEOPLE), for_members(MANAGERS), for_one("shopper")
    read = {"guest": ORDER_PEOPLE, "shopper": ORDER_PEOPLE}

    def of_seller(method: str, template: str, path: str, answers: Mapping[str, int], body: Any = None) -> Opened:
        return Opened(method, template, path, answers, body, may_read=read)

    def of_return(verb: str, return_id: str, answers: Mapping[str, int], body: Any = None) -> Opened:
        path = f"{own}/returns/{return_id}/{verb}"
        return of_seller("POST", f"{returns}/{{return_id:str}}/{verb}", path, answers, body)

    return [
        of_seller("GET", f"{ORG}/pick-list", f"{own}/pick-list", packers),
        of_seller("GET", f"{ORG}/pick-list.csv", f"{own}/pick-list.csv", packers),
        of_seller("GET", f"{order}/progress", f"{sent}/progress", packers),
        of_seller("POST", f"{order}/shipments", f"{sold}/shipments", for_members(ORDER_PEOPLE, 201), {}),
        of_seller("PATCH", shipment, parcel, packers, {"carrier": "DHL", "tracking_number": "2"}),
        of_seller("POST", f"{shipment}/delivered", f"{parcel}/delivered", packers),
        # Units of it are on their way back, so it did leave.
        of_seller("POST", f"{shipment}/undo", f"{parcel}/undo", for_members(ORDER_PEOPLE, 409)),
        of_seller("GET", f"{shipment}/packing-slip.pdf", f"{parcel}/packing-slip.pdf", packers),
        of_seller("GET", f"{shipment}/label.pdf", f"{parcel}/label.pdf", packers),
        of_seller("POST", f"{order}/cancel", f"{sent}/cancel", for_members(MANAGERS, 409), {}),
        Opened("GET", "/v1/orders/{order_id:str}/progress", f"{bought}/progress", shopper),
        Opened("GET", "/v1/orders/{order_id:str}/returnable", f"{bought}/returnable", shopper),
        Opened("GET", "/v1/orders/{order_id:str}/returns", f"{bought}/returns", shopper),
        Opened(
            "POST",
            "/v1/orders/{order_id:str}/returns",
            f"{bought}/returns",
            for_one("shopper", 201),
            {"lines": [{**line, "cause": "size"}]},
        ),
        Opened("POST", "/v1/orders/{order_id:str}/withdrawal", f"{bought}/withdrawal", for_one("shopper", 201), {}),
        Opened("GET", returned, asked, shopper),
        Opened("POST", f"{returned}/cancel", f"{asked}/cancel", shopper),
        Opened(
            "POST",
            f"{returned}/photos",
            f"{asked}/photos",
            for_one("shopper", 201),
            files={"file": ("p.png", PNG, "image/png")},
        ),
        # Buyer and team.
        Opened(
            "GET",
            f"{returned}/photos/{{photo_id:str}}",
            f"{asked}/photos/{ids['photo']}",
            _answers(404, (MEMBERS, 403), (ORDER_PEOPLE, 200), (("shopper",), 200)),
        ),
        Opened("GET", f"{returned}/label.pdf", f"{approved}/label.pdf", shopper),
        of_seller("GET", returns, f"{own}/returns", packers),
        of_seller("GET", f"{returns}/{{return_id:str}}", f"{own}/returns/{ids['requested']}", packers),
        of_return("approve", ids["requested"], packers, {}),
        of_return("reject", ids["requested"], packers, {}),
        of_return("label", ids["approved"], packers, {}),
        of_seller(
            "GET", f"{returns}/{{return_id:str}}/label.pdf", f"{own}/returns/{ids['approved']}/label.pdf", packers
        ),
        of_return("receive", ids["approved"], packers, {"items": [{"item_id": item, "received": 1}]}),
        # Nothing has arrived yet.
        of_return(
            "inspect",
            ids["approved"],
            for_members(ORDER_PEOPLE, 409),
            {"items": [{"item_id": item, "accepted": 1, "restock": 1}]},
        ),
        of_return("refund", ids["approved"], for_members(MANAGERS, 409), {}),
        of_return(
            "exchange",
            ids["approved"],
            for_members(MANAGERS, 409),
            {"item_id": item, "variant_id": ids["sold_variant"], "quantity": 1},
        ),
        Opened("GET", f"{ORG}/return-rules", f"{own}/return-rules", packers),
        Opened("PUT", f"{ORG}/return-rules", f"{own}/return-rules", managers, {"approval": "automatic"}),
    ]


def _dispute_doors(ids: Mapping[str, str]) -> list[Opened]:
    own = f"/v1/organisations/{ids['org']}"
    disputes, dispute = f"{ORG}/disputes", f"{ORG}/disputes/{{dispute_id:str}}"
    mistakes, mistake = f"{ORG}/price-mistakes", f"{ORG}/price-mistakes/{{mistake_id:str}}"
    told, wrong = f"{own}/disputes/{ids['dispute']}", f"{own}/price-mistakes/{ids['mistake']}"
    packers, managers = for_members(ORDER_PEOPLE), for_members(MANAGERS)
    read = {"guest": ORDER_PEOPLE, "shopper": ORDER_PEOPLE}
    span = {"variant_id": ids["sold_variant"], "from_at": ids["from_at"], "to_at": ids["to_at"]}
    query = urlencode({**span, "wrong_price_minor": 1000})
    corrected = {**span, "wrong_price_minor": 1000, "remedy": "honour", "stop_item": False}
    evidence = f"{own}/orders/{ids['guest_order']}/evidence.zip"
    return [
        Opened("GET", disputes, f"{own}/disputes", packers, may_read=read),
        Opened("GET", dispute, told, packers, may_read=read),
        Opened("GET", f"{dispute}/evidence.zip", f"{told}/evidence.zip", packers, may_read=read),
        Opened("GET", f"{ORG}/orders/{{order_id:str}}/evidence.zip", evidence, packers, may_read=read),
        Opened("POST", f"{dispute}/submit", f"{told}/submit", managers, {}, may_read=read),
        Opened("POST", f"{dispute}/accept", f"{told}/accept", managers, may_read=read),
        Opened("GET", f"{mistakes}/affected", f"{own}/price-mistakes/affected?{query}", managers, may_read=read),
        Opened("GET", mistakes, f"{own}/price-mistakes", managers),
        Opened("POST", mistakes, f"{own}/price-mistakes", for_members(MANAGERS, 201), corrected),
        Opened("GET", mistake, wrong, managers),
        Opened("POST", f"{mistake}/undo", f"{wrong}/undo", managers),
    ]


def moved(door: Opened, **changes: str) -> Opened:
    """The same door with other ids in its address: `moved(door, old=new)` by what is in the path now."""
    path = door.path
    for old, new in changes.items():
        path = path.replace(old, new)
    return replace(door, path=path)


def _promotion_doors(ids: Mapping[str, str]) -> list[Opened]:
    every, one = f"{ORG}/promotions", f"{ORG}/promotions/{{promotion_id:str}}"
    all_of_them = f"/v1/organisations/{ids['org']}/promotions"
    path = f"{all_of_them}/{ids['promotion']}"
    ten_percent = {"type": "percent", "basis_points": 1000}
    made = {"name": "Ten", "lane": "coupon", "needs": "claim", "benefit": ten_percent}
    tried = {"lines": [{"variant_id": ids["variant"]}]}
    claim = "/v1/promotions/{promotion_id:str}/claim"
    on_show = {"show_id": ids["show"]}
    return [
        Opened("GET", every, all_of_them, for_members(ORDER_PEOPLE)),
        Opened("POST", every, all_of_them, for_members(MANAGERS, 201), made),
        Opened("POST", f"{every}/preview", f"{all_of_them}/preview", for_members(ORDER_PEOPLE), tried),
        Opened("GET", one, path, for_members(ORDER_PEOPLE)),
        Opened("PATCH", one, path, for_members(MANAGERS), {"name": "Renamed"}),
        *(
            Opened("POST", f"{one}/{verb}", f"{path}/{verb}", for_members(MANAGERS))
            for verb in ("pause", "resume", "end")
        ),
        Opened("POST", f"{one}/show_on_screen", f"{path}/show_on_screen", for_members(MANAGERS), on_show),
        # Codes are money to whoever reads them.
        Opened("GET", f"{one}/codes", f"{path}/codes", for_members(MANAGERS)),
        Opened("POST", f"{one}/codes", f"{path}/codes", for_members(MANAGERS, 201), {"count": 1}),
        Opened("DELETE", f"{one}/codes/{{code:str}}", f"{path}/codes/VICTORIA", for_members(MANAGERS, 204)),
        Opened("POST", claim, f"/v1/promotions/{ids['claimable']}/claim", for_all()),
        # A promotion with a code is nothing to be taken.
        Opened("POST", claim, f"/v1/promotions/{ids['promotion']}/claim", for_all(404)),
        Opened("GET", "/v1/me/coupons", "/v1/me/coupons", for_all()),
    ]


def _plan_doors(ids: Mapping[str, str]) -> list[Opened]:
    return [
        *_standing_doors(ids),
        *_subscription_doors(ids),
        *_chat_order_doors(ids),
        *_restriction_doors(ids),
    ]


def _standing_doors(ids: Mapping[str, str]) -> list[Opened]:
    every, one = "/v1/standing-orders", "/v1/standing-orders/{standing_id:str}"
    waits = {**wish_for(ids), "with_mandate": False, "kind": "restock", "quantity": 10}
    # Somebody else's card does not exist; without one there is nothing to agree to.
    with_card = {"wish": wish_for(ids), "payment_method_id": None}
    own = f"/v1/organisations/{ids['org']}"
    return [
        Opened("GET", every, every, for_all()),
        Opened("POST", f"{every}/preview", f"{every}/preview", for_all(200), waits),
        # Nobody has named a card; the shopper waits for it already.
        Opened("POST", every, every, {**for_all(422), "shopper": 409}, {**with_card, "email": "any@example.com"}),
        Opened("DELETE", one, f"{every}/{ids['standing']}", for_one("shopper", 204)),
        Opened("GET", f"{ORG}/waitlist", f"{own}/waitlist", for_members(ALL_MEMBERS)),
    ]


def _subscription_doors(ids: Mapping[str, str]) -> list[Opened]:
    every, one = "/v1/subscriptions", "/v1/subscriptions/{subscription_id:str}"
    path = f"{every}/{ids['subscription']}"
    own = f"/v1/organisations/{ids['org']}"
    offer = f"{ORG}/products/{{product_id:str}}/subscription-offer"
    own_offer = f"{own}/products/{ids['subscribed']}/subscription-offer"
    public = "/v1/products/{product_id:str}/subscription-offer"
    start = {"wish": subscription_for(ids), "consent_text": "yes"}
    return [
        Opened("GET", public, f"/v1/products/{ids['subscribed']}/subscription-offer", for_all()),
        Opened("GET", every, every, for_all()),
        Opened("POST", f"{every}/preview", f"{every}/preview", for_all(200), subscription_for(ids)),
        # Other words than those of the preview start nothing.
        Opened("POST", every, every, for_all(409), start),
        Opened("GET", one, path, for_one("shopper")),
        Opened("GET", one, f"{path}?token={'x' * 43}", for_one("shopper")),
        # The first delivery is being paid, so nothing can be skipped, changed or resumed; only who may ask is told.
        Opened("POST", f"{one}/skip", f"{path}/skip", for_one("shopper", 409)),
        Opened("POST", f"{one}/skip", f"{path}/skip?token={'x' * 43}", for_one("shopper", 409)),
        Opened("POST", f"{one}/stop", f"{path}/stop", for_one("shopper")),
        Opened("POST", f"{one}/stop", f"{path}/stop?token={'x' * 43}", for_one("shopper")),
        Opened("POST", f"{one}/resume", f"{path}/resume", for_one("shopper", 409), {}),
        Opened("POST", f"{one}/change/preview", f"{path}/change/preview", for_one("shopper"), {}),
        Opened("POST", f"{one}/change", f"{path}/change", for_one("shopper", 409), {"terms": {}, "consent_text": "x"}),
        Opened("GET", offer, own_offer, for_members(ALL_MEMBERS)),
        Opened("PUT", offer, own_offer, for_members(MANAGERS), {"interval_days": [7]}),
        Opened(
            "GET",
            f"{ORG}/subscriptions",
            f"{own}/subscriptions",
            for_members(ORDER_PEOPLE),
            may_read={"shopper": ORDER_PEOPLE},
        ),
    ]


def _chat_order_doors(ids: Mapping[str, str]) -> list[Opened]:
    template, path = f"{ORG}/chat-orders", f"/v1/organisations/{ids['org']}/chat-orders"
    show, on = f"{SHOW}/chat-orders", f"/v1/shows/{ids['show']}/chat-orders"
    return [
        Opened("GET", template, path, for_members(ALL_MEMBERS)),
        Opened("PUT", template, path, for_members(MANAGERS), {"enabled": True}),
        # Whether comments order is what shoppers ask.
        Opened("GET", show, on, for_all()),
        Opened("PUT", show, on, on_show("run"), {"enabled": False}),
        Opened("GET", f"{show}/list", f"{on}/list", on_show("run")),
    ]


def _restriction_doors(ids: Mapping[str, str]) -> list[Opened]:
    every, one = f"{ORG}/restrictions", f"{ORG}/restrictions/{{restriction_id:str}}"
    path = f"/v1/organisations/{ids['org']}/restrictions"
    set_one = f"{path}/{ids['restriction']}"
    read = {"shopper": MANAGERS}
    again = {"order_id": ids["guest_order"], "words": "Never paid"}
    return [
        Opened("GET", "/v1/me/restrictions", "/v1/me/restrictions", for_all()),
        Opened(
            "POST",
            "/v1/me/restrictions/{restriction_id:str}/appeal",
            f"/v1/me/restrictions/{ids['restriction']}/appeal",
            for_one("shopper", 204),
            {"text": "It was the wind"},
        ),
        Opened("GET", every, path, for_members(MANAGERS), may_read=read),
        Opened("POST", every, path, for_members(MANAGERS, 201), again, may_read=read),
        Opened("POST", f"{one}/lift", f"{set_one}/lift", for_members(MANAGERS), {}, may_read=read),
        # There is no appeal to refuse yet; only managers are told.
        Opened("POST", f"{one}/uphold", f"{set_one}/uphold", for_members(MANAGERS, 409), {"words": "No"}),
    ]


def _drop_doors(ids: Mapping[str, str]) -> list[Opened]:
    show, one, drop = f"/v1/shows/{ids['show']}", "/v1/drops/{drop_id:str}", f"/v1/drops/{ids['drop']}"
    fewer = {"lines": [{"variant_id": ids["sold_variant"], "quantity": 0}]}
    return [
        Opened("GET", f"{SHOW}/allocations", f"{show}/allocations", on_show("run")),
        # The seller sets, who runs the show lowers: that is open to all of them.
        Opened("PUT", f"{SHOW}/allocations", f"{show}/allocations", on_show("run"), fewer),
        Opened("GET", f"{SHOW}/drops", f"{show}/drops", for_all()),
        Opened("POST", f"{SHOW}/drops", f"{show}/drops", for_members(MANAGERS, 201), drop_for(ids)),
        Opened("PATCH", one, drop, for_members(MANAGERS), {"price_minor": 2}),
        Opened("DELETE", one, drop, for_members(MANAGERS, 204)),
        Opened("POST", f"{one}/start", f"{drop}/start", on_show("run")),
        Opened("POST", f"{one}/lower", f"{drop}/lower", on_show("run"), {"quantity": 0}),
        # Nothing runs yet that could be ended.
        Opened("POST", f"{one}/end", f"{drop}/end", on_show("run", 409)),
    ]
