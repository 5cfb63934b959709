"""Walks through the console on canned answers by keyboard, and runs axe on every screen; exits 1 on a finding."""

import sys
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright
from shoot import SCREENS

AXE = Path(__file__).parents[3] / "node_modules/axe-core/axe.min.js"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    found = page.evaluate("async (rules) => (await axe.run(document, rules)).violations", RULES)
    return [f"{one['id']} ({len(one['nodes'])}): {one['nodes'][0]['html'][:160]}" for one in found]


def walk(page: Page, base: str) -> None:
    page.goto(f"{base}/console/shows/shw_1/shelf?mock=")
    page.locator("[data-id=itm_1] .grip").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".shelf-row").nth(1)).to_contain_text("Merino crew sweater")
    expect(page.locator("[data-id=itm_1] .grip")).to_be_focused()

    page.goto(f"{base}/console/shows/shw_1/live")
    expect(page.locator(".on-air .glance-title")).to_have_text("Linen shirt dress")
    page.keyboard.press("r")
    expect(page.locator(".on-air .glance-title")).to_have_text("Cashmere travel wrap")
    line = page.locator(".chat-line", has_text="试一下7号")
    line.get_by_role("button").click()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(line).to_have_count(0)
    page.locator(".chat-form .control").fill("n u r c")
    page.keyboard.press("Enter")
    expect(page.locator(".chat-line").last).to_contain_text("n u r c")
    page.get_by_role("button", name="End the show").click()
    expect(page.get_by_role("dialog", name="End the show?")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="End the show?")).to_have_count(0)

    page.goto(f"{base}/console/shows/shw_1/stream")
    page.locator("show-stream").get_by_role("button", name="Make a new key").click()
    page.locator("sc-sheet[open]").get_by_role("button", name="Make a new key").click()
    expect(page.get_by_text("bct_01KAH3V8-9vTq2mZ4x7Qd", exact=True)).to_be_visible()

    page.goto(f"{base}/console/catalogue/prd_2")
    price = page.get_by_label("Price, M")
    price.fill("12,345")
    price.press("Tab")
    expect(page.get_by_role("alert").first).to_contain_text("Too many digits")


def main(base: str) -> int:
    findings: list[str] = []

    def note_error(error: object) -> None:
        findings.append(f"page error: {error}")

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for width, scheme in ((1440, "light"), (390, "dark")):
            context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
            page = context.new_page()
            page.set_default_timeout(6000)
            page.on("pageerror", note_error)
            for name, path in SCREENS.items():
                page.goto(f"{base}/console{path}?mock=")
                page.wait_for_timeout(500)
                findings += [f"{name} {width} {scheme}: {one}" for one in violations(page)]
                # A row's link covers its whole row by ::after, which its own box does not show.
                small = page.evaluate(
                    """() => [...document.querySelectorAll(
                      'button, a[href]:not(.row-link), select, .control')].filter((element) => {
                      const box = element.getBoundingClientRect();
                      const inline = getComputedStyle(element).display === 'inline';
                      return box.width > 1 && box.height > 0 && box.height < 43.5 && !inline;
                    }).map((element) => element.outerHTML.slice(0, 90))"""
                )
                findings += [f"{name} {width}: lower than 44 px: {one}" for one in small[:3]]
            if width == 1440:
                walk(page, base)
            context.close()
        browser.close()
    print("\n".join(findings) or "nothing found")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
