"""Who gets through which door of a show, and as whom into its room."""

import io

import pytest

from shopcast.rooms import verify_ticket
from shopcast.shows.http import ROUTES
from tests.factories.tenancy import Door, Shop, check_doors, owned, public
from tests.shows.stage import Stage, open_stage

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


def staff_only(method: str, template: str, path: str, *, owner: int = 200, body: object = None) -> Door:
    """A private show: for everybody who does not work on it, it does not exist."""
    return Door(method, template, path, owner, 404, 404, 404, body)


def test_nobody_reads_or_changes_a_private_show(shop: Shop) -> None:
    stage = open_stage(shop, visibility="private", title="Wisteria evening")
    stage.add("Scarf", "Lamp", "Bowl")
    stage.live()
    stage.owner.request("PUT", f"{stage.path}/cues", json=[{"script": "one"}, {"script": "two"}])
    moment = stage.pin(2)
    stage.advance(30)
    stage.unpin()
    redaction = stage.do("redactions", {"from_ms": stage.now_ms - 60_000, "to_ms": stage.now_ms - 29_500})["id"]
    bert = stage.join("bert", "host")
    stage.do("staff", {"person_id": bert.person_id, "role": "moderator"})
    org = f"/v1/organisations/{stage.owner.organisation_id}"
    org_template = "/v1/organisations/{organisation_id:str}"
    saved = stage.owner.post(f"{org}/shelf-sets", {"name": "Autumn", "show_id": stage.show_id}).json()["id"]
    second = stage.owner.post(f"{org}/shelf-sets", {"name": "Winter", "show_id": stage.show_id}).json()["id"]
    show, path = "/v1/shows/{show_id:str}", stage.path
    scarf = stage.products["Scarf"]["id"]
    order = [stage.items[3], stage.items[1], stage.items[2]]
    cover = Door("POST", f"{show}/cover", f"{path}/cover", 200, 404, 404, 404, None, {"file": ("a.png", PNG)})
    doors = [
        public("GET", "/v1/shows", "/v1/shows"),
        staff_only("GET", show, path),
        staff_only("GET", f"{show}/express", f"{path}/express"),
        staff_only("POST", f"{show}/ticket", f"{path}/ticket", owner=201),
        staff_only("GET", f"{show}/moments", f"{path}/moments"),
        staff_only("GET", f"{show}/seek", f"{path}/seek?item=2"),
        staff_only("GET", f"{show}/search", f"{path}/search?q=lamp"),
        staff_only("GET", f"{show}/requests", f"{path}/requests"),
        staff_only("GET", f"{show}/requests/mine", f"{path}/requests/mine"),
        staff_only("POST", f"{show}/requests", f"{path}/requests", owner=201, body={"number": 2}),
        staff_only("PATCH", show, path, body={"category": "home"}),
        staff_only("GET", f"{show}/manage", f"{path}/manage"),
        staff_only("POST", f"{show}/stream-key", f"{path}/stream-key", owner=201),
        staff_only("GET", f"{show}/chat/export", f"{path}/chat/export"),
        staff_only("POST", f"{show}/items", f"{path}/items", owner=201, body={"product_ids": [scarf]}),
        staff_only("POST", f"{show}/items/from-set", f"{path}/items/from-set", owner=201, body={"set_id": saved}),
        staff_only("DELETE", show + "/items/{item_id:str}", f"{path}/items/{stage.items[3]}", owner=204),
        staff_only("PATCH", show + "/items/{item_id:str}", f"{path}/items/{stage.items[1]}", body={"claim": "Warm"}),
        staff_only("POST", f"{show}/items/order", f"{path}/items/order", owner=409, body={"ids": order}),
        staff_only("POST", f"{show}/pin", f"{path}/pin", body={"number": 1}),
        staff_only("POST", f"{show}/unpin", f"{path}/unpin", owner=204),
        staff_only("PUT", f"{show}/cues", f"{path}/cues", body=[{"script": "one"}, {"script": "two"}]),
        staff_only("POST", f"{show}/cues/advance", f"{path}/cues/advance"),
        staff_only("POST", f"{show}/cues/back", f"{path}/cues/back", owner=409),
        staff_only("GET", f"{show}/bans", f"{path}/bans"),
        staff_only("POST", f"{show}/bans", f"{path}/bans", owner=404, body={"key": "nobody"}),
        staff_only("DELETE", show + "/bans/{ban_id:str}", f"{path}/bans/ban_none", owner=404),
        staff_only("GET", f"{show}/staff", f"{path}/staff"),
        staff_only("POST", f"{show}/staff", f"{path}/staff", body={"person_id": bert.person_id, "role": "assistant"}),
        staff_only("DELETE", show + "/staff/{person_id:str}", f"{path}/staff/{bert.person_id}", owner=204),
        staff_only(
            "POST",
            f"{show}/redactions",
            f"{path}/redactions",
            owner=201,
            body={"from_ms": stage.now_ms - 25_000, "to_ms": stage.now_ms - 24_000},
        ),
        staff_only("DELETE", show + "/redactions/{redaction_id:str}", f"{path}/redactions/{redaction}", owner=204),
        staff_only(
            "POST",
            show + "/moments/{moment_id:str}/export",
            f"{path}/moments/{moment}/export",
            owner=202,
            body={"format": "mp4"},
        ),
        staff_only("POST", f"{show}/take-over", f"{path}/take-over"),
        staff_only("POST", f"{show}/cut", f"{path}/cut"),
        staff_only("POST", f"{show}/uncut", f"{path}/uncut"),
        staff_only("POST", f"{show}/schedule", f"{path}/schedule", owner=409),
        staff_only("POST", f"{show}/rehearse", f"{path}/rehearse", owner=409),
        staff_only("POST", f"{show}/go-live", f"{path}/go-live", owner=409),
        cover,
        staff_only("POST", f"{show}/end", f"{path}/end"),
        # The clip plays elsewhere, where no application of ours answers in this test.
        staff_only("GET", show + "/moments/{moment_id:str}/clip", f"{path}/moments/{moment}/clip", owner=404),
        public("GET", "/covers/{cover_id:str}", "/covers/cov_unknown", status=404),
        owned("GET", f"{org_template}/shows", f"{org}/shows"),
        owned("POST", f"{org_template}/shows", f"{org}/shows", owner=201, body={"title": "Another"}),
        owned("GET", f"{org_template}/muted-words", f"{org}/muted-words"),
        owned("PUT", f"{org_template}/muted-words", f"{org}/muted-words", owner=204, body={"words": []}),
        owned("GET", f"{org_template}/shelf-sets", f"{org}/shelf-sets"),
        owned(
            "POST",
            f"{org_template}/shelf-sets",
            f"{org}/shelf-sets",
            owner=201,
            body={"name": "Spring", "show_id": stage.show_id},
        ),
        owned("DELETE", org_template + "/shelf-sets/{set_id:str}", f"{org}/shelf-sets/{second}", owner=204),
    ]
    shop.routes = ROUTES
    visitors = {
        "guest": shop.visitor(),
        "stranger": shop.registered("eve"),
        "operator": shop.registered("oscar", account="shopper"),
        "owner": stage.owner,
    }
    check_doors(shop, doors, visitors, [stage.show_id, "Wisteria", scarf])  # type: ignore[arg-type]


