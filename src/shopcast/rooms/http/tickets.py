"""Who stands at a door of a room: the ticket in the bearer header, for this room and not yet run out."""

from litestar import Request
from litestar.datastructures import State

from shopcast.kernel.clock import Clock
from shopcast.kernel.config import Settings
from shopcast.rooms.errors import TicketRefused
from shopcast.rooms.ticket import Ticket, verify_ticket

AnyRequest = Request[object, object, State]

# Lines of text and selections; nothing else is sent here.
BODY_LIMIT_BYTES = 4_096


def ticket_of(request: AnyRequest, settings: Settings, clock: Clock, room_id: str) -> Ticket:
    """Raises TicketRefused."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise TicketRefused()
    ticket = verify_ticket(settings.secret, text.strip(), clock.now())
    if ticket.room_id != room_id:
        raise TicketRefused()
    return ticket


def moderator(request: AnyRequest, settings: Settings, clock: Clock, room_id: str) -> Ticket:
    """Raises TicketRefused, or RoomNotAllowed for who does not moderate."""
    ticket = ticket_of(request, settings, clock, room_id)
    ticket.require("moderate")
    return ticket
