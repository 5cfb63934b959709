"""The room of a show over real sockets: who comes back misses nothing, who moderates is obeyed."""

from tests.support.people import Person
from tests.support.room import Seat
from tests.support.serve import Serve
from tests.support.stage import Stage
from tests.support.waiting import eventually


def test_who_comes_back_gets_exactly_what_was_missed(stage: Stage, guest: Person, serve: Serve) -> None:
    other = Person(serve)
    with stage.live(), Seat(other, stage.id, "Stays") as stays:
        with Seat(guest, stage.id, "Leaves") as seat:
            seat.say("before")
            last = stays.entry("chat.line", text="before")
            epoch = seat.snapshot["epoch"]
            eventually(lambda: seat.entries("chat.line"), what="the own line")
        stage.pin(3)
        stays.say("meanwhile")
        stage.pin(7)
        pinned = stays.entry("item.pinned", number=7)
        with Seat(guest, stage.id, "Leaves", position=f"&epoch={epoch}&seq={last['seq']}") as back:
            back.entry("item.pinned", number=7)
            missed = [
                (entry["seq"], entry["kind"], entry["body"])
                for entry in back.entries()
                if entry["seq"] <= pinned["seq"]
            ]
            seen = [(entry["seq"], entry["kind"], entry["body"]) for entry in stays.entries()]
            assert missed == [entry for entry in seen if last["seq"] < entry[0] <= pinned["seq"]]
            assert [frame for frame in back.frames if frame["t"] == "snapshot"] == []
        stage.do("end")


def test_who_joins_late_sees_the_show_as_it_is(stage: Stage, guest: Person) -> None:
    with stage.live(), Seat(stage.seller, stage.id) as there:
        stage.pin(4)
        # Late is who comes after the pin has its number; who comes before gets it as a frame.
        there.entry("item.pinned", number=4)
        with Seat(guest, stage.id) as seat:
            state = seat.snapshot["state"]
            assert state["on_air"]["item_id"] == stage.card(4)["id"]
            assert [state["items"][item]["number"] for item in state["order"]] == list(range(1, 9))
            assert state["show"]["state"] == "live"
        stage.do("end")


def test_hidden_lines_muted_people_and_slow_mode(stage: Stage, guest: Person, serve: Serve) -> None:
    with stage.live(), Seat(stage.seller, stage.id) as host, Seat(guest, stage.id, "Loud") as loud:
        assert loud.say("buy elsewhere")["t"] == "ack"
        line = host.entry("chat.line", text="buy elsewhere")
        host.send({"t": "hide", "ref": "h1", "seq": line["seq"]})
        assert loud.entry("chat.hidden")["body"]["seq"] == line["seq"]
        with Seat(Person(serve), stage.id) as late:
            assert "buy elsewhere" not in str(late.snapshot["chat"])
        # What only moderators may do is refused to others, and done nowhere.
        loud.send({"t": "mute", "ref": "m0", "key": line["body"]["key"], "seconds": 60})
        assert loud.wait(lambda frame: frame.get("ref") == "m0")["t"] == "refused"
        host.send({"t": "slow_mode", "ref": "s1", "seconds": 30})
        loud.entry("chat.mode", slow_mode_s=30)
        loud.say("first of the half minute")
        assert loud.say("second")["code"] == "slow_mode"
        host.send({"t": "slow_mode", "ref": "s2", "seconds": 0})
        loud.entry("chat.mode", slow_mode_s=0)
        host.send({"t": "mute", "ref": "m1", "key": line["body"]["key"], "seconds": 60})
        assert host.wait(lambda frame: frame.get("ref") == "m1")["t"] == "ack"
        assert loud.say("anybody here?")["code"] == "muted"
        stage.do("end")
