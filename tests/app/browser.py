"""A browser that clicks for real: Debian's Chromium, driven by Playwright.

Playwright brings no browser of its own here; where there is no Chromium on the machine,
tests skip and say so.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
START_S = 120
WAIT_MS = 120_000


def chromium():
    """Return the path of Chromium; skip the test where there is none."""
    found = (
        os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    )
    if not found:
        pytest.skip("there is no Chromium: apt-get install chromium, or set CHROMIUM to its path")
    return found


@contextmanager
def served(environment):
    """Run the application as `make app` does; yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "streamlit", "run", "app/main.py", "--server.port", str(port),
        "--server.headless", "true", "--server.fileWatcherType", "none",
    ]  # fmt: skip
    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.DEVNULL
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/_stcore/health", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def browsing():
    """Yield a browser, in which every user has a context of their own."""
    path = chromium()
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


def user(browser, address, name, path="/"):
    """Open the application as a user of that name; return the page."""
    page = browser.new_context(viewport={"width": 1280, "height": 1000}).new_page()
    page.set_default_timeout(WAIT_MS)
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.goto(f"{address}{path}?reviewer={name}")
    page.locator("footer.p4ir").wait_for()
    return page


def _wait_for(address, process):
    started = time.monotonic()
    while time.monotonic() - started < START_S:
        assert process.poll() is None, "the application ended at its start"
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"the application did not answer within {START_S} s")
