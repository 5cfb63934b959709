"""Takes pictures of pages of a running mock (or real) server: shoot.py URL OUT_DIR name=path ... [--dark] [--zh]."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright


def main() -> None:
    base, folder, *rest = sys.argv[1:]
    pages = [one.split("=", 1) for one in rest if not one.startswith("--")]
    dark, chinese = "--dark" in rest, "--zh" in rest
    sizes = [("390", 390, 844), ("1440", 1440, 900)]
    if "--phone" in rest:
        sizes = sizes[:1]
    if "--desktop" in rest:
        sizes = sizes[1:]
    Path(folder).mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-background-networking", "--autoplay-policy=no-user-gesture-required"],
        )
        for label, width, height in sizes:
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if dark else "light",
                locale="zh-CN" if chinese else "en-GB",
                device_scale_factor=1,
            )
            for name, path in pages:
                page = context.new_page()
                page.on("console", lambda m, n=name: m.type in ("error", "warning") and print(n, m.type, m.text))
                page.on("pageerror", lambda e, n=name: print(n, "PAGEERROR", e))
                page.goto(base + path)
                page.wait_for_timeout(3500)
                suffix = f"{label}{'-dark' if dark else ''}{'-zh' if chinese else ''}"
                page.screenshot(path=f"{folder}/{name}-{suffix}.png")
                page.close()
            context.close()
        browser.close()


main()
