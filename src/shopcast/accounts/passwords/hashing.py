"""Owns how passwords are hashed: Argon2id, never in the writer, never more than two at once. Knows no table."""

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import BoundedSemaphore
from typing import ParamSpec, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from shopcast.accounts.errors import PasswordTooWeak
from shopcast.kernel.errors import Busy

P = ParamSpec("P")
R = TypeVar("R")

# Measured on two 2020s cores: 32 MiB and two passes take 56 ms (64 MiB: 118 ms; OWASP's floor of 19 MiB: 24 ms). A
# person does not notice it, and two at once cost the process 64 MiB of its 300.
_MEMORY_KIB = 32 * 1024
_PASSES = 2
_AT_ONCE = 2
# With two at a time, the last of forty waits about a second. Beyond that, saying "busy" is kinder than queueing.
_WAITING_LIMIT = 40

SHORTEST = 10
# Long enough for any sentence; short enough that hashing cost does not depend on what a stranger sends.
LONGEST = 128


def check_password(password: str, email: str) -> None:
    """Raises PasswordTooWeak."""
    local_part = email.split("@")[0]
    too_plain = len(set(password)) < 4 or password.lower() in (email.lower(), local_part.lower())
    if too_plain or not SHORTEST <= len(password) <= LONGEST:
        raise PasswordTooWeak(shortest=SHORTEST, longest=LONGEST)


class Passwords:
    """Hashes and verifies in two threads of its own. Built once per process. Only tests choose a lower cost."""

    def __init__(self, memory_kib: int = _MEMORY_KIB, passes: int = _PASSES) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="passwords")
        self._places = BoundedSemaphore(_AT_ONCE + _WAITING_LIMIT)
        # Verified against when there is no such account, so that the answer takes as long as for a real one.
        self._nobody = self._hasher.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        return await self._run(self.hash_blocking, password)

    async def verify(self, stored: str | None, password: str) -> bool:
        """False for a wrong password and, after the same time, for `stored` None."""
        return await self._run(self._verify, stored or self._nobody, password) and stored is not None

    def needs_rehash(self, stored: str) -> bool:
        return self._hasher.check_needs_rehash(stored)

    def hash_blocking(self, password: str) -> str:
        return self._hasher.hash(_same(password))

    def _verify(self, stored: str, password: str) -> bool:
        if len(password) > LONGEST:
            return False
        try:
            return self._hasher.verify(stored, _same(password))
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        if not self._places.acquire(blocking=False):
            raise Busy()
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, partial(work, *args, **kwargs))
        finally:
            self._places.release()


def _same(password: str) -> str:
    # NIST SP 800-63B 5.1.1.2: one form for the same characters typed on different keyboards.
    return unicodedata.normalize("NFKC", password)
