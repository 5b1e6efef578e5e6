# SPDX-License-Identifier: MPL-2.0
"""The dispatcher's board with 400 visits in real Chromium: milliseconds for a step of a drag, frames while panning.

A step of a drag is from the moment the pointer brings a visit to another place until what it would cost is painted: the
question over HTTP, the server's answer and the paint. Frames are counted by the browser while the board is panned with
the pointer.

Target: a step of a drag below 100 ms (median), 60 frames a second while panning. Without Chromium it says so and ends.
Times hold for this machine with browser and server on it; a frame rate below the screen's own means that the machine
could not draw faster.
"""

import argparse
import csv
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = os.environ.get("KOMMUNE3_CHROMIUM", "/usr/bin/chromium")
VISITS, QUICK_VISITS = 400, 100
STEPS, QUICK_STEPS = 40, 12
PAN_STEPS = 240
TARGET_MS, TARGET_FPS = 100.0, 60.0
START_SECONDS = 300
WINDOW = {"width": 1600, "height": 1000}
HEAD_PX, ROW_PX, NAMES_PX = 32, 40, 168

# Waits until the answer to the latest step has been painted, and says how long it took since the step.
PAINTED = """
() => new Promise(done => {
  const board = document.querySelector("k3-care-board");
  const look = () => {
    const moving = board.moving;
    const paint = () => requestAnimationFrame(() => setTimeout(() => done(performance.now()), 0));
    if (moving && (moving.outcome || moving.problem)) paint();
    else setTimeout(look, 1);
  };
  look();
})
"""
# Counts frames, and how long each took, until told to stop.
COUNT_FRAMES = """
() => { window.frames_at = [];
        const beat = at => { window.frames_at.push(at); window.beating = requestAnimationFrame(beat); };
        window.beating = requestAnimationFrame(beat); }
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_VISITS} visits and fewer steps.")
    options = parser.parse_args()
    if not Path(CHROMIUM).exists():
        print(f"Not measured: {CHROMIUM} is missing (apt-get install --no-install-recommends chromium).")
        return
    visits, steps = (QUICK_VISITS, QUICK_STEPS) if options.quick else (VISITS, STEPS)
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ, "KOMMUNE3_DATA_DIR": folder, "KOMMUNE3_DATABASE_URL": "", "KOMMUNE3_DEMO": "1",
            "KOMMUNE3_LOG_LEVEL": "ERROR", "DJANGO_SETTINGS_MODULE": "kommune3.settings",
        }  # fmt: skip
        made = subprocess.run(
            [sys.executable, "-m", "boardbench.day", str(visits)],
            cwd=ROOT / "bench", env=environment, stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
        day = json.loads(made.stdout.strip().splitlines()[-1])
        with served(environment, Path(folder) / "server.log") as url:
            found = measured(url, day, steps=steps)
    report(options.out, found, visits)


@contextmanager
def served(environment: dict[str, str], log: Path) -> Iterator[str]:
    """The platform on a port of its own; stopped, and only that, at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "kommune3", "serve", "--port", str(port), "--workers", "1"],
            cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        url = f"http://localhost:{port}"
        try:
            until = time.monotonic() + START_SECONDS
            while not answers(f"{url}/health/ready"):
                if server.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"The platform does not answer:\n{log.read_text()[-3000:]}")
                time.sleep(0.3)
            yield url
        finally:
            server.terminate()
            try:
                server.wait(40)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=30):
            return True
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


