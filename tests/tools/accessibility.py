"""What axe finds on a page, in both themes, on a wide and on a narrow screen."""

from functools import cache
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Page, ViewportSize

from tests.tools.parts import missing

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
WIDE: ViewportSize = {"width": 1280, "height": 800}
NARROW: ViewportSize = {"width": 360, "height": 740}
# Each layout once and each theme once: colours do not depend on the width.
SCREENS: tuple[tuple[ViewportSize, Literal["light", "dark"]], ...] = (
    (WIDE, "light"),
    (NARROW, "dark"),
)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
FINISHED = "() => document.getAnimations().every((each) => each.playState !== 'running')"
FIND = """async (tags) => {
    const found = await axe.run({ runOnly: tags, resultTypes: ["violations"] });
    return found.violations.flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`));
}"""
TOO_WIDE = """() => [...document.querySelectorAll("body, body *")]
    .filter((each) => each.scrollWidth > document.documentElement.clientWidth
        && getComputedStyle(each).overflowX === "visible"
        && document.documentElement.scrollWidth > document.documentElement.clientWidth)
    .map((each) => each.outerHTML.slice(0, 200))"""


@cache
def _axe() -> str:
    if not AXE.exists():
        missing("node_modules: make console")
    return AXE.read_text()


async def violations(page: Page) -> list[str]:
    """Return what is wrong, each with the screen that it is wrong on; the page has arrived."""
    await page.evaluate(f"() => {{ {_axe()} }}")
    found: list[str] = []
    for size, scheme in SCREENS:
        await page.set_viewport_size(size)
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await page.wait_for_function(FINISHED)
        where = f"{page.url} {size['width']} px {scheme}"
        wrong: list[Any] = await page.evaluate(FIND, TAGS)
        found += [f"{where}: {each}" for each in wrong]
    found += [f"{page.url} scrolls sideways: {each}" for each in await page.evaluate(TOO_WIDE)]
    return found
