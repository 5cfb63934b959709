"""picows' protocol as both doors use it: a port of our own, and uvicorn's.

On the loop's own transport: the one `ws_create_server` brings along keeps 5 KB more for each connection, a third of all
it costs, and sends no faster here.
"""

import logging
from collections.abc import Callable
from typing import Any

from picows import WSAutoPingStrategy, WSListener, WSUpgradeRequest, WSUpgradeResponseWithListener
from picows.picows import WSProtocol  # type: ignore[attr-defined]  # missing in its stub, used by its own api.py

from shopcast.rooms.gateway.limits import GatewayLimits
from shopcast.rooms.gateway.wire import CLIENT_FRAME_LIMIT_BYTES

# picows needs 2 KiB for its parser anyway; its default of 16 KiB costs 140 MB more per 10,000 sockets.
READ_BUFFER_BYTES = 2_048

Accept = Callable[[WSUpgradeRequest], WSListener | WSUpgradeResponseWithListener | None]


def picows_protocol(accept: Accept, limits: GatewayLimits) -> Any:
    return WSProtocol(
        None,  # host and path are for clients
        None,
        False,  # is_client_side
        accept,
        _LOGGER,
        True,  # disconnect_on_exception
        limits.handshake_s,
        False,  # our own heartbeat costs no task per connection
        25,
        20,
        WSAutoPingStrategy.PING_WHEN_IDLE,
        False,  # members answer pings themselves: picows would answer any number, and with bits nobody agreed on
        CLIENT_FRAME_LIMIT_BYTES,
        None,  # extra headers, for clients
        READ_BUFFER_BYTES,
    )


# picows makes a child logger per connection of a Logger, a kilobyte each, but not of an adapter.
_LOGGER = logging.LoggerAdapter(logging.getLogger("picows.rooms"))
