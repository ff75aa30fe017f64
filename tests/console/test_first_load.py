"""What a browser that was never here fetches for one page: scripts and styles, gzipped, within the bound.

What editors, charts and dialogs add comes when they are shown.
"""

from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, expect

from runcast.console import FOLDER
from tests.tools.consoles import Hosted

MOST = 200_000
PAGES = {
    "/sign-in": "Sign in to Runcast",
    "/": "Overview",
    "/items": "Items",
    "/handlers": "Start",
    "/teams": "Teams",
    "/account": "Account",
    "/admin/users": "People",
}
LOADED = "() => performance.getEntriesByType('resource').map((entry) => entry.name)"


def sent(asset: str) -> int:
    """Return how many bytes of an asset are sent to who takes gzip; the smallest are sent as they are."""
    plain, zipped = FOLDER / asset[1:], FOLDER / f"{asset[1:]}.gz"
    return (zipped if zipped.exists() else plain).stat().st_size


@pytest.mark.parametrize(("path", "title"), PAGES.items())
async def test_a_page_opened_cold_is_small(
    page: Page, hosted: Hosted, path: str, title: str
) -> None:
    email = f"{title.replace(' ', '-')}@example.com"
    await hosted.person(email, is_admin=True)
    await hosted.open(page, path, None if path == "/sign-in" else email)
    await expect(page.get_by_role("heading", name=title, exact=True, level=1)).to_be_visible()
    await page.wait_for_load_state("networkidle")
    paths = {urlsplit(address).path for address in await page.evaluate(LOADED)}
    assets = [path for path in paths if path.startswith("/assets/")]
    assert any(asset.endswith(".js") for asset in assets)
    assert sum(map(sent, assets)) < MOST
