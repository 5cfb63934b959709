"""Writes the fold's recordings anew: `python -m tests.shows.make_recordings`. The TypeScript fold runs on them too."""

import json
from pathlib import Path

from shopcast.shows.timeline.fold import State, empty_state, fold_body

RECORDINGS = Path(__file__).parent.parent / "recordings"
START_MS = 1_772_823_600_000

Entry = tuple[str, object]


def card(number: int, left: int = 10, **changes: object) -> dict[str, object]:
    return {
        "id": f"itm_{number}",
        "number": number,
        "title": f"Item {number}",
        "image_url": f"/images/img_{number}?v=1",
        "claim": "",
        "hidden": False,
        "currency": "EUR",
        "price_minor": 1000 + number,
        "price_max_minor": 1000 + number,
        "compare_at_minor": None,
        "lowest_30d_minor": 1000 + number,
        "left": left,
        "variants": [
            {"id": f"var_{number}_m", "title": "M", "options": ["M"], "price_minor": 1000 + number, "left": left - 4},
            {"id": f"var_{number}_l", "title": "L", "options": ["L"], "price_minor": 1000 + number, "left": 4},
        ],
        "options": ["Size"],
        "product_id": f"prd_{number}",
        "seller_id": "org_1",
        "seller_name": "Lantern",
        **changes,
    }


def pinned(number: int, moment: int) -> Entry:
    return "item.pinned", {"item_id": f"itm_{number}", "number": number, "moment_id": f"mom_{moment}"}


def unpinned(number: int, moment: int) -> Entry:
    return "item.unpinned", {"item_id": f"itm_{number}", "moment_id": f"mom_{moment}"}


def stock(number: int, m: int, l: int) -> Entry:  # noqa: E741 the size
    return "stock", {
        "item_id": f"itm_{number}",
        "variants": {f"var_{number}_m": m, f"var_{number}_l": l},
        "left": m + l,
    }


def drop(number: int, item: int, state: str, **changes: object) -> Entry:
    return "drop", {
        "drop_id": f"drp_{number}",
        "item_id": f"itm_{item}",
        "variant_id": None,
        "state": state,
        "price": 700,
        "was_price": 1001,
        "quantity": 12,
        "left": 12,
        "per_customer": 2,
        "opens_at_ms": START_MS + 30_000,
        "ends_at_ms": START_MS + 330_000,
        **changes,
    }


def coupon(number: int, state: str, **changes: object) -> Entry:
    return "coupon", {
        "promotion_id": f"pro_{number}",
        "code": "SAVE10",
        "label": "-10 %",
        "ends_at_ms": None,
        "left": None,
        "state": state,
        **changes,
    }


def said(text: str) -> dict[str, object]:
    return {
        "id": "ent_40",
        "key": "k1",
        "name": "Mia",
        "role": "host",
        "text": text,
        "reply_to": None,
        "at_ms": START_MS + 40_000,
    }


