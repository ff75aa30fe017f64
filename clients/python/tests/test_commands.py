"""Commands: kept until answered, each answer to whom it belongs."""

import pytest

from runcast_client.commands import Commands
from runcast_client.errors import CommandRefused, WatchClosed
from runcast_client.frames import Ack, Refusal

A, B = {"type": "cancel", "id": "a"}, {"type": "cancel", "id": "b"}


async def test_unanswered_commands_keep_their_order() -> None:
    commands = Commands()
    commands.add(A)
    commands.add(B)
    assert commands.unanswered == [A, B]


async def test_an_ack_settles_its_command_only() -> None:
    commands = Commands()
    answer = commands.add(A)
    commands.add(B)
    assert commands.settle(Ack("a", 7))
    assert await answer == Ack("a", 7)
    assert commands.unanswered == [B]


async def test_a_refusal_is_raised_with_its_code() -> None:
    commands = Commands()
    answer = commands.add(A)
    assert commands.settle(Refusal("a", "forbidden", "read only"))
    with pytest.raises(CommandRefused, match="read only"):
        await answer


async def test_an_answer_to_nobody_settles_nothing() -> None:
    commands = Commands()
    commands.add(A)
    assert not commands.settle(Ack("other", 1))
    assert not commands.settle(Refusal(None, "bad_request", ""))
    assert commands.unanswered == [A]


async def test_a_command_that_nobody_waits_for_is_sent_no_more() -> None:
    commands = Commands()
    commands.add(A).cancel()
    commands.forget("a")
    assert commands.unanswered == []
    assert not commands.settle(Ack("a", 1))


async def test_the_end_of_the_watch_is_told_to_all_who_wait() -> None:
    commands = Commands()
    answer = commands.add(A)
    commands.fail(WatchClosed("over"))
    with pytest.raises(WatchClosed):
        await answer
    assert commands.unanswered == []