def test_an_unlisted_show_is_open_to_who_has_its_link(stage: Stage) -> None:
    stage.owner.patch(stage.path, {"visibility": "unlisted"})
    guest = stage.shop.visitor()
    assert guest.get(stage.path).status_code == 200
    assert guest.get("/v1/shows?state=upcoming").json()["items"] == []
    stage.live()
    assert guest.get("/v1/shows?state=live").json()["items"] == []
    stage.owner.patch(stage.path, {"visibility": "public"})
    assert len(guest.get("/v1/shows?state=live").json()["items"]) == 1


def test_a_public_show_is_managed_by_its_people_only(stage: Stage) -> None:
    stage.live()
    eve, guest = stage.shop.registered("eve"), stage.shop.visitor()
    for verb, body in [("pin", {"number": 1}), ("end", None), ("cut", None), ("stream-key", None)]:
        assert stage.refused(verb, body, by=eve) == (403, "forbidden")
        assert stage.refused(verb, body, by=guest) == (401, "unauthenticated")
    assert eve.get(f"{stage.path}/manage").status_code == 403
    assert stage.state() == "live"
    assert stage.page()["on_air"] is None


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("moderator", {"manage", "chat/export"}),
        ("assistant", {"manage", "chat/export", "pin", "cues"}),
        ("cohost", {"manage", "chat/export", "pin", "cues"}),
        ("operator", {"manage", "chat/export", "pin", "cues", "edit"}),
    ],
)
def test_staff_does_what_its_role_says(stage: Stage, role: str, allowed: set[str]) -> None:
    bert = stage.join("bert", "host")
    stage.live()
    stage.owner.request("PUT", f"{stage.path}/cues", json=[{"script": "one"}])
    assert bert.get(f"{stage.path}/manage").status_code == 403
    assert bert.get(f"/v1/organisations/{stage.owner.organisation_id}/shows").json()["items"] == []
    stage.do("staff", {"email": "bert@example.com", "role": role})
    tried = {
        "manage": bert.get(f"{stage.path}/manage").status_code,
        "chat/export": bert.get(f"{stage.path}/chat/export").status_code,
        "pin": bert.post(f"{stage.path}/pin", {"number": 1}).status_code,
        "cues": bert.post(f"{stage.path}/cues/advance").status_code,
        "edit": bert.patch(stage.path, {"category": "home"}).status_code,
    }
    assert {name for name, status in tried.items() if status == 200} == allowed
    assert {status for name, status in tried.items() if name not in allowed} <= {403}
    own = bert.get(f"/v1/organisations/{stage.owner.organisation_id}/shows").json()["items"]
    assert [show["id"] for show in own] == [stage.show_id]
    # Taken off the show, everything ends at once.
    assert stage.owner.delete(f"{stage.path}/staff/{bert.person_id}").status_code == 204
    assert bert.get(f"{stage.path}/manage").status_code == 403


