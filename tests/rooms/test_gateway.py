"""Joining, saying, pinning and resuming over real sockets."""

import asyncio

from tests.rooms.support import AppendPrivate, Client, Shop


async def test_join_gets_hello_then_a_snapshot_then_what_is_appended(shop: Shop) -> None:
    server = await shop.serve()
    first = await shop.join(server)
    await shop.append("set", {"k": "pin", "v": 7})
    await first.until_seq(1)
    client = await shop.join(server, "usr_host", name="Anna", role="host", rights=("chat", "moderate"))

    hello, snapshot = client.frames[0], client.frames[1]
    assert hello["you"] == {"key": hello["you"]["key"], "name": "Anna", "role": "host", "rights": ["chat", "moderate"]}
    assert len(hello["you"]["key"]) == 16
    assert hello["tick_ms"] == 100
    assert (snapshot["seq"], snapshot["state"], snapshot["chat"]) == (1, {"pin": 7}, [])
    assert (snapshot["pseq"], snapshot["private"]) == (0, [])

    await shop.append("set", {"k": "pin", "v": 8})
    await client.until_seq(2)
    frame = client.of("frames")[-1]
    assert (frame["after"], frame["seq"], frame["epoch"]) == (1, 2, snapshot["epoch"])
    assert [(entry["seq"], entry["kind"], entry["body"]) for entry in frame["entries"]] == [
        (2, "set", {"k": "pin", "v": 8})
    ]
    assert client.state == {"pin": 8}


async def test_a_line_is_acked_with_its_number_and_reaches_everybody(shop: Shop) -> None:
    server = await shop.serve()
    anna, ben = await shop.join(server, "gst_anna"), await shop.join(server, "gst_ben")
    ack = await anna.say("could you try number seven? 试一下7号", "c1", media_at_ms=1_790_000_000_000)
    assert ack == {"t": "ack", "ref": "c1", "seq": 1}
    await ben.until_seq(1)
    line = ben.of("frames")[-1]["entries"][0]
    assert line["kind"] == "chat.line"
    assert line["body"] == {
        "id": line["body"]["id"],
        "key": anna.frames[0]["you"]["key"],
        "name": "anna",
        "role": "viewer",
        "text": "could you try number seven? 试一下7号",
        "reply_to": None,
        "media_at_ms": 1_790_000_000_000,
    }
    answer = await ben.say("yes please", "c2", reply_to=1)
    await anna.until_seq(answer["seq"])
    replied = anna.of("frames")[-1]["entries"][-1]["body"]["reply_to"]
    assert replied == {"seq": 1, "name": "anna", "text": "could you try number seven? 试一下7号"}


async def test_private_entries_reach_only_their_person_and_are_resumed(shop: Shop) -> None:
    server = await shop.serve()
    anna, ben = await shop.join(server, "usr_anna"), await shop.join(server, "usr_ben")
    await shop.run(AppendPrivate(room_id="rom_1", person_key="usr_anna", kind="order.paid", body={"order_id": "ord_1"}))
    frame = await anna.until_frame("private")
    assert (frame["pseq"], frame["kind"], frame["body"]) == (1, "order.paid", {"order_id": "ord_1"})

    await anna.close()
    for number in (2, 3):
        body = {"order_id": f"ord_{number}"}
        await shop.run(AppendPrivate(room_id="rom_1", person_key="usr_anna", kind="order.paid", body=body))
    again = await shop.rejoin(server, anna, "usr_anna")
    await again.until(lambda: again.pseq == 3)
    assert sorted(again.private) == [1, 2, 3]
    # Who joins anew finds them in the snapshot.
    fresh = await shop.join(server, "usr_anna")
    assert [entry["pseq"] for entry in fresh.of("snapshot")[0]["private"]] == [1, 2, 3]
    await ben.say("nothing for me?")
    assert ben.private == {}


async def test_resuming_sends_only_what_was_missed(shop: Shop) -> None:
    server = await shop.serve()
    client = await shop.join(server)
    await shop.append("add", {"v": 1})
    await client.until_seq(1)
    await client.close()
    for _ in range(3):
        await shop.append("add", {"v": 1})
    again = await shop.rejoin(server, client)
    await again.until_seq(4)
    assert again.snapshots == 0
    assert again.state == {"sum": 4}


async def test_a_position_nobody_gave_out_gets_a_snapshot(shop: Shop) -> None:
    server = await shop.serve()
    first = await shop.join(server)
    await shop.append("add", {"v": 5})
    await first.until_seq(1)
    for query in ("&epoch=99&seq=1", "&epoch=1&seq=400", "&epoch=x&seq=-1", "&epoch=1&seq=" + "9" * 40, "&seq=1"):
        client = await shop.knock(server, shop.ticket(), query)
        await client.until_frame("snapshot")
        assert client.state == {"sum": 5}


async def test_a_restarted_gateway_goes_on_in_a_new_epoch_with_the_next_number(shop: Shop) -> None:
    first = await shop.serve()
    client = await shop.join(first)
    await client.say("before")
    await shop.append("add", {"v": 1})
    await client.until_seq(2)
    await first.stop()
    assert client.of("bye") == [] or client.of("bye")[0]["code"] == "restart"
    second = await shop.serve()
    again = await shop.rejoin(second, client)
    await again.until(lambda: again.snapshots == 1)
    assert again.epoch is not None
    assert client.epoch is not None
    assert again.epoch > client.epoch
    ack = await again.say("after")
    assert ack["seq"] == 3
    assert again.lines == {1: "before", 3: "after"}


async def test_two_gateways_share_a_room_and_one_numbers_it(shop: Shop) -> None:
    one, two = await shop.serve("one"), await shop.serve("two")
    anna, ben = await shop.join(one, "gst_anna"), await shop.join(two, "gst_ben")
    first = await anna.say("from one")
    second = await ben.say("from two")
    await asyncio.gather(anna.until_seq(2), ben.until_seq(2))
    assert (first["seq"], second["seq"]) == (1, 2)
    assert anna.lines == ben.lines == {1: "from one", 2: "from two"}
    await anna.until(lambda: any(frame["viewers"] == 2 for frame in anna.of("live")))
    # The leader stops; the other takes the room over and loses nothing.
    await one.stop()
    third = await ben.say("from two again")
    assert third["seq"] == 3
    await ben.until_seq(3)
    assert ben.lines[3] == "from two again"


async def test_reactions_are_counted_and_people_not_sockets_are(shop: Shop) -> None:
    server = await shop.serve()
    anna = await shop.join(server, "gst_anna")
    second_tab = await shop.join(server, "gst_anna")
    ben = await shop.join(server, "gst_ben")
    for _ in range(3):
        await ben.send({"t": "react", "kind": "heart"})
    await anna.until(lambda: any(frame["reactions"] for frame in anna.of("live")))
    counted = next(frame for frame in anna.of("live") if frame["reactions"])
    assert counted == {"t": "live", "viewers": 2, "reactions": {"heart": 3}, "retry_ms": 1_000}
    await second_tab.close()
    await ben.send({"t": "react", "kind": "skull"})
    assert (await ben.until_frame("refused"))["code"] == "invalid_frame"


async def test_an_unknown_room_says_goodbye(shop: Shop) -> None:
    server = await shop.serve()
    client: Client = await shop.knock(server, shop.ticket(room_id="rom_none"))
    await client.until_closed()
    assert client.of("bye")[0]["code"] == "room_gone"