STORIES: dict[str, list[Entry]] = {
    "evening": [
        ("show.state", {"state": "draft"}),
        ("shelf.item", card(1)),
        ("shelf.item", card(2)),
        ("shelf.item", card(7, left=6)),
        ("show.state", {"state": "scheduled"}),
        ("show.state", {"state": "live"}),
        pinned(7, 1),
        (
            "chat.line",
            {"id": "ent_1", "key": "k1", "name": "Ann", "role": "viewer", "text": "#7 in M?", "reply_to": None},
        ),
        stock(7, 1, 4),
        ("requests", {"top": [{"item_id": "itm_2", "number": 2, "count": 3, "since_ms": START_MS, "eta_s": 90}]}),
        pinned(2, 2),
        ("requests", {"top": []}),
        stock(7, 0, 0),
        unpinned(2, 2),
        ("chat.mode", {"slow_mode_s": 5}),
        ("notice", {"text_en": "Five minutes left", "text_zh": "还剩五分钟"}),
        pinned(7, 3),
        ("show.state", {"state": "interrupted", "grace_until_ms": START_MS + 120_000}),
        ("show.state", {"state": "live"}),
        unpinned(7, 3),
        ("show.state", {"state": "ended"}),
        ("show.state", {"state": "replay"}),
    ],
    "shelf": [
        ("shelf.item", card(1)),
        ("shelf.item", card(2)),
        ("shelf.item", card(3)),
        ("shelf.order", {"ids": ["itm_3", "itm_1", "itm_2"]}),
        ("shelf.item", card(1, claim="Woven by hand")),
        ("shelf.item", card(2, hidden=True, title="", image_url=None, variants=[], left=0, price_minor=0)),
        ("shelf.item", card(2)),
        ("shelf.order", {"ids": ["itm_2", "itm_2", "itm_9", "itm_3"]}),
        ("shelf.item", card(4)),
        stock(3, 2, 1),
        stock(9, 5, 5),
        ("shelf.order", {"ids": []}),
    ],
    "moments": [
        ("shelf.item", card(1)),
        ("shelf.item", card(2)),
        pinned(1, 1),
        pinned(1, 2),
        unpinned(1, 1),
        pinned(2, 3),
        unpinned(1, 2),
        unpinned(2, 3),
        unpinned(2, 3),
        pinned(1, 4),
        ("moment.changed", {"item_id": "itm_2", "last": None}),
        ("moment.changed", {"item_id": "itm_1", "last": {"moment_id": "mom_4", "from_ms": START_MS, "to_ms": None}}),
        unpinned(1, 4),
        ("moment.changed", {"item_id": "itm_1", "last": {"moment_id": "mom_2", "from_ms": 1, "to_ms": 2}}),
    ],
    "drops": [
        ("shelf.item", card(1)),
        ("shelf.item", card(2)),
        drop(1, 1, "planned", opens_at_ms=None, ends_at_ms=None),
        drop(1, 1, "countdown"),
        drop(1, 1, "running"),
        coupon(1, "running", left=100),
        drop(1, 1, "running", left=3),
        stock(1, 0, 3),
        drop(2, 2, "countdown", variant_id="var_2_m", per_customer=None, was_price=None),
        coupon(1, "running", left=99),
        coupon(2, "running", code=None, ends_at_ms=START_MS + 60_000),
        drop(1, 1, "ended", left=0),
        drop(2, 2, "cancelled"),
        coupon(1, "ended", left=0),
        ("drop", {"item_id": "itm_1", "state": "running"}),
        ("drop", {"drop_id": 4, "state": "running"}),
        ("coupon", {"code": "SAVE10"}),
        ("coupon", {"promotion_id": None, "label": "-10 %"}),
    ],
    "chat": [
        ("chat.mode", {"slow_mode_s": 5}),
        ("chat.mode", {"slow_mode_s": 0, "followers_only": True}),
        ("chat.pinned", {"seq": 40, "line": said("Ships on Monday")}),
        ("chat.hidden", {"seq": 39}),
        ("chat.pinned", {"seq": 41, "line": said("Code SAVE10")}),
        ("chat.hidden", {"seq": 41}),
        ("chat.pinned", {"seq": 42, "line": said("Code SAVE20")}),
        ("chat.pinned", {"seq": 43, "line": None}),
        ("chat.pinned", {"seq": 42, "line": said("Code SAVE20")}),
        ("chat.pinned", {"seq": None, "line": None}),
        ("chat.pinned", {"seq": "42", "line": said("x")}),
        ("chat.pinned", {"seq": 44, "line": "words"}),
        ("chat.mode", {"slow_mode_s": 3, "followers_only": "yes"}),
        ("chat.queue", {"open": 3}),
    ],
    "ill-formed": [
        ("shelf.item", card(1)),
        ("show.state", {"state": 3}),
        ("show.state", {}),
        ("shelf.item", {"title": "no id"}),
        ("shelf.order", {"ids": "itm_1"}),
        ("shelf.order", {"ids": ["itm_1", 4, None]}),
        ("item.pinned", {"item_id": "itm_1"}),
        ("item.pinned", {"moment_id": "mom_1"}),
        ("item.unpinned", {}),
        ("stock", {"item_id": "itm_1", "variants": {"var_1_m": -1, "var_1_l": "2"}, "left": 3}),
        ("stock", {"item_id": "itm_1", "variants": {"var_1_m": 1}, "left": True}),
        ("stock", {"item_id": "itm_1", "left": 1}),
        ("requests", {"top": None}),
        ("moment.changed", {"item_id": "itm_1", "last": 4}),
        ("chat.mode", {"slow_mode_s": -1}),
        ("something.new", {"item_id": "itm_1"}),
        ("staff.cue", {"cue_id": "cue_1", "position": 1}),
    ],
}


def record(story: list[Entry]) -> dict[str, object]:
    """The entries with their numbers and times, and the state after each."""
    state: State = empty_state()
    entries: list[dict[str, object]] = []
    states: list[State] = []
    for seq, (kind, body) in enumerate(story, start=1):
        at_ms = START_MS + seq * 1000
        assert isinstance(body, dict)
        state = fold_body(state, kind, at_ms, body)
        entries.append({"seq": seq, "kind": kind, "at_ms": at_ms, "body": body})
        states.append(state)
    return {"entries": entries, "states": states}


def main() -> None:
    for name, story in STORIES.items():
        text = json.dumps(record(story), ensure_ascii=False, indent=1) + "\n"
        (RECORDINGS / f"{name}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
