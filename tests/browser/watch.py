"""A watched page: whatever it asks for besides itself, and every complaint of the browser, is noted."""

from __future__ import annotations  # Playwright may be missing where these tests are only skipped

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Dialog, Request, Route, WebError, WebSocketRoute

__all__ = ["DESKTOP", "PHONE", "Screen", "Watch"]

PHONE_WIDTH_MAX: Final = 767


class Screen(NamedTuple):
    """A screen in CSS pixels; a narrow one is a phone, which lays out as the page's meta viewport tells it."""

    width: int
    height: int


PHONE: Final = Screen(390, 844)
DESKTOP: Final = Screen(1280, 900)


class Watch:
    """A document, opened in a context of its own. ``complaints`` holds all that a quiet page does not do."""

    def __init__(
        self, browser: Browser, document: Path | str, screen: Screen = PHONE, *, scripts: bool = True, asks: str = ""
    ) -> None:
        """``document`` is a file, or a URL; without ``scripts`` the page runs none.

        ``asks``: what the URLs begin with that it may ask for besides itself; the browser's complaints of those, too.
        """
        self.url = document.as_uri() if isinstance(document, Path) else document
        self._asks = asks
        self.complaints: list[str] = []
        self._context = browser.new_context(
            viewport={"width": screen.width, "height": screen.height},
            is_mobile=screen.width <= PHONE_WIDTH_MAX,
            has_touch=screen.width <= PHONE_WIDTH_MAX,
            java_script_enabled=scripts,
            locale="zh-CN",
        )
        self._context.route("**/*", self._let_through)
        self._context.route_web_socket("**/*", self._note_socket)
        self._context.on("request", self._note_request)
        self._context.on("console", self._note_console)
        self._context.on("weberror", self._note_error)
        self._context.on("dialog", self._note_dialog)
        self.page = self._context.new_page()
        self.page.goto(self.url)

    def close(self) -> tuple[str, ...]:
        """Close the page, and give the complaints."""
        self.page.title()  # what was said before the answer to this has been heard now
        self._context.close()
        return tuple(self.complaints)

    def _let_through(self, route: Route) -> None:
        if self._may_ask(route.request.url):
            route.continue_()
        else:
            route.abort()

    def _may_ask(self, url: str) -> bool:
        return url == self.url or bool(self._asks and url.startswith(self._asks))

    def _note_request(self, request: Request) -> None:
        if not self._may_ask(request.url):
            self.complaints.append(f"request: {request.url}")

    def _note_console(self, message: ConsoleMessage) -> None:
        lacks = bool(self._asks) and message.location["url"].startswith(self._asks)  # a file that is not there
        if message.type in {"error", "warning"} and not lacks:
            self.complaints.append(f"console {message.type}: {message.text}")

    def _note_error(self, error: WebError) -> None:
        self.complaints.append(f"page error: {error.error}")

    def _note_dialog(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _note_socket(self, socket: WebSocketRoute) -> None:
        """Stands in for the server: the event that the browser has for it waits for a connection, and may not come."""
        self.complaints.append(f"web socket: {socket.url}")
