"""Tests in a real browser: Debian's Chromium, driven by Playwright. Where one is missing they skip; in CI they fail."""

from __future__ import annotations  # Playwright and pypdf may be missing

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from tests.browser.watch import PHONE, Screen, Watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM: Final = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
OPTIONS: Final = (
    "--no-sandbox",  # Chromium has none for root, as in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",  # Chromium's own, which a closed network refuses all the time
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # no page ever gets further than this machine
)


def chromium_path() -> str | None:
    """The first Chromium on the PATH. Playwright's own is never downloaded."""
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


def missing() -> str:
    """What these tests need and is not here, and how to get it; "" if all is."""
    if not (find_spec("playwright") and find_spec("pypdf")):
        return "Playwright or pypdf is missing: pip install '.[dev]'"
    if chromium_path() is None:
        return "Chromium is missing; on Debian: apt-get install chromium"
    if shutil.which("fc-list") and not subprocess.check_output(["fc-list", ":lang=zh-cn"]):
        return "a Chinese font is missing; on Debian: apt-get install fonts-noto-cjk"
    return ""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Chromium. Not for the session: Playwright leaves an event loop running, in which later tests could start none."""
    if complaint := missing():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(complaint)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), headless=True, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """``open_page(file or URL, screen=PHONE, scripts=True, asks="")``: the page, watched: any complaint fails the test.

    Where CADRELEDGER_SCREENSHOTS names a folder, it gets a picture of each page as the test left it.
    """
    watches: list[Watch] = []

    def opened(document: Path | str, screen: Screen = PHONE, *, scripts: bool = True, asks: str = "") -> Page:
        watches.append(Watch(chromium, document, screen, scripts=scripts, asks=asks))
        return watches[-1].page

    yield opened
    if folder := os.environ.get("CADRELEDGER_SCREENSHOTS"):
        name = re.sub(r"[^\w=-]+", "-", request.node.name)
        for number, watch in enumerate(watches, start=1):
            watch.page.screenshot(path=Path(folder, f"{name}-{number}.png"), full_page=True)
    complaints = [complaint for watch in watches for complaint in watch.close()]
    if complaints:
        pytest.fail("the page does more than be read:\n" + "\n".join(complaints))