def measured(url: str, day: dict[str, Any], *, steps: int) -> dict[str, list[float]]:
    """Milliseconds of each step of drags, of the question alone, and of each frame of a pan."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--enable-unsafe-swiftshader", "--disable-gpu"]
        )
        context = browser.new_context(viewport={"width": WINDOW["width"], "height": WINDOW["height"]}, locale="da-DK")
        context.add_cookies([{"name": "session", "value": day["cookie"], "url": url}])
        page = context.new_page()
        page.goto(f"{url}/care/plans/{day['plan']}/board/")
        frame = page.locator("k3-care-gantt .frame")
        frame.wait_for()
        page.locator("k3-care-board[data-state=ready]").wait_for()
        frame.scroll_into_view_if_needed()
        page.wait_for_timeout(3000)
        drags = dragged(page, steps)
        asked = page.evaluate("performance.getEntriesByName('care-board-preview').map(entry => entry.duration)")
        frames = panned(page)
        browser.close()
    return {"drag step": drags, "of which the question": asked, "frame while panning": frames}


def dragged(page: Any, steps: int) -> list[float]:
    """Lift a visit, bring it to ``steps`` places, put it back; what each took until it was painted."""
    where = page.evaluate(
        """() => {
          const gantt = document.querySelector("k3-care-gantt");
          const box = gantt.shadowRoot.querySelector(".frame").getBoundingClientRect();
          const board = document.querySelector("k3-care-board");
          const times = row => row.stops.map(stop => [stop.start, stop.end]);
          return {left: box.left, top: box.top, width: box.width, height: box.height, from: gantt.from, to: gantt.to,
                  rows: gantt.rows.map(row => ({out: row.shift === null, stops: times(row)}))};
        }"""
    )
    row = next(i for i, each in enumerate(where["rows"]) if not each["out"] and len(each["stops"]) > 4)
    start, end = where["rows"][row]["stops"][2]
    per_second = (where["width"] - NAMES_PX) / (where["to"] - where["from"])
    x = where["left"] + NAMES_PX + ((start + end) / 2 - where["from"]) * per_second
    y = where["top"] + HEAD_PX + row * ROW_PX + ROW_PX / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 8, y + 8)
    page.evaluate(PAINTED)
    lowest = int((where["height"] - HEAD_PX) // ROW_PX) - 2
    took = []
    for step in range(steps):
        target = row + 1 + step % max(1, lowest - row)
        begun = page.evaluate("performance.now()")
        page.mouse.move(x + 30 * (step % 5), where["top"] + HEAD_PX + target * ROW_PX + ROW_PX / 2)
        took.append(page.evaluate(PAINTED) - begun)
    page.keyboard.press("Escape")
    page.evaluate("document.querySelector('k3-care-board').putBack()")
    page.mouse.up()
    return took


def panned(page: Any) -> list[float]:
    """Take hold of an empty part of the board and pull it to and fro."""
    box = page.locator("k3-care-gantt .frame").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + HEAD_PX / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(COUNT_FRAMES)
    for step in range(PAN_STEPS):
        page.mouse.move(x + 200 - abs(400 - step * 8 % 800), y)
    page.evaluate("cancelAnimationFrame(window.beating)")
    page.mouse.up()
    at = page.evaluate("window.frames_at")
    return [later - earlier for earlier, later in zip(at, at[1:], strict=False)]


def report(out: Path, found: dict[str, list[float]], visits: int) -> None:
    """The figures beside their targets."""
    fps = 1000 / statistics.mean(found["frame while panning"])
    print(f"{visits} visits, {WINDOW['width']}x{WINDOW['height']}")
    print(f"{'':<24}{'n':>6}{'p50 ms':>10}{'p95 ms':>10}")
    with (out / "care_board.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["what", "visits", "n", "p50_ms", "p95_ms"])
        for what, times in found.items():
            ordered = sorted(times)
            p50, p95 = statistics.median(ordered), ordered[int(0.95 * (len(ordered) - 1))]
            print(f"{what:<24}{len(times):>6}{p50:>10.1f}{p95:>10.1f}")
            writer.writerow([what, visits, len(times), f"{p50:.1f}", f"{p95:.1f}"])
    print(
        f"Frames a second while panning: {fps:.1f} (target {TARGET_FPS:.0f}). "
        f"Target of a drag's step: {TARGET_MS:.0f} ms."
    )


if __name__ == "__main__":
    main()
