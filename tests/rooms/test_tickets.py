"""Tickets: what is signed is what is verified, and nothing else is."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopcast.rooms import Ticket, sign_ticket, verify_ticket
from shopcast.rooms.errors import RoomNotAllowed, TicketRefused

NOW = datetime(2026, 3, 6, 19, 0, tzinfo=UTC)
TICKET = Ticket(
    room_id="rom_1",
    person_key="usr_anna",
    name="Anna 安娜",
    role="moderator",
    rights=("chat", "moderate"),
    language="zh",
    expires_at=NOW + timedelta(minutes=10),
)


@given(st.binary(min_size=1, max_size=200))
def test_any_secret_signs_and_verifies(secret: bytes) -> None:
    assert verify_ticket(secret, sign_ticket(secret, TICKET), NOW) == TICKET
    with pytest.raises(TicketRefused):
        verify_ticket(secret + b"x", sign_ticket(secret, TICKET), NOW)


def test_an_empty_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="empty secret"):
        sign_ticket(b"", TICKET)


@given(st.data())
def test_a_changed_ticket_is_refused(data: st.DataObject) -> None:
    text = sign_ticket(b"secret", TICKET)
    place = data.draw(st.integers(0, len(text) - 1))
    character = data.draw(st.characters(codec="utf-8").filter(lambda one: one != text[place]))
    changed = text[:place] + character + text[place + 1 :]
    with pytest.raises(TicketRefused):
        verify_ticket(b"secret", changed, NOW)


@given(st.text(max_size=300))
def test_what_is_not_a_ticket_is_refused(text: str) -> None:
    with pytest.raises(TicketRefused):
        verify_ticket(b"secret", text, NOW)


def test_a_ticket_runs_out() -> None:
    text = sign_ticket(b"secret", TICKET)
    assert verify_ticket(b"secret", text, TICKET.expires_at - timedelta(microseconds=1)) == TICKET
    with pytest.raises(TicketRefused):
        verify_ticket(b"secret", text, TICKET.expires_at)


def test_a_payload_signed_for_another_purpose_is_no_ticket() -> None:
    payload = base64.urlsafe_b64encode(b'{"room_id":"rom_1"}').decode().rstrip("=")
    with pytest.raises(TicketRefused):
        verify_ticket(b"secret", f"{payload}.{sign_ticket(b'secret', TICKET).split('.')[1]}", NOW)


def test_rights_are_those_of_the_ticket() -> None:
    TICKET.require("moderate")
    assert not TICKET.allows("staff")
    with pytest.raises(RoomNotAllowed):
        TICKET.require("staff")
    assert TICKET.principal.key == "usr_anna"
    assert TICKET.principal.language == "zh"
