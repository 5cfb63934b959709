"""One room as one gateway sees it: joins people to the feed, carries batches to them, and mends what was missed."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

import structlog

from shopcast.kernel.actions import Actions, ReadConnection
from shopcast.kernel.clock import Clock
from shopcast.kernel.errors import ActionFailed, ShopcastError
from shopcast.kernel.metrics import counter
from shopcast.kernel.ports import Broadcast, RateLimits
from shopcast.kernel.principal import SYSTEM
from shopcast.kernel.reads import Reads
from shopcast.rooms.chat.model import LineRefused
from shopcast.rooms.gateway.crowd import Crowd
from shopcast.rooms.gateway.fanout import FanOut
from shopcast.rooms.gateway.feed import RoomFeed, load_room
from shopcast.rooms.gateway.limits import return_within_ms
from shopcast.rooms.gateway.member import Member
from shopcast.rooms.gateway.messages import Published, Report, decode_message, encode_message
from shopcast.rooms.gateway.sequencer import Sequencer
from shopcast.rooms.gateway.speech import Speech
from shopcast.rooms.gateway.wire import (
    AnyClientFrame,
    hello_frame,
    live_frame,
    private_frame,
    snapshot_frame,
    text_frame,
)
from shopcast.rooms.log import queries
from shopcast.rooms.log.model import CHAT_EXPELLED, Batch, Entry, PrivateEntry, RoomRules, public_key, to_ms
from shopcast.rooms.log.store_snapshot import STATE_LIMIT_BYTES, StoreSnapshot
from shopcast.rooms.presence.record_presence import RecordPresence, window_of
from shopcast.rooms.presence.sketch import Sketch

S = TypeVar("S")

# Folding 500 entries takes some milliseconds, so a join after a restart never folds more than two pages.
SNAPSHOT_EVERY = 500
# While the feed is being loaded or mended, batches wait here; what does not fit is read from the log anyway.
BUFFERED_LIMIT = 200
# A batch that came while we were reading needs one more look; more means it is not in the log.
MENDING_ROUNDS = 3
# Whoever leads says so every two seconds. Unheard, as when Redis is away, its batches are looked for in the log.
LEADER_SILENT_S = 3.0
# A line of chat waits this long for its number however big the room is: only telling everybody costs more there.
NUMBERING_TICK_S = 0.2
# Clients take 45 s of silence for a dead path; proxies 60.
LIVE_AT_LEAST_S = 10.0
# Somebody who was told more than this while away gets the newest, and can pull the rest over HTTP.
MISSED_PRIVATE_LIMIT = 100
# Who was shown out is not asked back soon; a page that knows the word does not come back at all.
BANNED_RETRY_MS = 600_000

_JOINS = counter("shopcast_rooms_joins_total", "People let in, by what they got.", ("by",))
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Ports:
    """What every room of a gateway shares."""

    actions: Actions
    reads: Reads
    broadcast: Broadcast
    rate_limits: RateLimits
    clock: Clock
    holder: str
    # See Rhythm.
    tick_s: Callable[[int], float]


class Room(Generic[S]):
    def __init__(self, room_id: str, ports: Ports, rules: RoomRules[S]) -> None:
        self.room_id = room_id
        self._ports = ports
        self._rules = rules
        self._loop = asyncio.get_running_loop()
        self._crowd = Crowd()
        self._fanout = FanOut(self._loop.time, self.tick_s, rules.state_key, self._shared_snapshot, self._resync)
        self._sequencer = Sequencer(
            room_id,
            ports.holder,
            ports.actions,
            tick_s=lambda: min(self.tick_s(), NUMBERING_TICK_S),
            on_batch=self._on_numbered,
            on_refused=self._on_refused,
            catch_up=self._mended,
        )
        self._speech = Speech(self, self._crowd, ports.actions, ports.rate_limits, self._sequencer.say)
        self._members: set[Member] = set()
        self._feed: RoomFeed[S] | None = None
        self._opened: asyncio.Task[None] | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._buffered: list[Batch] = []
        self._mending: asyncio.Task[None] | None = None
        # People told last and when.
        self._told_live: tuple[int, float] = (-1, 0.0)
        self._stored_seq = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self.idle_since = self._loop.time()
        # When whoever leads the room was last heard.
        self._led_at = self._loop.time()
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
        self._fanout.begin(self._feed.epoch, self._feed.seq)
        self._take_buffered()
        self._sequencer.start()

    async def close(self, code: str, retry_ms: Callable[[], int]) -> None:
        self.is_closed = True
        led, (here, came) = self._sequencer.leads, self._crowd.take_sketches()
        for member in list(self._members):
            member.bye(code, retry_ms())
        if self._unsubscribe is not None:
            self._unsubscribe()
        if self._opened is not None and not self._opened.done():
            await asyncio.wait([self._opened])
        await self._sequencer.stop()
        self._fanout.close()
        for task in list(self._tasks):
            task.cancel()
        await self._record_crowd(here, came, led=led)

    @property
    def is_idle(self) -> bool:
        return not self._members and self._sequencer.is_idle

    @property
    def frames_sent(self) -> int:
        return self._fanout.frames_sent

    def now(self) -> float:
        return self._loop.time()

    def people(self) -> int:
        return self._crowd.people(self._loop.time())

    def tick_s(self) -> float:
        return self._ports.tick_s(self.people())

    def retry_ms(self) -> int:
        return return_within_ms(len(self._members))

    def live(self) -> bytes:
        """The counts of now, for one who asks."""
        return live_frame(self.people(), {}, self.retry_ms())

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
        if member.key in feed.expelled:
            member.bye("banned", BANNED_RETRY_MS)
            return
        private = await self._missed_private(feed, member)
        if not member.is_open or self.is_closed:
            return
        # No await from here on: the member misses nothing between its snapshot and its first tick.
        now_ms = to_ms(self._ports.clock.now())
        tick_ms = round(self.tick_s() * 1000)
        hello = hello_frame(member.ticket, member.key, now_ms, tick_ms, self.retry_ms())
        resumed = None
        if epoch is not None and seq is not None:
            resumed = feed.resume(epoch, seq, staff=member.is_staff)
        _JOINS.add(1, "snapshot" if resumed is None else "memory")
        if resumed is None:
            caught_up = self._snapshot_for(feed, member, private)
        else:
            caught_up = self._fanout.encoded(resumed, deflates=member.deflates)
        # One write: in a storm, writing is most of what coming back costs.
        member.write(text_frame(hello) + caught_up + text_frame(self.live()))
        _send_private(member, private)
        member.entered_room = True
        self._crowd.enter(member)
        self._fanout.add(member)

    def leave(self, member: Member) -> None:
        self._members.discard(member)
        self._fanout.remove(member)
        self._crowd.leave(member)
        if not self._members:
            self.idle_since = self._loop.time()

    # Slow readers.

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
            self.spawn(self._catch_member_up(member))

    async def _catch_member_up(self, member: Member) -> None:
        feed = self._feed
        if feed is None:
            return
        private = await self._missed_private(feed, member)
        if not member.is_open or member.is_paused or not member.is_stale or self.is_closed:
            return
        member.is_stale = False
        member.write(self._snapshot_for(feed, member, private))
        self._fanout.add(member)

    def _snapshot_for(self, feed: RoomFeed[S], member: Member, private: list[PrivateEntry]) -> bytes:
        """Whole frame; shared with everybody to whom nothing has been told in private."""
        member.pseq = max(member.pseq, private[-1].pseq if private else 0)
        if member.pseq == 0:
            return self._fanout.encoded(feed.snapshot(staff=member.is_staff), deflates=member.deflates)
        return text_frame(snapshot_frame(feed.snapshot_head(staff=member.is_staff), member.pseq, private))

    def _shared_snapshot(self, is_staff: bool) -> bytes:
        return b"" if self._feed is None else self._feed.snapshot(staff=is_staff)

    # Private entries.

    async def _missed_private(self, feed: RoomFeed[S], member: Member) -> list[PrivateEntry]:
        """What the member was told since its `pseq`; read again while more comes in meanwhile."""
        person_key = member.ticket.person_key
        if member.pseq > feed.pseqs.get(person_key, 0):
            # A number we never gave out: from before a restored backup, or invented.
            member.pseq = 0
        private: list[PrivateEntry] = []
        # Three rounds: beyond that somebody is told things faster than we can read, and the next entry mends it.
        for _ in range(3):
            known = private[-1].pseq if private else member.pseq
            if feed.pseqs.get(person_key, 0) <= known:
                break
            private = await self._ports.reads.run(_private_since, self.room_id, person_key, member.pseq)
        return private

    def _tell(self, entry: PrivateEntry) -> None:
        frame: bytes | None = None
        for member in self._crowd.of_person(entry.person_key):
            if member.is_stale or entry.pseq <= member.pseq:
                continue
            if entry.pseq > member.pseq + 1:
                self.spawn(self._mend_private(member))
                continue
            frame = frame or private_frame(entry)
            member.send(frame)
            member.pseq = entry.pseq

    async def _mend_private(self, member: Member) -> None:
        if self._feed is not None:
            _send_private(member, await self._missed_private(self._feed, member))

    async def _mend_private_of_all(self, feed: RoomFeed[S]) -> None:
        """Whatever carried the entries of the log that we missed may have carried private ones."""
        feed.learn_told(await self._ports.reads.run(queries.last_private_seqs, self.room_id))
        for member in list(self._members):
            is_behind = feed.pseqs.get(member.ticket.person_key, 0) > member.pseq
            if is_behind and member.entered_room and not member.is_stale:
                await self._mend_private(member)

    # What comes in.

    def receive(self, member: Member, frame: AnyClientFrame) -> None:
        if member.entered_room:
            self._speech.receive(member, frame)

    def _on_refused(self, refused: LineRefused) -> None:
        self._speech.refused(refused)

    def _on_message_from_anywhere(self, message: bytes) -> None:
        self._loop.call_soon_threadsafe(self._on_message, message)

    def _on_message(self, message: bytes) -> None:
        if self.is_closed:
            return
        decoded = decode_message(message)
        if decoded.origin == self._ports.holder:
            return
        if isinstance(decoded, Published):
            self._led_at = self._loop.time()
            self.take(decoded.batch)
            return
        if decoded.leads:
            self._led_at = self._loop.time()
        self._crowd.hear(decoded, self._loop.time())
        if self._feed is not None and (decoded.seq > self._feed.seq or decoded.told > self._feed.told):
            self._mend()

    # What goes out.

    def _on_numbered(self, batch: Batch) -> None:
        """Our own commit: here first, then to the other gateways."""
        self.take(batch)
        if batch.entries or batch.private:
            self._publish(Published(origin=self._ports.holder, batch=batch))
        self._store_snapshot_if_due()

    def take(self, batch: Batch) -> None:
        """What the room's leader has committed, from wherever it comes; twice or late is harmless."""
        feed = self._feed
        if feed is None or batch.after > feed.seq:
            if len(self._buffered) < BUFFERED_LIMIT:
                self._buffered.append(batch)
            self._mend()
            return
        new_epoch = batch.epoch > feed.epoch
        fresh = feed.apply(batch)
        for kept in fresh:
            self._sequencer.seen(kept.entry.id)
        if new_epoch:
            self._fanout.restart(feed.epoch, feed.seq)
        elif fresh:
            self._fanout.take(feed.epoch, feed.seq, fresh, self._crowd.by_public_key)
        for entry in batch.private:
            self._tell(entry)
        self._show_out(kept.entry for kept in fresh)
        for kept in fresh:
            self._speech.numbered(kept.entry.id, kept.entry.seq)

    def _show_out(self, entries: Iterable[Entry]) -> None:
        """Whoever was expelled leaves, on whatever gateway; they were told why beforehand, as a private entry."""
        for entry in entries:
            if entry.kind == CHAT_EXPELLED and entry.body.get("out"):
                for member in list(self._crowd.by_public_key.get(str(entry.body.get("key")), ())):
                    member.bye("banned", BANNED_RETRY_MS)

    def _publish(self, message: Report | Published) -> None:
        self._ports.broadcast.publish(self._channel, encode_message(message))

    @property
    def _channel(self) -> str:
        return f"room:{self.room_id}"

    # Catching up from the log.

    async def _mended(self) -> None:
        self._mend()
        if self._mending is not None:
            await asyncio.shield(self._mending)

    def _mend(self) -> None:
        if self._feed is not None and (self._mending is None or self._mending.done()):
            self._mending = self.spawn(self._mend_from_log(self._feed))

    async def _mend_from_log(self, feed: RoomFeed[S]) -> None:
        """Reads what we have missed until there is no gap; each round moves on by a page."""
        rounds_without_news = 0
        while rounds_without_news < MENDING_ROUNDS:
            page = await self._ports.reads.run(queries.entries_after, self.room_id, feed.seq)
            entries = tuple(entry for entry in page if entry.seq > feed.seq)
            rounds_without_news = 0 if entries else rounds_without_news + 1
            if entries:
                last = entries[-1]
                after = entries[0].seq - 1
                self.take(Batch(room_id=self.room_id, epoch=last.epoch, after=after, seq=last.seq, entries=entries))
            if len(page) < queries.PAGE_LIMIT:
                self._take_buffered()
                if not self._buffered:
                    break
        # What is still beyond a gap is not in the log: it was never committed.
        self._buffered.clear()
        await self._mend_private_of_all(feed)

    def _take_buffered(self) -> None:
        buffered, self._buffered = self._buffered, []
        for batch in buffered:
            self.take(batch)

    # Counts and shortcuts.

    def tell_live(self) -> None:
        """Every two seconds: counts to everybody here, and ours to the other gateways."""
        feed = self._feed
        if feed is None:
            return
        mine, everybody = self._crowd.take_reactions()
        self._publish(
            Report(
                origin=self._ports.holder,
                people=self._crowd.here,
                reactions=mine,
                epoch=feed.epoch,
                seq=feed.seq,
                told=feed.told,
                leads=self._sequencer.leads,
            )
        )
        if not self._sequencer.leads and self._loop.time() - self._led_at > LEADER_SILENT_S:
            self._mend()
        told, told_at = self._told_live
        people, now = self.people(), self._loop.time()
        if not everybody and told == people and now - told_at < LIVE_AT_LEAST_S:
            return
        self._told_live = (people, now)
        self._fanout.tell_live(live_frame(people, everybody, self.retry_ms()))

    async def record_presence(self) -> None:
        """Every thirty seconds, and when the room is closed: who is here, led by us or not."""
        await self._record_crowd(*self._crowd.take_sketches(), led=self._sequencer.leads)

    async def _record_crowd(self, here: Sketch, came: Sketch, *, led: bool) -> None:
        """That nobody is there any more is told by the one who leads."""
        if led or not (here.is_empty and came.is_empty):
            window = window_of(self._ports.clock.now())
            sketches = {"here": here.pack(), "came": came.pack()}
            await self._record(RecordPresence(room_id=self.room_id, window=window, **sketches))

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
            self.spawn(self._record(StoreSnapshot(room_id=self.room_id, epoch=feed.epoch, seq=feed.seq, state=state)))

    def spawn(self, work: Coroutine[None, None, None]) -> "asyncio.Task[None]":
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("rooms.task.failed", room_id=self.room_id, error=repr(error))


def _private_since(connection: ReadConnection, room_id: str, person_key: str, after: int) -> list[PrivateEntry]:
    """Everything since `after` for somebody who comes back; the newest for who comes first, or was away for long."""
    missed = queries.private_after(connection, room_id, person_key, after, MISSED_PRIVATE_LIMIT) if after else []
    if missed and len(missed) < MISSED_PRIVATE_LIMIT:
        return missed
    return queries.private_tail(connection, room_id, person_key, queries.PRIVATE_TAIL_LIMIT)


def _send_private(member: Member, private: list[PrivateEntry]) -> None:
    for entry in private:
        if entry.pseq > member.pseq and member.is_open:
            member.send(private_frame(entry))
            member.pseq = entry.pseq
