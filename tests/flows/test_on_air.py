"""What can happen to a picture while a show is on air: it drops, it is cut, a stretch must never be seen again."""

import time

from tests.support.encoder import TALL
from tests.support.people import Json, Person
from tests.support.playlists import played_seconds, read_playlist
from tests.support.room import Seat
from tests.support.stage import Market, Stage
from tests.support.waiting import eventually


def test_an_encoder_that_comes_back_in_another_size_resumes_the_same_show(stage: Stage, guest: Person) -> None:
    with Seat(guest, stage.id) as seat:
        with stage.live() as encoder:
            stage.pin(4)
            encoder.drop()
            told = seat.entry("show.state", state="interrupted")["body"]
            assert told["grace_until_ms"] > time.time() * 1000
            page = stage.page(guest)
            assert (page["state"], page["on_air"]["item_id"]) == ("interrupted", stage.card(4)["id"])
        with stage.published(TALL):
            eventually(lambda: _states(seat)[-2:] == ["interrupted", "live"], what="the show to go on")
            assert stage.page(guest)["on_air"]["item_id"] == stage.card(4)["id"]
            health = eventually(lambda: stage.manage()["stream"]["health"], what="the health of the new picture")
            assert (health["width"], health["height"]) == (180, 320)
            live = eventually(lambda: _with_two_sizes(page["playback"]["live_url"]), what="both sizes in the playlist")
            assert "#EXT-X-DISCONTINUITY" in live
    stage.do("end")


def test_who_does_not_come_back_within_the_grace_time_ends_the_show(market: Market, guest: Person) -> None:
    stage = market.stage(grace_s=4)
    with Seat(guest, stage.id) as seat:
        with stage.live() as encoder:
            time.sleep(1.0)
            encoder.drop()
        seat.entry("show.state", within_s=15, state="interrupted")
        seat.entry("show.state", within_s=30, state="replay")
    assert stage.page(guest)["state"] == "replay"


def test_a_cut_hides_the_picture_at_once_and_from_the_replay(stage: Stage, guest: Person) -> None:
    with stage.live(), Seat(guest, stage.id) as seat:
        live_url = stage.page(guest)["playback"]["live_url"]
        time.sleep(2.0)
        cut_at = time.time()
        stage.do("cut")
        eventually(lambda: stage.page(guest)["is_cut"], what="the cut")
        time.sleep(2.5)
        stage.do("uncut")
        uncut_at = time.time()
        assert not stage.page(guest)["is_cut"]
        time.sleep(2.5)
        assert read_playlist(live_url).durations_s
        stage.do("end")
        seat.entry("show.state", state="replay")
    replay_url = stage.page(guest)["playback"]["replay_url"]
    replay = eventually(lambda: found if (found := read_playlist(replay_url)).ended else None, what="the replay")
    starts = [date.timestamp() for date in replay.dates]
    # A cut takes whole segments out; a segment is two seconds at most.
    assert not [start for start in starts if cut_at + 0.5 < start < uncut_at - 2.5]
    assert played_seconds(replay_url) > 2


def test_a_stretch_taken_out_is_gone_from_replay_chapters_and_clip_and_can_come_back(
    stage: Stage, guest: Person
) -> None:
    with stage.live():
        stage.pin(1)
        time.sleep(2.5)
        stage.pin(7)
        time.sleep(3.0)
        stage.do("unpin")
        stage.pin(2)
        time.sleep(2.5)
        stage.do("end")
    replay_url = stage.page(guest)["playback"]["replay_url"]
    whole = eventually(lambda: found if (found := read_playlist(replay_url)).ended else None, what="the replay")
    seven = next(chapter for chapter in _chapters(stage, guest) if chapter["number"] == 7)
    cut = stage.do("redactions", {"from_ms": seven["from_ms"], "to_ms": seven["to_ms"]})
    assert [chapter["number"] for chapter in _chapters(stage, guest)] == [1, 2]
    assert guest.get(f"{stage.path}/seek", item=7)["moment"] is None
    assert guest.http.get(f"{stage.path}/moments/{seven['id']}/clip").status_code == 404
    shorter = eventually(
        lambda: found if (found := read_playlist(replay_url)).seconds < whole.seconds else None,
        what="the shorter replay",
    )
    taken = [date for date in shorter.dates if seven["from_ms"] <= date.timestamp() * 1000 < seven["to_ms"]]
    assert taken == []
    # Whoever kept the clip's address sees nothing of it either.
    assert guest.http.get(seven["clip_url"]).status_code in (404, 410)
    assert [row["id"] for row in stage.manage()["cuts"]] == [cut["id"]]
    stage.seller.delete(f"{stage.path}/redactions/{cut['id']}")
    eventually(lambda: read_playlist(replay_url).seconds == whole.seconds, what="the whole replay")
    assert [chapter["number"] for chapter in _chapters(stage, guest)] == [1, 7, 2]


def test_item_seven_is_found_while_the_show_goes_on(stage: Stage, guest: Person) -> None:
    with stage.live():
        assert guest.get(f"{stage.path}/seek", item=7)["playback"] == "live"
        moment = stage.pin(7)
        time.sleep(2.5)
        stage.pin(1)
        unpinned_at = time.monotonic()
        sought = guest.get(f"{stage.path}/seek", item=7)
        assert (sought["moment"]["id"], sought["playback"]) == (moment, "rewind")
        clip_url = sought["moment"]["clip_url"]
        eventually(lambda: guest.http.get(clip_url).status_code == 200, what="the clip")
        assert played_seconds(clip_url) > 1.5
        assert time.monotonic() - unpinned_at < 5
        seven = stage.card(7)
        stage.seller.patch(f"/v1/variants/{seven['variants'][0]['id']}", {"price_minor": seven["price_minor"] - 500})
        today = eventually(lambda: _price_of_seven(stage, guest, seven["price_minor"] - 500), what="today's price")
        assert today["moment"]["id"] == moment
        stage.seller.patch(f"/v1/variants/{seven['variants'][0]['id']}", {"price_minor": seven["price_minor"]})
        stage.do("end")


def _price_of_seven(stage: Stage, guest: Person, price_minor: int) -> Json:
    found = guest.get(f"{stage.path}/seek", item=7)
    return found if found["card"]["price_minor"] == price_minor else None


def _states(seat: Seat) -> list[str]:
    return [entry["body"]["state"] for entry in seat.entries("show.state")]


def _chapters(stage: Stage, guest: Person) -> list[Json]:
    found: list[Json] = guest.get(f"{stage.path}/moments")["items"]
    return found


def _with_two_sizes(url: str) -> str | None:
    text = read_playlist(url).text
    return text if text.count("#EXT-X-MAP:") == 2 else None