def test_staff_are_members_and_the_host_stays(stage: Stage) -> None:
    stage.shop.registered("eve", account="shopper")
    assert stage.refused("staff", {"email": "eve@example.com", "role": "moderator"}) == (404, "shows.staff_unknown")
    assert stage.refused("staff", {"email": "x@example.com", "role": "moderator"}) == (404, "shows.staff_unknown")
    own = {"person_id": stage.owner.person_id, "role": "moderator"}
    assert stage.refused("staff", own) == (409, "shows.host_needed")
    answer = stage.owner.delete(f"{stage.path}/staff/{stage.owner.person_id}")
    assert (answer.status_code, answer.json()["code"]) == (409, "shows.host_needed")
    listed = stage.owner.get(f"{stage.path}/staff").json()["items"]
    assert [(member["display_name"], member["role"]) for member in listed] == [("Anna", "host")]


# --- tickets --------------------------------------------------------------------------------------------------------


def test_tickets_say_who_comes_and_what_they_may(stage: Stage) -> None:
    secret, backend = stage.shop.backend.settings.secret, stage.shop.backend

    def ticket(answer: dict[str, str]) -> tuple[str, str, tuple[str, ...]]:
        verified = verify_ticket(secret, answer["ticket"], backend.clock.now())
        assert verified.room_id == stage.show["room_id"] == answer["room_id"]
        return verified.name, verified.role, verified.rights

    guest = stage.shop.visitor()
    plain = guest.post(f"{stage.path}/ticket").json()
    name, role, rights = ticket(plain)
    assert name.startswith("Guest ")
    assert len(name) == 9
    assert (role, rights) == ("viewer", ("chat",))
    assert plain["ws_url"] == f"{backend.settings.public_rooms_url}/ws/rooms"
    # The same guest has the same name, another guest another, a Chinese one a Chinese one.
    assert ticket(guest.post(f"{stage.path}/ticket").json())[0] == name
    assert ticket(stage.shop.visitor("zh").post(f"{stage.path}/ticket").json())[0].startswith("访客 ")
    assert ticket(guest.post(f"{stage.path}/ticket", {"name": " Mia\u202e "}).json())[0] == "Mia"
    assert ticket(stage.owner.post(f"{stage.path}/ticket").json()) == ("Anna", "host", ("chat", "moderate", "staff"))
    moderator = stage.join("mona", "moderator")
    assert ticket(moderator.post(f"{stage.path}/ticket").json()) == ("Mona", "moderator", ("chat", "moderate", "staff"))
    eve = stage.shop.registered("eve")
    assert ticket(eve.post(f"{stage.path}/ticket", {"name": "Anna"}).json()) == ("Eve", "viewer", ("chat",))


