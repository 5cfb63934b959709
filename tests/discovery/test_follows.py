"""Following a host or a house: counted, listed, taken back, and never found by trying ids."""

import pytest

from shopcast.discovery.follows import follow as module
from shopcast.rooms import verify_ticket
from tests.shows.stage import Stage


def followed(stage: Stage, visitor: object) -> dict[str, tuple[int, bool]]:
    rows = visitor.get(f"{stage.path}/followers").json()  # type: ignore[attr-defined]  # a Visitor
    return {row["kind"]: (row["followers"], row["following"]) for row in rows}


def follow(stage: Stage, visitor: object, kind: str = "host") -> int:
    answer = visitor.request("PUT", f"{stage.path}/followers", json={"kind": kind})  # type: ignore[attr-defined]
    return int(answer.status_code)


def test_followers_are_counted_once_and_let_go(stage: Stage) -> None:
    ann, ben, guest = stage.shop.registered("ann"), stage.shop.registered("ben"), stage.shop.visitor()
    assert followed(stage, guest) == {"host": (0, False), "organisation": (0, False)}
    for _ in range(2):
        assert follow(stage, ann) == 204
    assert follow(stage, ben) == 204
    assert follow(stage, ann, "organisation") == 204
    assert followed(stage, ann) == {"host": (2, True), "organisation": (1, True)}
    assert followed(stage, ben) == {"host": (2, True), "organisation": (1, False)}
    assert followed(stage, guest) == {"host": (2, False), "organisation": (1, False)}
    mine = ann.get("/v1/me/follows").json()["items"]
    assert {(one["kind"], one["followers"]) for one in mine} == {("host", 2), ("organisation", 1)}
    assert all(one["name"] for one in mine)
    house = next(one for one in mine if one["kind"] == "organisation")
    path = f"/v1/me/follows/organisation/{house['subject_id']}"
    for _ in range(2):
        assert ann.delete(path).status_code == 204
    assert followed(stage, ann)["organisation"] == (0, False)
    # Taken back.
    assert ann.request("PUT", path).status_code == 204
    assert followed(stage, ann)["organisation"] == (1, True)


def test_guests_sign_in_first_and_ids_lead_nowhere(stage: Stage) -> None:
    guest, ann = stage.shop.visitor(), stage.shop.registered("ann")
    assert follow(stage, guest) == 401
    assert guest.get("/v1/me/follows").status_code == 401
    assert follow(stage, ann, "enemy") in (400, 422)
    assert ann.request("PUT", f"/v1/me/follows/host/{ann.person_id}").status_code == 404
    assert ann.request("PUT", "/v1/me/follows/organisation/org_none").status_code == 404
    stage.owner.patch(stage.path, {"visibility": "private"})
    assert follow(stage, ann) == 404
    assert stage.shop.backend.rows("SELECT count(*) FROM discovery_follow") == [(0,)]


def test_the_list_is_paged_and_bounded(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = stage.shop.registered("ann")
    follow(stage, ann)
    stage.advance(1)
    follow(stage, ann, "organisation")
    first = ann.get("/v1/me/follows?limit=1").json()
    second = ann.get(f"/v1/me/follows?limit=1&cursor={first['next_cursor']}").json()
    assert [one["kind"] for one in (*first["items"], *second["items"])] == ["organisation", "host"]
    assert second.get("next_cursor") is None
    monkeypatch.setattr(module, "FOLLOWS_LIMIT", 2)
    ben = stage.shop.registered("ben")
    monkeypatch.setattr(module, "FOLLOWS_LIMIT", 1)
    assert follow(stage, ben) == 204
    refused = ben.request("PUT", f"{stage.path}/followers", json={"kind": "organisation"})
    assert (refused.status_code, refused.json()["code"]) == (409, "discovery.too_many_follows")


@pytest.mark.parametrize("kind", ["host", "organisation"])
def test_the_next_ticket_says_that_its_person_follows(stage: Stage, kind: str) -> None:
    ann, guest = stage.shop.registered("ann"), stage.shop.visitor()
    for visitor, expected in ((ann, False), (guest, False)):
        assert visitor.post(f"{stage.path}/ticket").json()["follows"] is expected
    follow(stage, ann, kind)
    answer = ann.post(f"{stage.path}/ticket").json()
    now = stage.shop.backend.clock.now()
    ticket = verify_ticket(stage.shop.backend.settings.secret, answer["ticket"], now)
    assert (answer["follows"], ticket.follows) == (True, True)
