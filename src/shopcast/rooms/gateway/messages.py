"""What gateways tell each other about a room, over the broadcast port."""

import msgspec

from shopcast.rooms.log.model import Batch


class Report(msgspec.Struct, frozen=True, kw_only=True, tag="report"):
    """Told every two seconds. `seq`, and `told` for private entries (how many there ever were), let a gateway notice
    that it missed the end of either; `leads`, that whoever numbers the room can be heard."""

    origin: str
    people: int
    reactions: dict[str, int]
    epoch: int
    seq: int
    told: int = 0
    leads: bool = False


class Published(msgspec.Struct, frozen=True, kw_only=True, tag="batch"):
    origin: str
    batch: Batch


decode_message = msgspec.msgpack.Decoder(Report | Published).decode
encode_message = msgspec.msgpack.Encoder().encode
