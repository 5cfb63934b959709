"""Pure rules: states, the queue's ranking and times, drift, prices said, what remains of moments, rights, cards."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopcast.catalog import Product, Variant
from shopcast.kernel.errors import ShopcastError
from shopcast.kernel.money import Money
from shopcast.shows.moments.model import Interval, Moment, pieces, shown
from shopcast.shows.requests.model import USUAL_MOMENT_S, WaitingItem, queue, rank, usual_moment_s
from shopcast.shows.run_of_show.model import Cue, drift, next_cue, previous_cue, price_warnings
from shopcast.shows.schedule.model import WAYS, ShowState, clean_text, clean_time_zone
from shopcast.shows.shelf.model import ROOM_CARD_BYTES, Card, ShelfItem, compose_card, room_card
from shopcast.shows.staff.model import EVERYTHING, NOTHING, rights_of

START = datetime(2026, 3, 6, 19, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


# --- states ---------------------------------------------------------------------------------------------------------


def test_every_state_has_its_ways_and_the_end_has_none() -> None:
    assert WAYS["live"] == ("interrupted", "replay")
    assert WAYS["interrupted"] == ("live", "replay")
    over: list[ShowState] = ["ended", "replay"]
    assert [WAYS[state] for state in over] == [(), ()]
    assert all("live" in WAYS[state] for state in WAYS if state not in ("live", *over))


def test_time_zones_are_names() -> None:
    assert clean_time_zone("Asia/Shanghai") == "Asia/Shanghai"
    for wrong in ("Mars/Olympus", "../../etc/passwd", "", "UTC+1"):
        with pytest.raises(ShopcastError):
            clean_time_zone(wrong)


def test_texts_keep_lines_and_lose_what_deceives() -> None:
    assert clean_text("one\r\ntwo\u202e\x00", 100, "description") == "one\ntwo"
    with pytest.raises(ShopcastError):
        clean_text("x" * 101, 100, "description")


# --- the queue ------------------------------------------------------------------------------------------------------


def waiting(number: int, count: int, since_s: float) -> WaitingItem:
    return WaitingItem(item_id=f"itm_{number}", number=number, count=count, since=at(since_s))


def test_people_and_minutes_weigh_the_same() -> None:
    many, early, late = waiting(7, 34, 120), waiting(3, 1, 0), waiting(9, 1, 60)
    assert [item.number for item in rank([late, early, many])] == [7, 3, 9]
    # Thirty-three people more are thirty-three minutes.
    assert [item.number for item in rank([waiting(7, 34, 33 * 60 + 1), early])] == [3, 7]


def test_places_and_times() -> None:
    queued = queue([waiting(7, 3, 0), waiting(9, 1, 0)], moment_s=120, on_air_for_s=30)
    assert [(item.number, item.place, item.eta_s) for item in queued] == [(7, 1, 90), (9, 2, 210)]
    between = queue([waiting(7, 3, 0), waiting(9, 1, 0)], moment_s=120, on_air_for_s=None)
    assert [item.eta_s for item in between] == [0, 120]
    overdue = queue([waiting(7, 3, 0)], moment_s=120, on_air_for_s=600)
    assert overdue[0].eta_s == 0


def test_the_usual_length_of_an_explanation() -> None:
    assert usual_moment_s([]) == USUAL_MOMENT_S
    assert usual_moment_s([300]) == USUAL_MOMENT_S
    assert usual_moment_s([100, 200]) == 150
    assert usual_moment_s([60] * 10 + [9000] * 10) == 60
    assert usual_moment_s([1, 2]) == 20


@settings(deadline=None)
@given(
    st.lists(
        st.builds(waiting, st.integers(1, 500), st.integers(1, 60), st.integers(0, 3600)),
        unique_by=lambda item: item.number,
        max_size=20,
    ),
    st.integers(1, 60),
)
def test_one_more_asker_never_loses_a_place(items: list[WaitingItem], more: int) -> None:
    places = {item.number: place for place, item in enumerate(rank(items))}
    for item in items:
        wanted_more = WaitingItem(item.item_id, item.number, item.count + more, item.since)
        changed = [wanted_more if other is item else other for other in items]
        after = {other.number: place for place, other in enumerate(rank(changed))}
        assert after[item.number] <= places[item.number]


# --- the run of show ------------------------------------------------------------------------------------------------


def cue(position: int, minutes: int = 3, started_s: float | None = None, **changes: Any) -> Cue:
    fields: dict[str, Any] = {
        "id": f"cue_{position}",
        "show_id": "shw_1",
        "position": position,
        "item_id": None,
        "minutes": minutes,
        "script": "",
        "claims_allowed": "",
        "price_said": None,
        "started_at": None if started_s is None else at(started_s),
        "done_at": None,
        **changes,
    }
    return Cue(**fields)


def test_drift_before_the_first_cue_is_the_time_since_the_start() -> None:
    found = drift([cue(1), cue(2)], None, START, at(45))
    assert found is not None
    assert (found.behind_s, found.planned_s, found.left_s) == (45, 360, 360)


def test_drift_counts_what_the_current_cue_takes_too_long() -> None:
    cues = [cue(1), cue(2, started_s=200), cue(3)]
    on_time = drift(cues, "cue_2", START, at(260))
    late = drift(cues, "cue_2", START, at(200 + 180 + 30))
    assert on_time is not None
    assert late is not None
    assert (on_time.behind_s, on_time.left_s) == (20, 120 + 180)
    assert (late.behind_s, late.left_s) == (50, 180)
    assert late.ends_at == at(410 + 180)


def test_drift_can_be_ahead_and_needs_a_start() -> None:
    ahead = drift([cue(1), cue(2, started_s=100)], "cue_2", START, at(110))
    assert ahead is not None
    assert ahead.behind_s == -80
    assert drift([cue(1)], "cue_1", None, START) is None
    assert drift([], None, START, START) is None


def test_going_forth_and_back() -> None:
    cues = [cue(1), cue(2)]
    assert next_cue(cues, None) == cues[0]
    assert next_cue(cues, "cue_1") == cues[1]
    assert next_cue(cues, "cue_2") is None
    assert previous_cue(cues, "cue_2") == cues[0]
    assert previous_cue(cues, "cue_1") is None
    assert previous_cue(cues, None) is None


def test_a_price_said_must_be_a_price_asked() -> None:
    cues = [
        cue(1, item_id="itm_1", price_said=Money(1500, "EUR")),
        cue(2, item_id="itm_2", price_said=Money(900, "EUR")),
        cue(3, item_id="itm_1", price_said=Money(1200, "USD")),
        cue(4, item_id="itm_gone", price_said=Money(1, "EUR")),
        cue(5, item_id="itm_1"),
    ]
    prices = {"itm_1": [Money(1200, "EUR"), Money(1500, "EUR")], "itm_2": [Money(990, "EUR"), Money(990, "EUR")]}
    found = price_warnings(cues, {"itm_1": 1, "itm_2": 2}, prices)
    assert [(warning.cue_id, warning.number, warning.prices) for warning in found] == [
        ("cue_2", 2, [Money(990, "EUR")]),
        ("cue_3", 1, [Money(1200, "EUR"), Money(1500, "EUR")]),
    ]


# --- moments --------------------------------------------------------------------------------------------------------


def stretch(from_s: float, to_s: float) -> Interval:
    return Interval(at(from_s), at(to_s))


def moment(from_s: float, to_s: float | None) -> Moment:
    return Moment("mom_1", "shw_1", "itm_1", 1, at(from_s), None if to_s is None else at(to_s))


@pytest.mark.parametrize(
    ("taken", "left"),
    [
        ([], stretch(0, 60)),
        ([(-10, 0), (60, 90)], stretch(0, 60)),
        ([(0, 10)], stretch(10, 60)),
        ([(50, 70)], stretch(0, 50)),
        ([(20, 30)], stretch(30, 60)),
        ([(30, 40), (10, 15)], stretch(40, 60)),
        ([(30, 35), (55, 58)], stretch(0, 30)),
        ([(0, 60)], None),
        ([(0, 30), (25, 60)], None),
        ([(1, 60)], None),
    ],
)
def test_what_remains_of_a_moment(taken: list[tuple[float, float]], left: Interval | None) -> None:
    assert shown(moment(0, 60), [stretch(*one) for one in taken], at(100)) == left


def test_a_moment_too_short_to_see_is_none() -> None:
    assert shown(moment(0, 1), [], at(100)) is None
    assert shown(moment(0, 2), [], at(100)) == stretch(0, 2)


def test_a_running_moment_is_seen_from_what_is_left() -> None:
    assert shown(moment(0, None), [], at(10)) == stretch(0, 10)
    assert shown(moment(0, None), [], at(0)) == stretch(0, 0)
    assert shown(moment(0, None), [stretch(0, 6)], at(10)) == stretch(6, 10)
    assert shown(moment(0, None), [stretch(0, 20)], at(10)) is None


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(-20, 120), st.integers(0, 60)), max_size=8),
    st.integers(1, 100),
)
def test_pieces_never_touch_what_was_taken_out(taken: list[tuple[int, int]], length: int) -> None:
    redactions = [stretch(start, start + long) for start, long in taken]
    left = pieces(stretch(0, length), redactions)
    seconds = {second for piece in left for second in range(length) if piece.from_at <= at(second) < piece.to_at}
    gone = {second for start, long in taken for second in range(start, start + long)}
    assert seconds == set(range(length)) - gone


# --- rights ---------------------------------------------------------------------------------------------------------


def test_rights_by_role() -> None:
    assert rights_of(None, None) == NOTHING
    assert rights_of("owner", None) == EVERYTHING
    assert rights_of("host", None) == NOTHING
    assert rights_of("host", "host") == EVERYTHING
    assert rights_of("assistant", None) == {"run", "moderate", "staff"}
    assert rights_of("moderator", "assistant") == {"run", "moderate", "staff"}
    assert rights_of("host", "moderator") == {"moderate", "staff"}


# --- cards ----------------------------------------------------------------------------------------------------------


def product(**changes: Any) -> Product:
    fields: dict[str, Any] = {
        "id": "prd_1",
        "organisation_id": "org_1",
        "handle": "scarf",
        "title": "Scarf",
        "description": "",
        "vendor": "",
        "product_type": "",
        "tags": [],
        "status": "active",
        "options": ["Size"],
        "image_id": "img_1",
        "image_url": "/images/img_1?v=1",
        **changes,
    }
    return Product(**fields)


def variant(number: int, price_minor: int, left: int = 5, **changes: Any) -> Variant:
    fields: dict[str, Any] = {
        "id": f"var_{number}",
        "product_id": "prd_1",
        "organisation_id": "org_1",
        "product_title": "Scarf",
        "product_status": "active",
        "image_id": "img_1",
        "image_url": "/images/img_1?v=1",
        "sku": "",
        "barcode": "",
        "option_values": ["M"],
        "title": "M",
        "price_minor": price_minor,
        "currency": "EUR",
        "compare_at_minor": None,
        "position": number,
        "on_hand": left,
        "held": 0,
        "sold": 0,
        **changes,
    }
    return Variant(**fields)


def composed(
    variants: list[Variant], before: dict[str, Money] | None = None, of: Product | None = None, hidden: bool = False
) -> Card:
    item = ShelfItem("itm_1", "shw_1", 7, "prd_1", "Warm", hidden, 1, START, None, None, None)
    lowest = {"var_1": Money(800, "EUR")}
    return compose_card(item, of or product(), variants, lowest, before or {}, "Lantern")


def test_a_card_has_the_range_and_what_is_left() -> None:
    card = composed([variant(1, 1000), variant(2, 1500, left=3)])
    assert (card.number, card.price_minor, card.price_max_minor, card.left) == (7, 1000, 1500, 8)
    assert (card.lowest_30d_minor, card.compare_at_minor, card.claim) == (800, None, "Warm")


@pytest.mark.parametrize(
    ("asked_for", "before", "shown_minor"),
    [
        (2000, 1800, 1800),
        (2000, None, None),
        (None, 1800, None),
        (900, 1800, None),
        (2000, 1000, None),
        (2000, 2500, 2500),
    ],
)
def test_a_before_price_is_the_laws_or_none(asked_for: int | None, before: int | None, shown_minor: int | None) -> None:
    prices = {} if before is None else {"var_1": Money(before, "EUR")}
    assert composed([variant(1, 1000, compare_at_minor=asked_for)], prices).compare_at_minor == shown_minor


def test_a_draft_has_nothing_left_and_keeps_its_number() -> None:
    card = composed([variant(1, 1000, product_status="draft")], of=product(status="draft"))
    assert (card.number, card.left, card.variants[0].left) == (7, 0, 0)


def test_a_hidden_card_tells_the_room_nothing_but_its_number() -> None:
    told = room_card(composed([variant(1, 1000)], hidden=True))
    assert (told.id, told.number, told.hidden) == ("itm_1", 7, True)
    assert (told.title, told.image_url, told.price_minor, told.variants, told.left) == ("", None, 0, [], 0)


def test_a_card_with_very_many_variants_still_fits_into_an_entry() -> None:
    told = room_card(composed([variant(number, 1000) for number in range(1, 2049)]))
    assert len(msgspec.json.encode(told)) <= ROOM_CARD_BYTES
    assert 100 <= len(told.variants) < 2048
    assert told.left == 2048 * 5
