"""Cross-site WebSocket hijacking: pages from elsewhere open no feed, with whatever they hold."""

import pytest

from tests.live.conftest import Live
from tests.tools.people import SignedIn
from tests.tools.stories import Story, begin
from tests.tools.watchers import watching


@pytest.fixture
async def story(target: Live, victim: SignedIn) -> Story:
    """Return a private execution of the victim's."""
    return await begin(target.runtime, victim.user["id"])


def elsewhere(target: Live) -> list[str]:
    """Return origins of other pages, and what is spelled like the server's own."""
    host = target.url.removeprefix("http://")
    name, port = host.split(":")
    return [
        "https://evil.example", "http://evil.example", "null", "", "*", "undefined", "about:blank",
        f"http://{name}", f"https://{name}", f"http://{name}:{int(port) + 1}", f"http://{name}:",
        f"http://{host}.evil.example", f"http://evil.example.{host}", f"http://evil{host}",
        f"http://{host}@evil.example", f"http://user@{host}", f"http://user:pass@{host}",
        f"http://evil.example/{host}", f"http://evil.example?{host}", f"http://evil.example#{host}",
        f"http://{host}/", f"http://{host}/page", f"http://{host}?x", f"http://{host}#x",
        f"http://{host}\\.evil.example", f"http://{host}%00.evil.example", f"http://{name}%3A{port}",
        f"ws://{host}", f"wss://{host}", f"file://{host}", f"ftp://{host}", f"//{host}", host, name,
        f"HTTP://{host}", f"http://{host} http://evil.example", f"http://{host},http://evil.example",
        "chrome-extension://abcdefgh", "http://[::1]", "http://[", "http://localhost:" + port,
        "http://127.1:" + port, "http://0x7f000001:" + port, "http://2130706433:" + port,
    ]  # fmt: skip


async def test_a_page_from_elsewhere_opens_no_feed_even_with_a_good_token(
    target: Live, victim: SignedIn, story: Story
) -> None:
    opened = {}
    for origin in elsewhere(target):
        headers = {"Origin": origin}
        async with watching(target.url, story.id, victim.token, headers=headers) as watcher:
            if (code := await watcher.close_code()) != 4403 or watcher.frames:
                opened[origin] = (code, watcher.frames)
    assert opened == {}


async def test_a_cookie_signs_nobody_in(target: Live, victim: SignedIn, story: Story) -> None:
    cookies = f"runcast_refresh={victim.tokens['refresh_token']}; access_token={victim.token}"
    headers = {"Origin": target.url, "Cookie": cookies}
    async with watching(target.url, story.id, headers=headers) as watcher:
        await watcher.say({"type": "auth", "token": None})
        assert await watcher.close_code() == 4401


async def test_a_token_in_the_address_or_the_subprotocol_signs_nobody_in(
    target: Live, victim: SignedIn, story: Story
) -> None:
    for query in ("token", "access_token", "auth", "ticket"):
        path = f"{story.id}?{query}={victim.token}"
        async with watching(target.url, path) as watcher:
            await watcher.say({"type": "auth", "token": None})
            assert await watcher.close_code() == 4401, query


async def test_a_stolen_ticket_opens_nothing_without_its_origin_and_then_nothing_at_all(
    target: Live, victim: SignedIn, story: Story
) -> None:
    headers = {"Origin": target.url}
    asked = {"execution_id": str(story.id)}
    answer = await victim.post("/api/auth/tickets", json=asked, headers=headers)
    shown = {"type": "auth", "token": answer.json()["ticket"]}
    # A page of the thief's gets nowhere near showing it; a program of theirs says no Origin.
    async with watching(target.url, story.id) as watcher:
        await watcher.say(shown)
        assert await watcher.close_code() == 4401
    async with watching(target.url, story.id, headers=headers) as watcher:
        await watcher.say(shown)
        assert await watcher.close_code() == 4401


async def test_programs_and_the_servers_own_pages_still_watch(
    target: Live, victim: SignedIn, story: Story
) -> None:
    for origin in (None, target.url, target.url.replace("http", "https")):
        headers = {} if origin is None else {"Origin": origin}
        async with watching(target.url, story.id, victim.token, headers=headers) as watcher:
            await watcher.until("hello")
