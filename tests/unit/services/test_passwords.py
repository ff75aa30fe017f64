"""Passwords: what verifies, what it costs, and what is refused."""

import asyncio
import threading
import unicodedata
from collections.abc import Iterator

import argon2
import pytest

from runcast.errors import Unavailable, Unprocessable
from runcast.services import passwords as module
from runcast.services.passwords import Passwords
from runcast.services.principals import Client

PASSWORD = "correct horse"


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    """Yield a cheap hasher with one thread."""
    passwords = Passwords(threads=1, memory_kib=64, passes=1)
    yield passwords
    passwords.stop()


async def test_the_right_password_verifies_and_another_does_not(passwords: Passwords) -> None:
    stored = await passwords.hash(PASSWORD)
    assert stored.startswith("$argon2id$")
    assert await passwords.verify(PASSWORD, stored)
    assert not await passwords.verify(PASSWORD + "!", stored)


async def test_one_password_has_a_new_hash_each_time(passwords: Passwords) -> None:
    assert await passwords.hash(PASSWORD) != await passwords.hash(PASSWORD)


async def test_composed_and_decomposed_letters_are_one_password(passwords: Passwords) -> None:
    stored = await passwords.hash(unicodedata.normalize("NFC", "café au lait"))
    assert await passwords.verify(unicodedata.normalize("NFD", "café au lait"), stored)


@pytest.mark.parametrize("length", [0, 7, 1025])
async def test_a_length_out_of_bounds_is_refused(passwords: Passwords, length: int) -> None:
    with pytest.raises(Unprocessable):
        await passwords.hash("x" * length)


async def test_length_counts_characters_and_not_bytes(passwords: Passwords) -> None:
    password = "\N{PILE OF POO}" * 1024
    assert await passwords.verify(password, await passwords.hash(password))


async def test_a_password_that_is_no_unicode_is_hashed_all_the_same(passwords: Passwords) -> None:
    stored = await passwords.hash("12345678\udcff")
    assert await passwords.verify("12345678\udcff", stored)
    assert not await passwords.verify("12345678\udcfe", stored)


async def test_what_is_cut_off_cannot_make_a_long_password_right(passwords: Passwords) -> None:
    stored = await passwords.hash("x" * 1024)
    assert not await passwords.verify("x" * 1025, stored)


async def test_a_hash_that_is_none_verifies_nothing(passwords: Passwords) -> None:
    assert not await passwords.verify(PASSWORD, "not a hash")


async def test_nobodys_password_costs_one_verification_of_todays_parameters(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    verify = argon2.PasswordHasher.verify

    def counting(hasher: argon2.PasswordHasher, stored: str, password: bytes) -> bool:
        seen.append(stored)
        return verify(hasher, stored, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", counting)
    stored = await passwords.hash(PASSWORD)
    assert not await passwords.verify("wrong password", stored)
    assert not await passwords.verify("wrong password", None)
    known, unknown = (argon2.extract_parameters(each) for each in seen)
    assert known == unknown


def test_a_hash_with_other_parameters_is_outdated(passwords: Passwords) -> None:
    dearer = argon2.PasswordHasher(time_cost=2, memory_cost=64, parallelism=1).hash(PASSWORD)
    same = argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    assert passwords.is_outdated(dearer)
    assert not passwords.is_outdated(same)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Yield what is set for the hashing to go on."""
    may_go = threading.Event()
    normalised = module._normalised

    def gated(password: str) -> bytes:
        may_go.wait(60)
        return normalised(password)

    monkeypatch.setattr(module, "_normalised", gated)
    yield may_go
    may_go.set()


async def flood(passwords: Passwords, address: str) -> list[asyncio.Task[bool]]:
    """Take all places from one address."""
    client = Client("", address)
    all_places = range(1 + module._WAITING_PER_THREAD)
    tasks = [asyncio.create_task(passwords.verify(PASSWORD, None, client)) for _ in all_places]
    await asyncio.sleep(0)
    return tasks


async def test_more_waiting_than_there_is_room_for_are_refused(
    passwords: Passwords, gate: threading.Event
) -> None:
    waiting = await flood(passwords, "192.0.2.1")
    with pytest.raises(Unavailable):
        await passwords.hash(PASSWORD, Client("", "192.0.2.1"))
    gate.set()
    assert await asyncio.gather(*waiting) == [False] * len(waiting)


async def test_one_address_cannot_take_the_places_of_another(
    passwords: Passwords, gate: threading.Event
) -> None:
    waiting = await flood(passwords, "192.0.2.1")
    hashing = asyncio.create_task(passwords.hash(PASSWORD, Client("", "198.51.100.7")))
    await asyncio.sleep(0)
    gate.set()
    await hashing
    # In the second round, and not behind all who came before.
    assert sum(task.done() for task in waiting) < 10
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(one) for one in found] == [bool] * (len(waiting) - 1) + [Unavailable]


async def test_neighbours_in_one_ipv6_network_have_the_places_of_one(
    passwords: Passwords, gate: threading.Event
) -> None:
    waiting = await flood(passwords, "2001:db8::1")
    with pytest.raises(Unavailable):
        await passwords.hash(PASSWORD, Client("", "2001:db8::2"))
    gate.set()
    await asyncio.gather(*waiting)


async def test_whose_asker_has_left_is_busy_until_it_is_done(
    passwords: Passwords, gate: threading.Event
) -> None:
    leaving = asyncio.create_task(passwords.verify(PASSWORD, None))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    waiting = await flood(passwords, "192.0.2.1")
    found = await asyncio.gather(waiting[-1], return_exceptions=True)
    assert isinstance(found[0], Unavailable)
    gate.set()
    assert await asyncio.gather(*waiting[:-1]) == [False] * (len(waiting) - 1)


async def test_hashing_happens_off_the_event_loop(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[str] = []
    normalised = module._normalised

    def noting(password: str) -> bytes:
        threads.append(threading.current_thread().name)
        return normalised(password)

    monkeypatch.setattr(module, "_normalised", noting)
    await passwords.hash(PASSWORD)
    assert threads[0].startswith("runcast-password")


def test_stopping_twice_is_harmless(passwords: Passwords) -> None:
    passwords.stop()
    passwords.stop()
