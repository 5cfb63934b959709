"""The whole story through the doors, on a fresh database: from the seller's file to the second that sold it."""

import time

import httpx
import pytest

from tests.support.encoder import TALL
from tests.support.people import ADDRESS, Json, Person, Refusal
from tests.support.playlists import played_seconds, read_playlist
from tests.support.room import Seat
from tests.support.serve import Serve
from tests.support.stage import CATALOGUES, Market, Stage, links_in, mails_to
from tests.support.waiting import eventually

# What is shown for less than two seconds counts as a slip and makes no chapter.
EXPLAINED_S = 2.3


def test_an_evening_from_the_sellers_file_to_the_second_that_sold_it(fresh_serve: Serve) -> None:
    _importing_again_changes_nothing(fresh_serve)
    market = Market(fresh_serve)
    stage = market.stage(title="Autumn at home")
    _the_run_of_show_warns_of_a_wrong_price(stage)
    ada, ben = Person(fresh_serve, language="en"), Person(fresh_serve, language="zh")
    with stage.published() as encoder:
        _a_rehearsal_is_seen_by_staff_only(stage, ada)
        stage.do("go-live")
        with Seat(ada, stage.id, "Ada") as first, Seat(ben, stage.id, "小本") as second:
            moment = stage.pin(3)
            assert first.entry("item.pinned")["body"] == second.entry("item.pinned")["body"]
            assert first.entry("item.pinned")["body"]["moment_id"] == moment
            _both_languages_ask_for_seven(stage, first, second)
            time.sleep(EXPLAINED_S)
            stage.pin(7)
            assert first.private("request.on_air", number=7)["body"]["item_id"] == stage.card(7)["id"]
            second.private("request.on_air", number=7)
            order = _a_guest_buys_with_one_form(stage, ada)
            _who_bought_before_buys_with_two_calls(stage, ada)
            time.sleep(EXPLAINED_S)
            stage.do("unpin")
            answered = first.private("request.answered", number=7)["body"]
            assert ada.http.get(answered["clip_url"]).status_code == 302
            encoder.drop()
            first.entry("show.state", state="interrupted")
            with stage.published(TALL):
                first.entry("show.state", state="live")
                time.sleep(2.0)
                ended_at = time.monotonic()
                stage.do("end")
                first.entry("show.state", state="replay")
    _the_replay_is_there(stage, ada, ended_at)
    _the_order_keeps_everything(stage, ada, order)
    _a_restart_keeps_everything(fresh_serve, stage, ada, order)


def _importing_again_changes_nothing(serve: Serve) -> None:
    seller = Person(serve).register("seller", "Iris")
    first = seller.import_catalogue(CATALOGUES / "home-and-garden.csv")
    assert (first["state"], first["products_created"], first["variants_created"]) == ("done", 20, 21)
    before = seller.products()
    again = seller.import_catalogue(CATALOGUES / "home-and-garden.csv")
    assert (again["state"], again["products_unchanged"], again["variants_unchanged"]) == ("done", 20, 21)
    assert seller.products() == before
    broken = seller.import_catalogue(CATALOGUES / "broken.csv")
    problems = seller.get(f"/v1/imports/{broken['id']}/problems", limit=100)["items"]
    assert broken["state"] == "done"
    assert len(problems) == broken["problems_count"] > 0
    comma = next(problem for problem in problems if problem["value"] == "12,50")
    assert (comma["line"], comma["column"], comma["code"]) == (5, "Variant Price", "price_not_a_number")


