"""Take the pictures of the console that the documents show: `make screenshots`.

It serves the examples and a handler that has something for every page on a folder of its own, and looks at
the main pages in a real browser.
"""

import asyncio
import math
import os
import random
import struct
import tempfile
import zlib
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Literal

import httpx2
from playwright.async_api import BrowserContext, Page, ViewportSize
from pydantic import BaseModel, Field

from runcast import Run
from runcast.application import Runcast
from runcast.database import migrations
from tests.tools.browser import launched
from tests.tools.consoles import Hosted, hosting

ROOT = Path(__file__).parents[1]
TO = ROOT / "docs" / "screenshots"
MOST_BYTES = 150_000
EMAIL = "ada@example.com"
EPOCHS = 60
SHOWN_EPOCHS = 38
SIZE: ViewportSize = {"width": 1280, "height": 800}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
ready = asyncio.Event()


class Training(BaseModel):
    """What to train, and on what."""

    model: Literal["small", "large"] = Field(default="small", title="Model")
    rates: list[float] = Field(default=[0.1, 0.03, 0.01], title="Learning rates")
    epochs: int = Field(default=EPOCHS, ge=1, le=500, title="Epochs")
    note: str | None = Field(default=None, title="Note", description="Shown beside the result.")
    shuffle: bool = Field(default=True, title="Shuffle the examples")


async def train(run: Run, spec: Training) -> dict[str, float]:
    """Fit a model, epoch by epoch, and keep the best."""
    chance = random.Random(7)  # noqa: S311 - the same noise each time
    await run.step(_pause, 0.4, name="fetch the data")
    await run.step(_pause, 0.7, name="prepare the features")
    loss = 1.0
    for epoch in range(1, SHOWN_EPOCHS + 1):
        loss = math.exp(-epoch / 14) + chance.random() * 0.06
        run.metric(loss=round(loss, 4), accuracy=round(1 - loss * 0.8, 4))
        run.progress(epoch, spec.epochs, f"epoch {epoch}")
        run.log("epoch %d: loss %.3f", epoch, loss)
        if epoch % 11 == 0:
            run.log("a batch was slow: \x1b[33m%.1f s\x1b[0m", 1 + epoch / 20, level="warning")
        if epoch % 10 == 0:
            await run.step(_pause, 0.2, name=f"checkpoint {epoch}")
        await asyncio.sleep(0.06)
    ready.set()
    # It is to be seen at work.
    await asyncio.Event().wait()
    return {"loss": loss}


async def evaluate(run: Run, spec: Training) -> float:
    """Measure a model on what it has not seen."""
    await run.step(_pause, 0.1, name="load")
    if spec.model == "large":
        raise RuntimeError("the large model has no weights yet")
    run.log("measured on 12,000 examples")
    return 0.94


async def publish(run: Run) -> bool:
    """Publish once somebody agrees."""
    agreed: bool = await run.ask("Publish the model?", bool)
    return agreed


def _pause(seconds: float) -> None:
    """Stand in for work."""
    import time  # noqa: PLC0415 - it stands in for work that takes its time in a thread

    time.sleep(seconds)


def prepare(app: Runcast) -> None:
    """Register the handlers."""
    for function in (train, evaluate, publish):
        app.handler(function)


async def main() -> None:
    """Serve, prepare, and take every picture in both themes."""
    TO.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        template = folder / "template.db"
        await asyncio.to_thread(migrations.upgrade, f"sqlite:///{template}")
        async with AsyncExitStack() as stack:
            hosted = await stack.enter_async_context(
                hosting(template, folder, prepare=prepare, park_seconds=1)
            )
            client = await hosted.person(EMAIL, is_admin=True)
            shown = await fill(client)
            browser = await stack.enter_async_context(launched())
            for theme in THEMES:
                context = await browser.new_context(
                    viewport=SIZE, color_scheme=theme, reduced_motion="reduce", locale="en-GB"
                )
                await hosted.enter(context, EMAIL)
                await take(hosted, context, shown, theme)
                await context.close()


async def fill(client: httpx2.AsyncClient) -> dict[str, str]:
    """Return the ids of an execution and an item, after much has run."""
    for number in range(14):
        model = "large" if number % 6 == 5 else "small"
        await _post(client, "executions", {"handler": "evaluate", "input": {"model": model}})
    for _ in range(2):
        await _post(client, "executions", {"handler": "publish"})
    metadata = {
        "input": {"model": "small", "rates": [0.1, 0.03, 0.01]},
        "dataset": {"name": "harbour", "rows": 12000, "licence": "CC BY 4.0"},
        "tags": ["nightly", "images"],
    }
    item = await _post(
        client, "items", {"name": "Harbour images", "handler": "train", "metadata": metadata}
    )
    execution = await _post(client, f"items/{item['id']}/executions", {})
    await ready.wait()
    return {"item": item["id"], "execution": execution["id"]}


async def take(hosted: Hosted, context: BrowserContext, shown: dict[str, str], theme: str) -> None:
    """Take all pictures of one theme."""
    page = await context.new_page()
    execution = f"/executions/{shown['execution']}"
    pages = {
        "overview": ("/", None),
        "execution": (execution, "Log"),
        "charts": (execution, "Charts"),
        "timeline": (execution, "Timeline"),
        "start": ("/handlers/train", None),
        "item": (f"/items/{shown['item']}", None),
    }
    for name, (path, tab) in pages.items():
        await page.goto(hosted.url + path)
        await page.get_by_role("heading", level=1).wait_for()
        if tab is not None:
            await page.get_by_role("tab", name=tab).click()
        await settled(page)
        size = (TO / f"{name}-{theme}.png").write_bytes(packed(await page.screenshot()))
        print(f"{name}-{theme}.png {size:,} bytes")  # noqa: T201 - it is what the command says
        if size > MOST_BYTES:
            raise SystemExit(f"{name}-{theme}.png is larger than {MOST_BYTES:,} bytes")


def packed(png: bytes) -> bytes:
    """Return the same picture, its pixels compressed as far as it goes: the browser is in a hurry."""
    kept, pixels, place = [png[:8]], b"", 8
    while place < len(png):
        (length,) = struct.unpack_from(">I", png, place)
        kind, data = png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        if kind == b"IDAT":
            pixels += data
        elif kind == b"IEND":
            kept += [chunk(b"IDAT", zlib.compress(zlib.decompress(pixels), 9)), chunk(kind, data)]
        else:
            kept.append(chunk(kind, data))
        place += length + 12
    return b"".join(kept)


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return one chunk of a PNG."""
    checked = kind + data
    return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))


async def settled(page: Page) -> None:
    """Return when what the page fetches has come, and has been drawn."""
    await page.wait_for_load_state("networkidle")
    await page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


async def _post(client: httpx2.AsyncClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await client.post(f"/api/{path}", json=body)
    answer.raise_for_status()
    made: dict[str, Any] = answer.json()
    return made


if __name__ == "__main__":
    os.chdir(ROOT)
    asyncio.run(main())
