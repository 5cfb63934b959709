"""One room as one gateway sees it: who is here, what they are sent, and what they say."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec
import structlog

from shopcast.kernel.actions import Actions, Command
from shopcast.kernel.clock import Clock
from shopcast.kernel.errors import ActionFailed, ShopcastError
from shopcast.kernel.ids import new_id
from shopcast.kernel.ports import Broadcast, RateLimits
from shopcast.kernel.principal import SYSTEM
from shopcast.kernel.reads import Reads
from shopcast.rooms.chat.flood import Talkers
from shopcast.rooms.chat.hide_line import HideLine
from shopcast.rooms.chat.model import LineRefused, SpokenLine, cleaned_text, media_time, refusal_of
from shopcast.rooms.chat.mute_person import MutePerson
from shopcast.rooms.chat.set_chat_mode import SetChatMode
from shopcast.rooms.errors import InvalidFrame, RoomBusy
from shopcast.rooms.gateway.fanout import FanOut, Outgoing
from shopcast.rooms.gateway.feed import RoomFeed, load_room
from shopcast.rooms.gateway.limits import GatewayLimits
from shopcast.rooms.gateway.member import Member
from shopcast.rooms.gateway.sequencer import Sequencer
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
    ack_frame,
    hello_frame,
    live_frame,
    private_frame,
    shared_buffer,
    snapshot_frame,
)
from shopcast.rooms.log import queries
from shopcast.rooms.log.model import Batch, PrivateEntry, RoomRules, public_key, to_ms
from shopcast.rooms.log.store_snapshot import STATE_LIMIT_BYTES, StoreSnapshot
from shopcast.rooms.presence.record_presence import VISITORS_LIMIT, RecordPresence

S = TypeVar("S")

# Folding 500 entries takes some milliseconds, so a join after a restart never folds more than two pages.
SNAPSHOT_EVERY = 500
# While the feed is being loaded or mended, batches wait here; more means the database is out of reach.
BUFFERED_LIMIT = 200
# A gateway that has said nothing for three reports is gone.
REPORT_KEPT_S = 7.0
# Clients take 45 s of silence for a dead path; proxies 60.
LIVE_AT_LEAST_S = 10.0
# Acks are kept for lines that wait for their number; a connection that asks for more is refused.
ACKS_LIMIT = 2_000

_log = structlog.get_logger()


class Report(msgspec.Struct, frozen=True, kw_only=True, tag="report"):
    """What one gateway tells the others every two seconds."""

    origin: str
    people: int
    reactions: dict[str, int]
    epoch: int
    seq: int


class Published(msgspec.Struct, frozen=True, kw_only=True, tag="batch"):
    origin: str
    batch: Batch


_decode_message = msgspec.msgpack.Decoder(Report | Published).decode
_encode_message = msgspec.msgpack.Encoder().encode


@dataclass(frozen=True, slots=True)
class Ports:
    """What every room of a gateway shares."""

    actions: Actions
    reads: Reads
    broadcast: Broadcast
    rate_limits: RateLimits
    clock: Clock
    holder: str
    limits: GatewayLimits


def tick_s(people: int) -> float:
    """100 ms feels immediate; one frame to 20,000 sockets takes a fifth of a second, so ticks stretch with the room."""
    if people <= 200:
        return 0.1
    if people <= 1_000:
        return 0.2
    if people <= 5_000:
        return 0.5
    return 1.0 if people <= 20_000 else 2.0


class Room(Generic[S]):
    def __init__(self, room_id: str, ports: Ports, rules: RoomRules[S]) -> None:
        self.room_id = room_id
        self._ports = ports
        self._rules = rules
        self._loop = asyncio.get_running_loop()
        self._fanout = FanOut(self._loop.time, self._resync)
        self._sequencer = Sequencer(
            room_id,
            ports.holder,
            ports.actions,
            tick_s=lambda: tick_s(self.people),
            on_batch=self._on_numbered,
            on_refused=self._on_refused,
            catch_up=self._catch_up_now,
        )
        self._feed: RoomFeed[S] | None = None
        self._opened: asyncio.Task[None] | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._buffered: list[Batch] = []
        self._mending: asyncio.Task[None] | None = None
        # People here, by the key others see and by the one nobody sees.
        self._by_public: dict[str, set[Member]] = {}
        self._by_person: dict[str, set[Member]] = {}
        self._members: set[Member] = set()
        self._talkers = Talkers()
        self._waiting_acks: OrderedDict[str, tuple[Member, str]] = OrderedDict()
        self._reactions: dict[str, int] = {}
        self._reactions_of_others: dict[str, int] = {}
        self._reports: dict[str, tuple[float, Report]] = {}
        self._new_visitors: set[str] = set()
        self._told_live: tuple[int, float] = (-1, 0.0)
        self._stored_seq = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self.idle_since = self._loop.time()
        self.is_closed = False

    # Opening and closing.

    async def open(self) -> None:
        """Loads the room once; whoever asks meanwhile waits for the same. Raises NotFound if there is none."""
        if self._opened is None:
            self._opened = asyncio.create_task(self._open())
        await asyncio.shield(self._opened)

    async def _open(self) -> None:
        # Subscribed before reading: what is published in between waits, so nothing falls into the crack.
        self._unsubscribe = self._ports.broadcast.subscribe(self._channel, self._on_message_from_anywhere)
        await self._sequencer.take_lease()
        loaded = await self._ports.reads.run(load_room, self.room_id, self._rules)
        self._feed = RoomFeed(self._rules, loaded)
        self._stored_seq = self._feed.seq
        self._fanout.begin(self._feed.seq)
        buffered, self._buffered = self._buffered, []
        for batch in buffered:
            self._take(batch)
        self._sequencer.start()

    async def close(self, code: str, retry_ms: Callable[[], int]) -> None:
        self.is_closed = True
        for member in list(self._members):
            member.bye(code, retry_ms())
        if self._unsubscribe is not None:
            self._unsubscribe()
        if self._opened is not None and not self._opened.done():
            await asyncio.wait([self._opened])
        await self._sequencer.stop()
        self._fanout.close()
        for task in [*self._tasks, *([self._mending] if self._mending else [])]:
            task.cancel()
        if self._new_visitors or self._sequencer.leads:
            await self._record(RecordPresence(room_id=self.room_id, concurrent=None, visitors=self._take_visitors()))

    @property
    def people(self) -> int:
        """Distinct people over all gateways; somebody on two gateways at once counts twice."""
        deadline = self._loop.time() - REPORT_KEPT_S
        others = sum(report.people for heard_at, report in self._reports.values() if heard_at > deadline)
        return len(self._by_person) + others

    @property
    def connections(self) -> int:
        return len(self._members)

    @property
    def is_idle(self) -> bool:
        return not self._members and self._sequencer.is_idle

    @property
    def frames_sent(self) -> int:
        return self._fanout.frames_sent

    def wake(self) -> None:
        self._sequencer.wake()

    # Joining and leaving.

    async def join(self, member: Member, epoch: int | None, seq: int | None) -> None:
        """Snapshot or resume, then everything beyond it. The member gets nothing of the room before."""
        self._members.add(member)
        await self.open()
        feed = self._feed
        if feed is None or not member.is_open:
            return
        member.key = public_key(feed.salt, member.ticket.person_key)
        private = await self._missed_private(member, resuming=seq is not None)
        if not member.is_open or self.is_closed:
            return
        # No await from here on: the member misses nothing between its snapshot and its first tick.
        now_ms = to_ms(self._ports.clock.now())
        member.send(hello_frame(member.ticket, member.key, now_ms, round(tick_s(self.people) * 1000)))
        resumed = None
        if epoch is not None and seq is not None:
            resumed = feed.resume(epoch, seq, staff=member.is_staff)
        if resumed is None:
            self._send_snapshot(member, private)
        else:
            member.send(resumed)
            self._send_private(member, private)
        self._enter(member)

    def leave(self, member: Member) -> None:
        self._members.discard(member)
        self._fanout.remove(member)
        for index, key in ((self._by_public, member.key), (self._by_person, member.ticket.person_key)):
            there = index.get(key)
            if there is not None:
                there.discard(member)
                if not there:
                    del index[key]
        if not self._members:
            self.idle_since = self._loop.time()

    def _enter(self, member: Member) -> None:
        member.entered_room = True
        self._by_public.setdefault(member.key, set()).add(member)
        self._by_person.setdefault(member.ticket.person_key, set()).add(member)
        self._new_visitors.add(member.key)
        self._fanout.add(member)
        member.send(live_frame(self.people, {}))

    def pause(self, member: Member) -> None:
        self._fanout.slow_down(member)

    def resume(self, member: Member) -> None:
        if not member.entered_room or not member.is_open:
            return
        if member.is_stale:
            self._resync(member)
        else:
            self._fanout.speed_up(member)

    def _resync(self, member: Member) -> None:
        """Gives a member that was left behind the newest state, once its way is free."""
        member.is_stale = True
        if not member.is_paused:
            self._spawn(self._catch_member_up(member))

    async def _catch_member_up(self, member: Member) -> None:
        private = await self._missed_private(member, resuming=True)
        if not member.is_open or member.is_paused or not member.is_stale or self.is_closed:
            return
        member.is_stale = False
        self._send_snapshot(member, private)
        self._fanout.add(member)

    def _send_snapshot(self, member: Member, private: list[PrivateEntry]) -> None:
        assert self._feed is not None
        member.pseq = max(member.pseq, private[-1].pseq if private else 0)
        head = self._feed.snapshot_head(staff=member.is_staff)
        member.send(snapshot_frame(head, member.pseq, private))

    async def _missed_private(self, member: Member, *, resuming: bool) -> list[PrivateEntry]:
        """What the member was told since its `pseq`; read again while more comes in meanwhile."""
        assert self._feed is not None
        person_key, reads = member.ticket.person_key, self._ports.reads
        if member.pseq > self._feed.pseqs.get(person_key, 0):
            # A number we never gave out: from before a restored backup, or invented.
            member.pseq = 0
        private: list[PrivateEntry] = []
        # Three rounds: more than that is somebody who is told things faster than we can read.
        for _ in range(3):
            known = private[-1].pseq if private else member.pseq
            if self._feed.pseqs.get(person_key, 0) <= known or len(private) == queries.PRIVATE_TAIL_LIMIT:
                break
            if resuming and member.pseq:
                private = await reads.run(queries.private_after, self.room_id, person_key, member.pseq)
            else:
                limit = queries.PRIVATE_TAIL_LIMIT
                private = await reads.run(queries.private_tail, self.room_id, person_key, limit)
        return private

    # What comes in.

    def receive(self, member: Member, frame: AnyClientFrame) -> None:
        if not member.entered_room:
            return
        ref = getattr(frame, "ref", "")
        if len(ref) > REF_LIMIT:
            member.refuse(ref[:REF_LIMIT], InvalidFrame())
            return
        try:
            self._act_on(member, frame)
        except ShopcastError as error:
            member.refuse(ref, error)

    def _act_on(self, member: Member, frame: AnyClientFrame) -> None:
        match frame:
            case Ping():
                member.send(live_frame(self.people, {}))
            case React(kind=kind):
                self._react(member, kind)
            case Say():
                self._say(member, frame)
            case Hide(seq=seq, ref=ref):
                self._moderate(member, ref, HideLine(room_id=self.room_id, seq=seq))
            case Mute(key=key, seconds=seconds, ref=ref):
                self._moderate(member, ref, MutePerson(room_id=self.room_id, key=key, seconds=seconds))
            case SlowDown(seconds=seconds, ref=ref):
                self._moderate(member, ref, SetChatMode(room_id=self.room_id, slow_mode_s=seconds))

    def _react(self, member: Member, kind: str) -> None:
        if kind not in REACTIONS:
            raise InvalidFrame()
        if self._ports.rate_limits.allow(f"react:{self.room_id}:{member.key}", 10, 5.0) is None:
            self._reactions[kind] = self._reactions.get(kind, 0) + 1

    def _say(self, member: Member, frame: Say) -> None:
        ticket = member.ticket
        ticket.require("chat")
        text = cleaned_text(frame.text)
        self._talkers.check(self._ports.rate_limits, self.room_id, ticket, text, self._loop.time())
        line = SpokenLine(
            entry_id=new_id("ent"),
            person_key=ticket.person_key,
            name=ticket.name,
            role=ticket.role,
            text=text,
            reply_to=frame.reply_to,
            media_at=media_time(frame.media_at_ms),
        )
        if len(self._waiting_acks) >= ACKS_LIMIT or not self._sequencer.say(line):
            raise RoomBusy(retry_after_s=2)
        self._waiting_acks[line.entry_id] = (member, frame.ref)

    def _moderate(self, member: Member, ref: str, command: Command) -> None:
        member.ticket.require("moderate")
        self._spawn(self._run_for(member, ref, command))

    async def _run_for(self, member: Member, ref: str, command: Command) -> None:
        try:
            await self._ports.actions.run(command, member.ticket.principal)
        except ShopcastError as error:
            member.refuse(ref, error)
        else:
            member.send(ack_frame(ref, None))

    # What goes out.

    def _on_numbered(self, batch: Batch) -> None:
        """Our own commit: here first, then to the other gateways."""
        self._take(batch)
        if batch.entries or batch.private:
            self._publish(Published(origin=self._ports.holder, batch=batch))
        self._store_snapshot_if_due()

    def _on_message_from_anywhere(self, message: bytes) -> None:
        self._loop.call_soon_threadsafe(self._on_message, message)

    def _on_message(self, message: bytes) -> None:
        if self.is_closed:
            return
        decoded = _decode_message(message)
        if decoded.origin == self._ports.holder:
            return
        if isinstance(decoded, Published):
            self._take(decoded.batch)
            return
        self._reports[decoded.origin] = (self._loop.time(), decoded)
        for kind, count in decoded.reactions.items():
            self._reactions_of_others[kind] = self._reactions_of_others.get(kind, 0) + count
        if self._feed is not None and decoded.seq > self._feed.seq:
            self._mend()

    def _take(self, batch: Batch) -> None:
        feed = self._feed
        if feed is None or batch.after > feed.seq:
            if len(self._buffered) < BUFFERED_LIMIT:
                self._buffered.append(batch)
            if feed is not None:
                self._mend()
            return
        new_epoch = batch.epoch > feed.epoch
        fresh = feed.apply(batch)
        for kept in fresh:
            self._sequencer.seen(kept.entry.id)
        if new_epoch:
            for member in self._fanout.members:
                self._fanout.mark_stale(member)
            self._fanout.begin(feed.seq)
        elif fresh:
            self._fanout.send_tick(feed.epoch, feed.seq, fresh, self._rules.state_key, self._by_public)
        for entry in batch.private:
            self._tell(entry)
        for kept in fresh:
            self._ack(kept.entry.id, kept.entry.seq)

    def _tell(self, entry: PrivateEntry) -> None:
        frame: bytes | None = None
        for member in list(self._by_person.get(entry.person_key, ())):
            if member.is_stale or entry.pseq <= member.pseq:
                continue
            if entry.pseq > member.pseq + 1:
                self._spawn(self._mend_private(member))
                continue
            frame = frame or private_frame(entry)
            member.send(frame)
            member.pseq = entry.pseq

    async def _mend_private(self, member: Member) -> None:
        self._send_private(member, await self._missed_private(member, resuming=True))

    def _send_private(self, member: Member, private: list[PrivateEntry]) -> None:
        for entry in private:
            if entry.pseq > member.pseq and member.is_open:
                member.send(private_frame(entry))
                member.pseq = entry.pseq

    def _ack(self, entry_id: str, seq: int) -> None:
        waiting = self._waiting_acks.pop(entry_id, None)
        if waiting is not None:
            member, ref = waiting
            if member.is_open and ref:
                member.send(ack_frame(ref, seq))

    def _on_refused(self, refused: LineRefused) -> None:
        waiting = self._waiting_acks.pop(refused.entry_id, None)
        if waiting is None:
            return
        member, ref = waiting
        if member.is_open:
            member.refuse(ref, refusal_of(refused))

    # Catching up from the database.

    def _catch_up_now(self) -> "asyncio.Task[None]":
        self._mend()
        assert self._mending is not None
        return self._mending

    def _mend(self) -> None:
        if self._mending is None or self._mending.done():
            self._mending = asyncio.create_task(self._mend_from_log())

    async def _mend_from_log(self) -> None:
        """Reads what we have missed of the log until there is no gap."""
        feed = self._feed
        if feed is None:
            return
        while True:
            # Each round moves on by a page; the log's growth is far slower.
            page = await self._ports.reads.run(queries.entries_after, self.room_id, feed.seq)
            page = [entry for entry in page if entry.seq > feed.seq]
            if page:
                after = page[0].seq - 1
                batch = Batch(
                    room_id=self.room_id, epoch=page[-1].epoch, after=after, seq=page[-1].seq, entries=tuple(page)
                )
                self._take(batch)
            if len(page) < queries.PAGE_LIMIT:
                break
        buffered, self._buffered = self._buffered, []
        for batch in buffered:
            self._take(batch)

    # Presence and snapshots.

    def tell_live(self) -> None:
        """Every two seconds: counts to everybody here, and ours to the other gateways."""
        if self._feed is None:
            return
        mine, self._reactions = self._reactions, {}
        report = Report(
            origin=self._ports.holder,
            people=len(self._by_person),
            reactions=mine,
            epoch=self._feed.epoch,
            seq=self._feed.seq,
        )
        self._publish(report)
        reactions = dict(mine)
        theirs, self._reactions_of_others = self._reactions_of_others, {}
        for kind, count in theirs.items():
            reactions[kind] = reactions.get(kind, 0) + count
        people, told_at = self._told_live
        now = self._loop.time()
        if not reactions and people == self.people and now - told_at < LIVE_AT_LEAST_S:
            return
        self._told_live = (self.people, now)
        buffer = shared_buffer(live_frame(self.people, reactions))
        self._fanout.send(Outgoing(buffer, buffer, lossy=True))

    async def record_presence(self) -> None:
        """Every thirty seconds: the sample of the whole room from who leads it, new visitors from everybody."""
        concurrent = self.people if self._sequencer.leads else None
        visitors = self._take_visitors()
        if concurrent is None and not visitors:
            return
        await self._record(RecordPresence(room_id=self.room_id, concurrent=concurrent, visitors=visitors))

    def _take_visitors(self) -> tuple[str, ...]:
        taken = tuple(sorted(self._new_visitors))[:VISITORS_LIMIT]
        self._new_visitors.difference_update(taken)
        return taken

    async def _record(self, command: RecordPresence | StoreSnapshot) -> None:
        try:
            await self._ports.actions.run(command, SYSTEM)
        except (ShopcastError, ActionFailed, OSError) as error:
            # Only a sample or a shortcut: the log itself is not touched.
            _log.warning("rooms.record.failed", room_id=self.room_id, error=str(error))

    def _store_snapshot_if_due(self) -> None:
        feed = self._feed
        if feed is None or feed.seq - self._stored_seq < SNAPSHOT_EVERY:
            return
        self._stored_seq = feed.seq
        state = feed.encoded_state().decode()
        if len(state) <= STATE_LIMIT_BYTES:
            self._spawn(self._record(StoreSnapshot(room_id=self.room_id, epoch=feed.epoch, seq=feed.seq, state=state)))

    @property
    def members(self) -> list[Member]:
        return list(self._members)

    @property
    def _channel(self) -> str:
        return f"room:{self.room_id}"

    def _publish(self, message: Report | Published) -> None:
        self._ports.broadcast.publish(self._channel, _encode_message(message))

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
