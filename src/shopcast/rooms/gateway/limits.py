"""The numbers a gateway is held to, and the bucket that counts against them."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GatewayLimits:
    # 57,000 viewers share four such processes; memory stays under 200 MB in each.
    connections: int = 20_000
    # A school or an office behind one address; a single machine cannot take the whole process.
    connections_per_ip: int = 2_000
    # Rooms with people or news at once; above this new ones wait until others are idle.
    rooms: int = 500
    # Unsent bytes after which picows tells us to pause: a chat frame is 2 KB, so some seconds of it.
    pause_bytes: int = 64 * 1024
    # From here on even lossless entries are held back, and a fresh snapshot is sent once the way is free.
    stale_bytes: int = 128 * 1024
    # The kernel may hold this much per socket before a slow reader is felt; the default grows to 4 MB.
    kernel_send_bytes: int = 64 * 1024
    # What a client may have sent before we read it: a page sends a few lines, and picows' buffer doubles whenever one
    # look fills it, and never shrinks. The kernel's default would let a flood make it megabytes.
    kernel_receive_bytes: int = 16 * 1024
    # Half a minute of a dead zone on a train; then the connection costs more than a resume.
    slow_for_s: float = 20.0
    # From the first byte to the whole request: a page on a train takes two; who dribbles longer wants our sockets.
    handshake_s: float = 5.0
    # Proxies cut idle sockets at 60 s; we ask after 25 s and give up after 75 s.
    ping_after_s: float = 25.0
    idle_for_s: float = 75.0
    # One person clicking fast is 5 frames a second.
    frames_burst: int = 30
    frames_per_s: float = 10.0
    # After that many broken frames it is not a client of ours.
    invalid_frames: int = 5


def tick_s(people: int) -> float:
    """100 ms feels immediate; telling 20,000 sockets takes a fifth of a second, so ticks stretch with the room."""
    if people <= 200:
        return 0.1
    if people <= 1_000:
        return 0.2
    return 0.5 if people <= 5_000 else 1.0


def return_within_ms(members: int) -> int:
    """Over how long those who lose a process together spread their return: a fresh one takes in 3,000 a second beside
    its other work (bench/storm.py)."""
    return min(RETURN_WITHIN_LIMIT_MS, max(RETURN_WITHIN_MS, members // 3))


RETURN_WITHIN_MS = 1_000
RETURN_WITHIN_LIMIT_MS = 20_000


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a gateway does what nobody asked for, and how long it lets chat wait."""

    # By the number of people in the room.
    tick_s: Callable[[int], float] = tick_s

    # Counts that move every two seconds feel live; more often would double what a quiet room costs.
    live_s: float = 2.0
    # Wakes may be lost; this is the longest an entry then waits for its number.
    sweep_s: float = 2.0
    # A point every half minute draws a show's curve.
    presence_s: float = 30.0
    check_s: float = 1.0


@dataclass(slots=True)
class Bucket:
    """A token bucket over a monotonic clock: `burst` at once, `per_s` in the long run."""

    burst: float
    per_s: float
    tokens: float
    at: float

    @classmethod
    def full(cls, burst: float, per_s: float, now: float) -> "Bucket":
        return cls(burst, per_s, burst, now)

    def take(self, amount: float, now: float) -> bool:
        self._fill(now)
        if self.tokens < amount:
            return False
        self.tokens -= amount
        return True

    def take_up_to(self, amount: int, now: float) -> int:
        """As many whole tokens as there are, at most `amount`."""
        self._fill(now)
        taken = min(amount, int(self.tokens))
        self.tokens -= taken
        return taken

    def _fill(self, now: float) -> None:
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.per_s)
        self.at = now
