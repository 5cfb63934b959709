"""Takes pictures of the console's screens on canned answers, to be looked at by a person; asserts nothing."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

SCREENS = {
    "shows": "/shows",
    "show-new": "/shows/new",
    "details": "/shows/shw_1",
    "shelf": "/shows/shw_1/shelf",
    "run": "/shows/shw_1/run",
    "stream": "/shows/shw_1/stream",
    "staff": "/shows/shw_1/team",
    "replay": "/shows/shw_4/replay",
    "live": "/shows/shw_1/live",
    "numbers": "/shows/shw_1/numbers",
    "catalogue": "/catalogue",
    "product": "/catalogue/prd_2",
    "product-new": "/catalogue/new",
    "import": "/catalogue/import/imp_1",
    "orders": "/orders",
    "order": "/orders/ord_1",
    "money": "/money",
    "team": "/team",
    "settings": "/settings",
    "account": "/settings/account",
    "health": "/health",
    "dead": "/health/dead-letters",
    "inbox": "/health/inbox",
    "outbox": "/health/outbox",
    "jobs": "/health/jobs",
    "rates": "/health/rates",
    "stock": "/shows/shw_1/stock",
    "drops": "/shows/shw_1/drops",
    "pick-list": "/orders/pick-list",
    "slip": "/orders/ord_1/slip",
    "returns": "/returns",
    "return-asked": "/returns/ret_1",
    "return-approved": "/returns/ret_2",
    "return-arrived": "/returns/ret_3",
    "return-inspected": "/returns/ret_4",
    "disputes": "/disputes",
    "dispute": "/disputes/dsp_1",
    "promotions": "/promotions",
    "promotion-new": "/promotions/new",
    "promotion": "/promotions/prm_2",
    "try": "/promotions/try",
    "subscriptions": "/customers/subscriptions",
    "waitlist": "/customers/waitlist",
    "restrictions": "/customers/restrictions",
    "selling": "/settings/selling",
}


def main(base: str, folder: str, width: int, scheme: str, language: str, mode: str, names: list[str]) -> None:
    Path(folder).mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        size = {"width": width, "height": 844 if width < 600 else 900}
        context = browser.new_context(viewport=size, color_scheme=scheme, has_touch=width < 600)
        context.add_cookies([{"name": "language", "value": language, "url": base}])
        page = context.new_page()
        page.on("console", lambda message: print(message.type, message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: print("error", error))
        for name in names or list(SCREENS):
            page.goto(f"{base}/console{SCREENS[name]}?mock={mode}")
            page.wait_for_timeout(1200)
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if wide > 0:
                print(f"{name}: {wide} px wider than the window")
            suffix = "-".join(part for part in (str(width), scheme, language, mode) if part)
            page.screenshot(path=f"{folder}/{name}-{suffix}.png", full_page=name != "live")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5], sys.argv[6].strip("-"), sys.argv[7:])