def _the_run_of_show_warns_of_a_wrong_price(stage: Stage) -> None:
    seven, light = stage.card(7), stage.card(1)
    right = {"amount_minor": seven["price_minor"], "currency": "EUR"}
    wrong = {"amount_minor": light["price_minor"] - 1000, "currency": "EUR"}
    stage.seller.patch(f"{stage.path}/items/{seven['id']}", {"claim": "Filled with millet"})
    cues = [
        {"item_id": light["id"], "minutes": 2, "script": "Switch it on.", "price_said": wrong},
        {"item_id": seven["id"], "minutes": 3, "script": "Sit on it.", "price_said": right},
    ]
    written = stage.seller.put(f"{stage.path}/cues", cues)["items"]
    assert [cue["position"] for cue in written] == sorted(cue["position"] for cue in written)
    (warning,) = stage.manage()["warnings"]
    configured = {"amount_minor": light["price_minor"], "currency": "EUR"}
    assert (warning["number"], warning["said"], warning["prices"]) == (1, wrong, [configured])


def _a_rehearsal_is_seen_by_staff_only(stage: Stage, viewer: Person) -> None:
    assert stage.page(viewer)["playback"] is None
    stage.do("rehearse")
    stage.pin(2)
    page = stage.page(viewer)
    assert (page["state"], page["playback"], page["on_air"]) == ("scheduled", None, None)
    preview = stage.manage()["playback"]["live_url"]
    assert read_playlist(preview).durations_s is not None
    stage.do("unpin")


def _both_languages_ask_for_seven(stage: Stage, first: Seat, second: Seat) -> None:
    assert first.say("hello from Lisbon")["t"] == "ack"
    assert second.entry("chat.line", text="hello from Lisbon")["body"]["name"] == "Ada"
    assert first.say("could you try number seven?")["t"] == "ack"
    placed = first.private("request.placed", number=7)["body"]
    assert placed["place"] == 1
    assert placed["eta_s"] > 0
    assert second.say("试一下7号")["t"] == "ack"
    assert second.private("request.placed", number=7)["body"]["place"] == 1
    seven = stage.card(7)["id"]
    first.wait(lambda frame: _wanted_by(frame, seven) == 2, "7 wanted by two")
    (row,) = stage.seller.get(f"{stage.path}/requests")["items"]
    assert (row["number"], row["count"], row["place"]) == (7, 2, 1)


def _wanted_by(frame: Json, item_id: str) -> int:
    if frame["t"] != "frames":
        return 0
    tops = [entry["body"]["top"] for entry in frame["entries"] if entry["kind"] == "requests"]
    return next((row["count"] for top in tops for row in top if row["item_id"] == item_id), 0)


def _a_guest_buys_with_one_form(stage: Stage, guest: Person) -> Json:
    # Pictures are a second or two behind: what sold it was said after the pin in the guest's eyes, too.
    time.sleep(1.2)
    card = stage.card(7)
    media_at_ms, opened_at_ms = round(time.time() * 1000) - 400, round(time.time() * 1000) - 900
    hold = guest.hold(stage.id, card, media_at_ms=media_at_ms, opened_at_ms=opened_at_ms)
    assert hold["price"] == {"amount_minor": card["price_minor"], "currency": "EUR"}
    assert stage.card(7)["left"] == card["left"] - 1
    paid = guest.pay(hold, email="ada@example.test", address=ADDRESS, save=True)
    assert paid["state"] == "paid"
    assert paid["totals"]["total"] == hold["totals"]["total"]
    mail = eventually(lambda: mails_to(stage.serve, "ada@example.test"), what="the receipt's mail")[0]
    assert paid["order_url"] in links_in(mail)
    return {**paid, "media_at_ms": media_at_ms, "opened_at_ms": opened_at_ms, "card": card}


def _who_bought_before_buys_with_two_calls(stage: Stage, guest: Person) -> None:
    paid = guest.pay(guest.hold(stage.id, stage.card(5)), token=None)
    assert paid["state"] == "paid"
    assert guest.get("/v1/orders")["items"][0]["id"] == paid["order_id"]


