"""A Chromium for tests: `RUNCAST_BROWSER`'s, the one on the PATH, or npm's @sparticuz/chromium, unpacked.

`RUNCAST_BROWSER` is a path, or `npm` for the last of them though there is another.
"""

import asyncio
import os
import platform
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import npm
from playwright.async_api import Browser, async_playwright

from tests.tools.npm_packages import installed, node
from tests.tools.parts import missing

SOURCE = Path(__file__).parent / "chromium"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Its own sandbox wants what root and most containers have not; it sees nothing but our own pages.
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage"]
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
"""


@dataclass(frozen=True)
class Chromium:
    """A browser's program, and the variables that it wants besides."""

    program: Path
    variables: dict[str, str] = field(default_factory=dict)


def chromium() -> Chromium:
    """Return one; where there is none, the test is skipped, in CI failed. Nothing for the event loop."""
    wanted = os.environ.get("RUNCAST_BROWSER", "")
    if wanted not in {"", "npm"}:
        return Chromium(Path(wanted))
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return _from_npm() if wanted or found is None else Chromium(Path(found))


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    """Run one until the block ends."""
    found = await asyncio.to_thread(chromium)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=found.program,
            args=ARGUMENTS,
            env={**os.environ, **found.variables},
        )
        try:
            yield browser
        finally:
            await browser.close()


def _from_npm() -> Chromium:
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        missing("Chromium: install one, or name it in RUNCAST_BROWSER")
    files = ("package.json", "package-lock.json", ".npmrc", "unpack.mjs")
    folder = installed(SOURCE, files, _unpack) / "unpacked"
    variables = {
        "FONTCONFIG_FILE": str(folder / "fonts.conf"),
        "LD_LIBRARY_PATH": str(folder / "al2023" / "lib"),
    }
    return Chromium(folder / "chromium", variables)


def _unpack(folder: Path) -> None:
    unpacked = folder / "unpacked"
    unpacked.mkdir()
    subprocess.run(
        [node(), "unpack.mjs"],
        cwd=folder,
        # Unless it takes this for the service that it was made for, it leaves out the libraries.
        env={**npm.environment(), "TMPDIR": str(unpacked), "AWS_LAMBDA_JS_RUNTIME": "22.x"},
        check=True,
        capture_output=True,
    )
    (unpacked / "fonts.conf").write_text(FONTS)
    # Only what was unpacked is run.
    shutil.rmtree(folder / "node_modules")
