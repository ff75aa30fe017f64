"""Every conformance case, against a fake server that plays its script."""

import asyncio
import time
from typing import Any

import pytest

from clients.python.tests.cases import Case, Frame, Seen, load_cases
from clients.python.tests.fake_server import FakeServer
from clients.python.tests.fake_time import FakeTime
from runcast_client import (
    Client,
    ClientError,
    CommandRefused,
    Credential,
    EventsPruned,
    Gap,
    SignedOut,
    StaticToken,
    TokenPair,
    Tokens,
    Watch,
    WatchClosed,
    WatchRefused,
)
from runcast_client.races import first_to_return

CASES = load_cases()
NAMES = [f"{transport}: {case['name']}" for transport, case in CASES]


@pytest.mark.parametrize(("transport", "case"), CASES, ids=NAMES)
async def test_the_client_does_what_the_case_says(transport: str, case: Case) -> None:
    seen, fake_time = Seen(), FakeTime()
    async with FakeServer(case, seen, fake_time).listening() as server:
        found = await first_to_return(
            run(case, transport, server, seen, fake_time), server.failed()
        )
    assert found == {**found, **case["expected"]}
    assert server.unplayed == 0


async def run(
    case: Case, transport: Any, server: FakeServer, seen: Seen, fake_time: FakeTime
) -> dict[str, Any]:
    """Play the program of a case, and return all that `expected` can speak of."""
    credential = credential_of(case)
    async with Client(
        server.url, credential, random=fake_time.random, sleep=fake_time.sleep
    ) as client:
        accepting = case.get("gaps") == "accept"

        def note(gap: Gap) -> None:
            seen.gaps.append([gap.first, gap.last])

        answers: list[int | str | None] = []
        watch = client.watch(
            "e1",
            after=case.get("after", 0),
            transport=transport,
            on_gap=note if accepting else None,
        )
        commanding = asyncio.create_task(command_as_wanted(watch, seen, answers))
        outcome = await follow(watch, seen)
        await seen.wanted.join()
        commanding.cancel()
    return {
        **outcome,
        "seqs": seen.seqs,
        "gaps": seen.gaps,
        "state": watch.state,
        "delays": fake_time.delays,
        "commands": answers,
    }


async def follow(watch: Watch, seen: Seen) -> dict[str, Any]:
    """Iterate to the end and say how it ended."""
    try:
        async for event in watch:
            await seen.take(event.seq)
    except WatchRefused as refused:
        return {"outcome": "refused", "code": refused.code}
    except SignedOut:
        return {"outcome": "signed_out"}
    except EventsPruned as pruned:
        seen.gaps.append([pruned.first, pruned.last])
        return {"outcome": "pruned"}
    return {"outcome": "ended"}


async def command_as_wanted(watch: Watch, seen: Seen, answers: list[int | str | None]) -> None:
    """Send through the watch what the script wants, one after the other; note how it was answered."""
    while True:
        wanted = await seen.wanted.get()
        answers.append(await answer_to(watch, wanted))
        seen.wanted.task_done()


async def answer_to(watch: Watch, wanted: Frame) -> int | str | None:
    """Send one command; return the seq of its ack, or the code of its refusal."""
    verb, arguments = wanted["type"], {k: it for k, it in wanted.items() if k != "type"}
    try:
        head: int | None = await getattr(watch, verb)(**arguments)
    except CommandRefused as refused:
        return refused.code
    except WatchClosed:
        return "closed"
    except ClientError as error:
        return type(error).__name__
    return head


def credential_of(case: Case) -> Credential | None:
    """Return the credential that a case starts with."""
    match case.get("credential"):
        case {"static": token}:
            return StaticToken(token)
        case {"access": access, "refresh": refresh}:
            return TokenPair(Tokens(access, refresh, renew_at=time.time() + 300))
    return None
