"""Passwords: hashed and verified with Argon2id (RFC 9106) in a few threads of their own.

Length is bounded and nothing else is asked of a password: composition rules make worse ones (NIST SP
800-63B, 3.1.1.2). A password is normalised by NFKC first, as the same section asks, because one
keyboard writes `é` as one character and another as two, and both mean the same password. The threads are shared
fairly between the addresses from which people ask.
"""

import asyncio
import base64
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import argon2

from runcast.errors import PasswordRefused
from runcast.fair_turns import FairTurns
from runcast.rates import network
from runcast.services.principals import Client

T = TypeVar("T")
MIN_LENGTH = 8
MAX_LENGTH = 1024
# More waiting than this per thread would be answered after its sender has given up.
_WAITING_PER_THREAD = 64


def check_length(password: str) -> None:
    """Return if the password has 8 to 1024 characters.

    Raises:
        PasswordRefused: it has fewer or more.
    """
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise PasswordRefused(f"a password has {MIN_LENGTH} to {MAX_LENGTH} characters")


class Passwords:
    """Hashes and verifies; the work happens off the event loop, a few at once.

    Args:
        threads: how many hashes are computed at once.
        memory_kib: Argon2's memory cost in KiB; what one hash occupies while it is computed.
        passes: Argon2's time cost, passes over that memory.
    """

    def __init__(self, *, threads: int, memory_kib: int, passes: int) -> None:
        self._hasher = argon2.PasswordHasher(
            time_cost=passes, memory_cost=memory_kib, parallelism=1
        )
        self._nobodys = _hash_of_nothing(memory_kib, passes)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="runcast-password")
        self._turns = FairTurns(
            at_once=threads,
            most=threads * _WAITING_PER_THREAD,
            refusal="too many passwords are being checked; try again in a moment",
        )

    async def hash(self, password: str, client: Client | None = None) -> str:
        """Return a salted hash that says its own parameters.

        Args:
            password: as it was typed.
            client: from where it comes; None from the command line.

        Raises:
            PasswordRefused: the password is too short or too long.
            Unavailable: too many are waiting already.
        """
        check_length(password)
        return await self._run(lambda: self._hasher.hash(_normalised(password)), client)

    async def verify(self, password: str, stored: str | None, client: Client | None = None) -> bool:
        """Tell whether the password is the one that was hashed.

        Nobody's hash (None: an unknown address, or an account without a password) takes as long as
        anybody's, so that the time of the answer does not tell which addresses have an account.

        Args:
            password: as it was typed.
            stored: the hash; None for nobody's.
            client: as for `hash`.

        Raises:
            Unavailable: too many are waiting already.
        """
        return await self._run(lambda: self._matches(password, stored or self._nobodys), client)

    def is_outdated(self, stored: str) -> bool:
        """Tell whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    def stop(self) -> None:
        """Let the threads end; what waits is dropped. Safe to call twice."""
        self._turns.stop()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _matches(self, password: str, stored: str) -> bool:
        try:
            return self._hasher.verify(stored, _normalised(password[: MAX_LENGTH + 1]))
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return False

    async def _run(self, work: Callable[[], T], client: Client | None) -> T:
        who = "" if client is None else network(client.address)
        await self._turns.take(who)
        running = asyncio.get_running_loop().run_in_executor(self._pool, work)
        # Not when its asker has left: the thread is busy until it is done.
        running.add_done_callback(lambda _: self._turns.give_back(who))
        return await asyncio.shield(running)


def _normalised(password: str) -> bytes:
    # Bytes that were no UTF-8 arrive from a terminal as lone surrogates; they are hashed as they are.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _hash_of_nothing(memory_kib: int, passes: int) -> str:
    """Return a hash of today's cost that no password has: its digest is random."""
    salt, digest = (
        base64.b64encode(secrets.token_bytes(size)).rstrip(b"=").decode() for size in (16, 32)
    )
    return f"$argon2id$v=19$m={memory_kib},t={passes},p=1${salt}${digest}"
