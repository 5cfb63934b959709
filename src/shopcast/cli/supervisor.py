"""Keeps the few processes of one shop running: starts them, starts a fallen one again, stops all of them in order.

Knows how to run and stop processes and nothing of what they do. The roles are forked from this process after everything
was imported once, so that they share that memory and a second start is quick.
"""

import ctypes
import gc
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import structlog

from shopcast.cli.log_pipes import LogPipes

log = structlog.get_logger()

# Doubling from half a second: a crash that heals itself costs little, one that doesn't burns no core.
RESTART_DELAY_S, RESTART_DELAY_MAX_S = 0.5, 8.0
# Somebody has to look at a role that falls this often.
CRASHES_MAX, CRASHES_WITHIN_S = 6, 60.0
STOP_TIME_MAX_S = 10.0
POLL_S = 0.1
_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15


@dataclass(frozen=True, slots=True)
class Role:
    """`run` returns only when its work is over. Roles stop in the reverse order of the list; those of one group that
    stand side by side, together."""

    name: str
    run: Callable[[], None]
    group: str = ""


@dataclass(slots=True)
class _Child:
    role: Role
    pid: int | None = None
    start_at: float = 0.0
    started_at: float = 0.0
    delay_s: float = 0.0
    crashes: deque[float] = field(default_factory=lambda: deque(maxlen=CRASHES_MAX))


class Supervisor:
    """With `pipes` each line that a role prints gets its name in front."""

    def __init__(
        self,
        roles: Sequence[Role],
        restart_delay_s: float = RESTART_DELAY_S,
        *,
        stop_time_s: float = STOP_TIME_MAX_S,
        pipes: LogPipes | None = None,
    ) -> None:
        self._stop_time_s = stop_time_s
        self._pipes = pipes
        self._children = [_Child(role, delay_s=restart_delay_s) for role in roles]
        self._restart_delay_s = restart_delay_s
        self._announcer: int | None = None
        self._stopping = False

    def run(self, on_started: Callable[[], None]) -> int:
        """Runs until told to stop. Returns 0, or 1 when a role would not stay up.

        `on_started` may wait as long as it likes: it runs in a process of its own, while this one watches.
        """
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        # What was imported so far is shared by the forks; the collector must not touch (and so copy) it.
        gc.collect()
        gc.freeze()
        for child in self._children:
            self._start(child)
        self._announcer = _fork(Role("announcement", on_started))
        failed = self._watch()
        self._stop_all()
        return 1 if failed else 0

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _watch(self) -> bool:
        while not self._stopping:
            self._reap()
            for child in self._children:
                if child.pid is None and time.monotonic() >= child.start_at and not self._stopping:
                    if self._falls_too_often(child):
                        log.error("supervisor.role.gave_up", role=child.role.name, crashes=CRASHES_MAX)
                        return True
                    self._start(child)
            self._pause(POLL_S)
        return False

    def _pause(self, seconds: float) -> None:
        if self._pipes is None:
            time.sleep(seconds)
        else:
            self._pipes.pump(seconds)

    def _start(self, child: _Child) -> None:
        output = None if self._pipes is None else self._pipes.inlet(child.role.name)
        child.pid, child.started_at = _fork(child.role, output), time.monotonic()
        if output is not None:
            os.close(output)
        log.info("supervisor.role.started", role=child.role.name, pid=child.pid)

    def _reap(self) -> None:
        if self._announcer is not None and os.waitpid(self._announcer, os.WNOHANG)[0] != 0:
            self._announcer = None
        for child in self._children:
            if child.pid is None:
                continue
            pid, status = os.waitpid(child.pid, os.WNOHANG)
            if pid == 0:
                continue
            now = time.monotonic()
            child.crashes.append(now)
            if now - child.started_at > CRASHES_WITHIN_S:
                child.delay_s = self._restart_delay_s
            child.pid, child.start_at = None, now + child.delay_s
            child.delay_s = min(child.delay_s * 2, RESTART_DELAY_MAX_S)
            if not self._stopping:
                log.warning("supervisor.role.fell", role=child.role.name, status=os.waitstatus_to_exitcode(status))

    def _falls_too_often(self, child: _Child) -> bool:
        full = len(child.crashes) == CRASHES_MAX
        return full and child.crashes[-1] - child.crashes[0] < CRASHES_WITHIN_S

    def _stop_all(self) -> None:
        if self._announcer is not None:
            self._end([self._announcer])
        for _, side_by_side in groupby(reversed(self._children), key=lambda child: child.role.group or child.role.name):
            self._end([child.pid for child in side_by_side if child.pid is not None])

    def _end(self, pids: Sequence[int]) -> None:
        alive = [pid for pid in pids if _tell(pid, signal.SIGTERM)]
        until = time.monotonic() + self._stop_time_s
        while alive and time.monotonic() < until:
            alive = [pid for pid in alive if not _has_ended(pid)]
            if alive:
                self._pause(0.02)
        for pid in alive:
            if _tell(pid, signal.SIGKILL):
                _has_ended(pid, wait=True)


def _fork(role: Role, output: int | None = None) -> int:
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        _become(role, parent, output)
    return pid


def _become(role: Role, parent: int, output: int | None) -> None:
    """Never returns: the forked child runs its role and leaves."""
    # A supervisor killed outright takes its roles along; otherwise a second start would meet the first one's ports.
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    # What top and ps show.
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_NAME, role.name.encode()[:15])
    # Out of the terminal's group: Ctrl-C is the supervisor's to answer, which stops the roles in order.
    os.setpgrp()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if output is not None:
        os.dup2(output, 1)
        os.dup2(output, 2)
    code = 1
    try:
        role.run()
        code = 0
    except KeyboardInterrupt:
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    except BaseException:
        log.exception("supervisor.role.failed", role=role.name)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _tell(pid: int, number: signal.Signals) -> bool:
    """False when it has ended before."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def _has_ended(pid: int, *, wait: bool = False) -> bool:
    try:
        return os.waitpid(pid, 0 if wait else os.WNOHANG)[0] != 0
    except ChildProcessError:
        return True
