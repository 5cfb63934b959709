"""What people in a room send: lines, reactions and moderation, and the answers they are owed."""

from collections.abc import Callable, Coroutine
from typing import Protocol

from shopcast.kernel.actions import Actions, Command
from shopcast.kernel.errors import ShopcastError
from shopcast.kernel.ids import new_id
from shopcast.kernel.ports import RateLimits
from shopcast.rooms.chat.flood import Talkers
from shopcast.rooms.chat.hide_line import HideLine
from shopcast.rooms.chat.model import LineRefused, SpokenLine, cleaned_text, media_time, refusal_of
from shopcast.rooms.chat.mute_person import MutePerson
from shopcast.rooms.chat.set_chat_mode import SetChatMode
from shopcast.rooms.chat.unhide_line import UnhideLine
from shopcast.rooms.errors import InvalidFrame, RoomBusy
from shopcast.rooms.gateway.crowd import Crowd
from shopcast.rooms.gateway.member import Member
from shopcast.rooms.gateway.wire import (
    REACTIONS,
    REF_LIMIT,
    AnyClientFrame,
    Hide,
    Mute,
    Ping,
    React,
    Say,
    SlowDown,
    Unhide,
    ack_frame,
)

# Lines that wait for their number; a room that is further behind than this tells speakers to wait.
ACKS_LIMIT = 2_000
# A tap a second and a half of enthusiasm on top.
REACTIONS_BURST = 10
REACTIONS_PER_S = 5.0


class Stage(Protocol):
    """What speech needs of its room."""

    room_id: str

    def now(self) -> float: ...

    def live(self) -> bytes: ...

    def spawn(self, work: Coroutine[None, None, None]) -> object: ...


class Speech:
    def __init__(
        self,
        stage: Stage,
        crowd: Crowd,
        actions: Actions,
        rate_limits: RateLimits,
        say: Callable[[SpokenLine], bool],
    ) -> None:
        self._stage = stage
        self._crowd = crowd
        self._actions = actions
        self._rate_limits = rate_limits
        self._put = say
        self._talkers = Talkers()
        # Who waits for which line, by entry id.
        self._waiting: dict[str, tuple[Member, str]] = {}

    def receive(self, member: Member, frame: AnyClientFrame) -> None:
        ref = "" if isinstance(frame, React | Ping) else frame.ref
        if len(ref) > REF_LIMIT:
            member.refuse(ref[:REF_LIMIT], InvalidFrame())
            return
        try:
            self._act_on(member, frame)
        except ShopcastError as error:
            member.refuse(ref, error)

    def numbered(self, entry_id: str, seq: int) -> None:
        """The line is committed; only now its speaker is told so."""
        waiting = self._waiting.pop(entry_id, None)
        if waiting is not None:
            member, ref = waiting
            if member.is_open and ref:
                member.send(ack_frame(ref, seq))

    def refused(self, refused: LineRefused) -> None:
        waiting = self._waiting.pop(refused.entry_id, None)
        if waiting is not None:
            member, ref = waiting
            if member.is_open:
                member.refuse(ref, refusal_of(refused))

    def _act_on(self, member: Member, frame: AnyClientFrame) -> None:
        room_id = self._stage.room_id
        match frame:
            case Ping():
                member.send(self._stage.live())
            case React(kind=kind):
                self._react(member, kind)
            case Say():
                self._say(member, frame)
            case Hide(seq=seq, ref=ref):
                self._moderate(member, ref, HideLine(room_id=room_id, seq=seq))
            case Unhide(seq=seq, ref=ref):
                self._moderate(member, ref, UnhideLine(room_id=room_id, seq=seq))
            case Mute(key=key, seconds=seconds, ref=ref):
                self._moderate(member, ref, MutePerson(room_id=room_id, key=key, seconds=seconds))
            case SlowDown(seconds=seconds, ref=ref):
                self._moderate(member, ref, SetChatMode(room_id=room_id, slow_mode_s=seconds))

    def _react(self, member: Member, kind: str) -> None:
        if kind not in REACTIONS:
            raise InvalidFrame()
        key = f"react:{self._stage.room_id}:{member.key}"
        if self._rate_limits.allow(key, REACTIONS_BURST, REACTIONS_BURST / REACTIONS_PER_S) is None:
            self._crowd.react(kind)

    def _say(self, member: Member, frame: Say) -> None:
        ticket = member.ticket
        ticket.require("chat")
        text = cleaned_text(frame.text)
        self._talkers.check(self._rate_limits, self._stage.room_id, ticket, text, self._stage.now())
        line = SpokenLine(
            entry_id=new_id("ent"),
            person_key=ticket.person_key,
            name=ticket.name,
            role=ticket.role,
            text=text,
            reply_to=frame.reply_to,
            media_at=media_time(frame.media_at_ms),
            follows=ticket.follows,
        )
        if len(self._waiting) >= ACKS_LIMIT or not self._put(line):
            raise RoomBusy(retry_after_s=2)
        self._waiting[line.entry_id] = (member, frame.ref)

    def _moderate(self, member: Member, ref: str, command: Command) -> None:
        member.ticket.require("moderate")
        self._stage.spawn(self._run_for(member, ref, command))

    async def _run_for(self, member: Member, ref: str, command: Command) -> None:
        try:
            await self._actions.run(command, member.ticket.principal)
        except ShopcastError as error:
            if member.is_open:
                member.refuse(ref, error)
        else:
            if member.is_open:
                member.send(ack_frame(ref, None))
