"""How the page of an execution keeps up: `python -m benchmarks.console_page [APP]`.

A real Chromium watches a real server, by a share link. The page counts its own long tasks (50 ms and
more), the times between its frames, and how much its layout has shifted. Those are times by the clock,
which grow where other programs want the same processors; beside them stand the longest tasks of the
page's thread by the processor time that they took.
"""

import json
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.processes import Served, runcast
from tests.tools.browser import ARGUMENTS, chromium

APP = Path(__file__).parent / "apps" / "flooding.py"
SECONDS = 30
A_SECOND = 1_000
COLD_EVENTS = 100_000
PATIENCE_MS = 120_000
WATCHING = """
window.measured = { long: [], frames: [], shift: 0 };
const watch = (type, take) =>
  new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
watch("longtask", (entry) => measured.long.push(entry.duration));
watch("layout-shift", (entry) => { if (!entry.hadRecentInput) measured.shift += entry.value; });
let last = performance.now();
const frame = (now) => {
  measured.frames.push(now - last);
  last = now;
  requestAnimationFrame(frame);
};
requestAnimationFrame(frame);
"""
TRACED = ["toplevel", "disabled-by-default-devtools.timeline"]
RESET = "() => { measured.long = []; measured.frames = []; measured.shift = 0; }"


def main(arguments: Sequence[str]) -> None:
    """Measure each and print the figures."""
    app = Path(arguments[0]) if arguments else APP
    with ExitStack() as stack:
        served = stack.enter_context(runcast(app))
        found = chromium()
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=found.program, args=ARGUMENTS)
        stack.callback(browser.close)
        for name, tab in (("log", "Log"), ("charts", "Charts")):
            print(f"\n{A_SECOND:,} events/s for {SECONDS} s, at the {name}")
            streaming(served, browser, tab)
        print(f"\na log of {COLD_EVENTS:,} events, opened cold")
        opened_cold(served, browser)


def streaming(served: Served, browser: Browser, tab: str) -> None:
    """Watch an execution that emits at a pace, from its begin to its end."""
    execution = start(served, events=SECONDS * A_SECOND, a_second=A_SECOND)
    page = opened(served, browser, execution)
    page.get_by_role("tab", name=tab).click()
    page.wait_for_timeout(1_000)
    page.evaluate(RESET)
    browser.start_tracing(page=page, categories=TRACED)
    page.wait_for_timeout((SECONDS - 5) * 1_000)
    tell(page.evaluate("() => measured"))
    tell_work(browser.stop_tracing())
    page.close()


def opened_cold(served: Served, browser: Browser) -> None:
    """Open the page of an execution that has ended, and go about in its log."""
    execution = start(served, events=COLD_EVENTS, a_second=0)
    ended(served, execution)
    began = time.perf_counter()
    browser.start_tracing(categories=TRACED)
    page = opened(served, browser, execution)
    page.get_by_text("Complete", exact=True).wait_for(timeout=PATIENCE_MS)
    print(f"  complete after            {time.perf_counter() - began:8.2f} s")
    tell(page.evaluate("() => measured"))
    tell_work(browser.stop_tracing())
    page.evaluate(RESET)
    go_about(page)
    print("  then searched, filtered, scrolled, replayed:")
    tell(page.evaluate("() => measured"))
    print(f"  memory of the page        {heap_of(page) / 1e6:8.0f} MB")
    page.close()


def go_about(page: Page) -> None:
    """Search, filter, scroll and replay."""
    page.get_by_role("searchbox").fill(f"line {COLD_EVENTS // 2 + 2} ")
    page.get_by_text("1", exact=True).first.wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("searchbox").fill("")
    page.get_by_label("Level").select_option("warning")
    page.get_by_label("Level").select_option("debug")
    log = page.get_by_role("region", name="Log", exact=True)
    for position in (0.0, 0.5, 0.1, 0.9):
        log.evaluate("(box, at) => { box.scrollTop = box.scrollHeight * at; }", position)
        page.wait_for_timeout(200)
    slider = page.get_by_role("slider")
    for position in (10, 500, 990, 250):
        slider.fill(str(position))
        page.wait_for_timeout(200)
    page.get_by_role("button", name="Replay as it happened").click()
    page.wait_for_timeout(3_000)


def opened(served: Served, browser: Browser, execution: str) -> Page:
    """Open its page by a share link, in a browser that has nothing cached."""
    share = call(served, f"/api/executions/{execution}/share", {})
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.add_init_script(WATCHING)
    page.goto(f"{served.url}/shared/{execution}#share={share['token']}")
    page.get_by_role("tab", name="Log").wait_for()
    return page


def start(served: Served, **given: int) -> str:
    """Start the flood; return the execution."""
    execution = call(served, "/api/executions", {"handler": "flood", "input": given})
    return str(execution["id"])


def ended(served: Served, execution: str) -> None:
    """Wait until it has ended."""
    while call(served, f"/api/executions/{execution}")["state"] != "succeeded":
        time.sleep(0.5)


def call(served: Served, path: str, body: object = None) -> Any:
    """Ask the server; a body makes it a POST."""
    headers = {"Authorization": f"Bearer {served.token}"}
    method = "GET" if body is None else "POST"
    answer = httpx2.request(method, served.url + path, json=body, headers=headers)
    return answer.raise_for_status().json()


def tell(measured: dict[str, Any]) -> None:
    """Print the figures of one stretch of time."""
    frames, long = sorted(measured["frames"]), measured["long"]
    print(f"  long tasks (50 ms)        {len(long):8} , longest {max(long, default=0):.0f} ms")
    print(
        f"  frames                    {len(frames):8} , {1000 / statistics.mean(frames):.1f} a second"
    )
    for share in (50, 95, 99, 100):
        at = frames[min(len(frames) - 1, len(frames) * share // 100)]
        print(f"  time of a frame, {share:3} %    {at:8.1f} ms")
    print(f"  layout shift              {measured['shift']:8.4f}")


def tell_work(trace: bytes) -> None:
    """Print the longest tasks of the page's thread, and its share of a processor."""
    events = json.loads(trace)["traceEvents"]
    threads = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    tasks: dict[tuple[int, int], list[dict[str, Any]]] = {thread: [] for thread in threads}
    for event in events:
        if event["name"] == "RunTask" and event["ph"] == "X":
            tasks.get((event["pid"], event["tid"]), []).append(event)
    page = max(tasks.values(), key=lambda each: sum(task.get("tdur", 0) for task in each))
    took = sorted(task.get("tdur", 0) / 1000 for task in page)
    span = max(task["ts"] for task in page) - min(task["ts"] for task in page)
    longest = ", ".join(f"{each:.0f}" for each in reversed(took[-5:]))
    print(f"  longest, processor time   {longest} ms")
    print(f"  share of a processor      {sum(took) * 100_000 / span:8.0f} %")


def heap_of(page: Page) -> float:
    """Return the bytes that the page's script holds."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"])


if __name__ == "__main__":
    main(sys.argv[1:])
