"""Chromium as people use it, and everything it complains about."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from tests.support.people import PASSWORD

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--autoplay-policy=no-user-gesture-required",
]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}
# Two cores encode, serve, play and drive; a person would have lost patience after a third of it.
PATIENCE_MS = 15_000
# A page is done when two looks this far apart show the same words, and nothing that could change them is under way.
LOOK_MS, LOOKS_LIMIT = 80, 120
# The picture never stops asking.
FILM = (".m3u8", ".m4s", ".mp4")
AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"

Json = Any

# In the page: the picture, wherever it stands in the shadow trees.
_VIDEO = """() => {
  const find = (root) => {
    for (const element of root.querySelectorAll('*')) {
      if (element.tagName === 'VIDEO') return element;
      const found = element.shadowRoot && find(element.shadowRoot);
      if (found) return found;
    }
    return null;
  };
  return find(document);
}"""
# Everything a person can read, through the shadow trees.
_TEXT = """() => {
  const words = [];
  const read = (node) => {
    if (node.nodeType === Node.TEXT_NODE) { words.push(node.textContent.trim()); return; }
    if (node instanceof Element) {
      if (['SCRIPT', 'STYLE', 'TEMPLATE'].includes(node.tagName)) return;
      for (const name of ['aria-label', 'title', 'placeholder', 'alt']) words.push(node.getAttribute(name) || '');
      if (node.shadowRoot) node.shadowRoot.childNodes.forEach(read);
    }
    node.childNodes.forEach(read);
  };
  read(document.body);
  return words.filter(Boolean);
}"""


@dataclass
class Visitor:
    """One browser profile with one page, and what went wrong in it."""

    context: BrowserContext
    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)
    # Refusals a test provokes on purpose are printed by the browser as errors, too.
    expected: tuple[str, ...] = ()
    under_way: set[Request] = field(default_factory=set)

    def open(self, path: str) -> Page:
        self.page.goto(self.url + path)
        return self.page

    def sign_in(self, email: str, onward: str) -> Page:
        page = self.open(f"/login?next={onward}")
        page.get_by_label("E-mail", exact=False).fill(email)
        page.get_by_label("Password", exact=False).first.fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        # The address of the form holds the way onward, too.
        page.wait_for_url(lambda url: urlsplit(url).path.startswith(urlsplit(onward).path))
        return page

    def see_picture(self) -> None:
        """It moves: two looks, half a second of film between them."""
        moving = f"(from) => {{ const it = ({_VIDEO})(); return it && !it.paused && it.currentTime > from; }}"
        self.page.wait_for_function(moving, arg=0)
        now = self.page.evaluate(f"() => ({_VIDEO})().currentTime")
        self.page.wait_for_function(moving, arg=now + 0.5)

    def settle(self) -> None:
        """Everything has come that a person would read."""
        self.page.wait_for_load_state("load")
        words: list[str] | None = None
        for _ in range(LOOKS_LIMIT):
            self.page.wait_for_timeout(LOOK_MS)
            before, words = words, self.words()
            if words == before and not self.under_way:
                return
        raise AssertionError(f"{self.page.url} does not settle: {[one.url for one in self.under_way]}")

    def position_s(self) -> float:
        at: float = self.page.evaluate(f"() => ({_VIDEO})().currentTime")
        return at

    def words(self) -> list[str]:
        found: list[str] = self.page.evaluate(_TEXT)
        return found

    def violations(self) -> list[str]:
        """What axe finds serious or worse, of WCAG 2.2 AA."""
        # Through the debugger: the page's own policy rightly refuses a script tag.
        self.page.evaluate(AXE.read_text())
        found: list[str] = self.page.evaluate(
            """async () => {
              const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
              const found = await axe.run({ runOnly: tags });
              return found.violations
                .filter((one) => one.impact === 'serious' || one.impact === 'critical')
                .flatMap((one) => one.nodes.map((node) =>
                  `${one.id}: ${JSON.stringify(node.target)} ${node.failureSummary}`));
            }"""
        )
        return found

    def _begun(self, request: Request) -> None:
        if not urlsplit(request.url).path.endswith(FILM):
            self.under_way.add(request)

    def _over(self, request: Request) -> None:
        self.under_way.discard(request)

    def _hear(self, message: ConsoleMessage) -> None:
        text = message.text
        if message.type == "error" and not any(part in text for part in self.expected):
            self.complaints.append(f"{text} ({message.location.get('url', '')})")


class Visitors:
    """Opens visitors of one shop; at the end none of them may have complained."""

    def __init__(self, browser: Browser, url: str, directory: Path) -> None:
        self._browser, self._url, self._directory = browser, url, directory
        self.known: list[Visitor] = []

    def visitor(
        self,
        viewport: dict[str, int] | None = None,
        *,
        language: Literal["en", "zh"] = "en",
        script: bool = True,
        expected: tuple[str, ...] = (),
    ) -> Visitor:
        context = self._browser.new_context(
            viewport=viewport or PHONE,  # type: ignore[arg-type]
            locale="zh-CN" if language == "zh" else "en-GB",
            java_script_enabled=script,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        visitor = Visitor(context, page, self._url, expected=expected)
        page.on("console", visitor._hear)
        page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        page.on("request", visitor._begun)
        page.on("requestfinished", visitor._over)
        page.on("requestfailed", visitor._over)
        self.known.append(visitor)
        return visitor

    def picture_all(self) -> None:
        """For whoever looks into a failure."""
        for number, visitor in enumerate(self.known):
            with contextlib.suppress(Exception):
                visitor.page.screenshot(path=self._directory / f"visitor-{number}.png")

    def close(self) -> list[str]:
        complaints = [text for visitor in self.known for text in visitor.complaints]
        for visitor in self.known:
            visitor.context.close()
        return complaints


@contextlib.contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags])
        try:
            yield browser
        finally:
            browser.close()
