"""Staff entries never reach viewers: not by socket, snapshot, resume, HTTP or chunk."""

import json

from tests.rooms.support import Shop, Viewer

STAFF = {"role": "host", "rights": ("chat", "moderate", "staff")}


async def test_staff_entries_stay_with_staff(shop: Shop) -> None:
    server = await shop.serve()
    host = await shop.join(server, "usr_host", **STAFF)
    viewer = await shop.join(server, "gst_viewer")
    await shop.append("set", {"k": "a", "v": 1})
    await shop.append("staff.sales", {"secret": "total 100"}, audience="staff")
    await shop.append("set", {"k": "staffed", "v": "secret"}, audience="staff")
    await host.until_seq(3)
    await viewer.until_seq(1)
    # A tick with nothing for viewers is not sent to them; the next frame covers it.
    await shop.append("set", {"k": "b", "v": 2})
    await viewer.until_seq(4)
    await host.until_seq(4)
    assert viewer.state == {"a": 1, "b": 2}
    host_kinds = [entry["kind"] for frame in host.of("frames") for entry in frame["entries"]]
    assert host_kinds == ["set", "staff.sales", "set", "set"]

    late = await shop.join(server, "gst_late")
    resumed = await shop.rejoin(server, Viewer(epoch=viewer.epoch, seq=0), "gst_resumed")
    for client in (viewer, late, resumed):
        assert "secret" not in json.dumps(client.frames)
        assert client.state == {"a": 1, "b": 2}
        assert client.seq == 4
    second_host = await shop.join(server, "usr_host", **STAFF)
    snapshot = second_host.of("snapshot")[0]
    assert [entry["kind"] for entry in snapshot["staff"]] == ["staff.sales", "set"]
    assert snapshot["state"] == {"a": 1, "b": 2}
    assert "staff" not in late.of("snapshot")[0]