def _the_replay_is_there(stage: Stage, guest: Person, ended_at: float) -> None:
    page = stage.page(guest)
    assert page["state"] == "replay"
    replay = eventually(lambda: _finished(page["playback"]["replay_url"]), within_s=10, what="the replay")
    assert time.monotonic() - ended_at < 10
    # Both encoders are in it, at their own sizes.
    assert replay.discontinuities == 1
    assert played_seconds(page["playback"]["replay_url"]) == pytest.approx(replay.seconds, abs=0.5)
    chapters = guest.get(f"{stage.path}/moments")["items"]
    assert [chapter["number"] for chapter in chapters] == [3, 7]
    seven = chapters[1]
    # A clip widens to the key frames around it, which are a segment apart at most.
    wanted_s = (seven["to_ms"] - seven["from_ms"]) / 1000
    assert wanted_s <= read_playlist(seven["clip_url"]).seconds <= wanted_s + 4
    assert played_seconds(seven["clip_url"]) > 2
    sought = guest.get(f"{stage.path}/seek", item=7)
    assert (sought["moment"]["id"], sought["playback"], sought["card"]["number"]) == (seven["id"], "replay", 7)
    hits = guest.get(f"{stage.path}/search", q="beanbag")
    assert ([card["number"] for card in hits["items"]], [hit["number"] for hit in hits["moments"]]) == ([7], [7])
    found = eventually(lambda: guest.get("/v1/search", q="beanbag")["items"], what="the item over all shows")
    assert stage.id in str(found)


def _finished(url: str) -> Json:
    playlist = read_playlist(url)
    return playlist if playlist.ended and playlist.seconds > 5 else None


def _the_order_keeps_everything(stage: Stage, guest: Person, bought: Json) -> None:
    card = bought["card"]
    order = guest.get(f"/v1/orders/{bought['order_id']}")
    assert (order["state"], order["email"], order["totals"]) == ("paid", "ada@example.test", bought["totals"])
    assert {**order["address"], **ADDRESS} == order["address"]
    (line,) = order["lines"]
    price = {"amount_minor": card["price_minor"], "currency": "EUR"}
    assert (line["title"], line["number"], line["quantity"]) == (card["title"], 7, 1)
    assert (line["price_shown"], line["amount"], line["lowest_30d"]) == (price, price, price)
    assert (line["host_opened_name"], line["host_placed_name"]) == ("Mira", "Mira")
    assert (line["show_id"], line["item_id"]) == (stage.id, card["id"])
    assert (line["media_at_ms"], line["source"], line["claims_shown"]) == (
        bought["media_at_ms"],
        "live",
        "Filled with millet",
    )
    assert line["seller"]["legal_identity"].startswith("Lantern and Loom GmbH")
    assert line["opened_at"] <= line["held_at"] <= line["placed_at"]
    assert line["terms_version"]
    assert line["said_at_url"].startswith(f"/shows/{stage.id}?item=7&at=")
    assert played_seconds(line["clip_url"]) > 2
    assert guest.http.get(order["receipt_url"]).content.startswith(b"%PDF-")
    # The link of the mail works for whoever holds it, and nothing else does.
    stranger = Person(stage.serve)
    token = bought["order_url"].partition("token=")[2]
    assert stranger.get(f"/v1/orders/{order['id']}", token=token)["number"] == order["number"]
    with pytest.raises(Refusal) as refused:
        stranger.get(f"/v1/orders/{order['id']}")
    assert refused.value.status == 404


def _a_restart_keeps_everything(serve: Serve, stage: Stage, guest: Person, bought: Json) -> None:
    def everything() -> list[Json]:
        page = stage.page(guest)
        chat = httpx.get(f"{serve.url}/v1/shows/{stage.id}/chat/export", trust_env=False).status_code
        return [
            {**page, "server_ms": None},
            chat,
            guest.get("/v1/orders"),
            guest.get(f"/v1/orders/{bought['order_id']}"),
            guest.get(f"{stage.path}/moments"),
            stage.seller.products(),
            {**stage.manage(), "server_ms": None},
            read_playlist(page["playback"]["replay_url"]).text,
            len(mails_to(serve, "ada@example.test")),
        ]

    before = everything()
    serve.stop()
    serve.start()
    assert everything() == before