@pytest.mark.parametrize("name", ["Anna", "ANNA", "an na", "Ａｎｎａ", "x" * 25, "\u200b"])
def test_guests_may_not_pass_for_the_host(stage: Stage, name: str) -> None:
    answer = stage.shop.visitor().post(f"{stage.path}/ticket", {"name": name})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


def test_a_page_in_a_loop_is_held(stage: Stage) -> None:
    guest = stage.shop.visitor()
    statuses = [guest.post(f"{stage.path}/ticket").status_code for _ in range(31)]
    assert statuses == [201] * 30 + [429]


# --- pictures and chat ----------------------------------------------------------------------------------------------


def test_a_cover_is_a_picture(stage: Stage) -> None:
    def upload(content: bytes) -> tuple[int, str | None]:
        answer = stage.owner.request("POST", f"{stage.path}/cover", files={"file": ("a.png", io.BytesIO(content))})
        return answer.status_code, answer.json().get("code")

    assert upload(PNG) == (200, None)
    guest = stage.shop.visitor()
    first = stage.page(guest)["cover_url"]
    answer = guest.get(first)
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, PNG, "image/png")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert upload(b"<svg onload='alert(1)'>") == (422, "shows.picture_unusable")
    assert stage.page(guest)["cover_url"] == first
    assert upload(PNG + b"2") == (200, None)
    assert stage.page(guest)["cover_url"] != first
    # The one before is gone.
    assert guest.get(first).status_code == 404
    assert guest.get("/covers/..%2f..%2fsecret").status_code == 404


def test_the_chat_leaves_as_csv(stage: Stage) -> None:
    stage.live()
    stage.say("gst_1", "=HYPERLINK(1)", name="@evil")
    stage.say("gst_2", "你好, #7 pls")
    answer = stage.owner.get(f"{stage.path}/chat/export")
    assert answer.headers["content-disposition"] == f'attachment; filename="chat-{stage.show_id}.csv"'
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert "'=HYPERLINK(1)" in lines[1]
    assert '"你好, #7 pls"' in lines[2]
    assert "gst_1" not in answer.text


def test_what_was_done_is_on_record(stage: Stage) -> None:
    stage.live()
    stage.do("cut")
    rows = stage.shop.backend.rows(
        "SELECT action FROM kernel_audit WHERE subject_id = ? ORDER BY at, id", stage.show_id
    )
    actions = [action for (action,) in rows]
    assert actions == [
        "shows.create_show",
        "shows.schedule_show",
        "shows.add_items",
        "shows.go_live",
        "shows.cut_show",
    ]
