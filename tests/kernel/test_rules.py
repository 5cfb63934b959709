"""The kernel's pure rules: money, text, ids, settings, refusals."""

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopcast.kernel.actions import ActionSpec, Command
from shopcast.kernel.clock import FixedClock, SystemClock
from shopcast.kernel.config import Settings, SettingsError
from shopcast.kernel.errors import InvalidInput, NotFound, Refused, ShopcastError, TooManyRequests, Unauthenticated
from shopcast.kernel.ids import digest, is_id, new_id, new_token
from shopcast.kernel.money import Money, minor_digits, parse_decimal
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.kernel.registry import Registry
from shopcast.kernel.tables import from_microseconds, to_microseconds
from shopcast.kernel.text import clean_line, normalise, tokens

weights = st.lists(st.integers(0, 10_000), min_size=1, max_size=20).filter(lambda parts: sum(parts) > 0)


@given(amount=st.integers(-(10**12), 10**12), parts=weights)
def test_a_split_loses_no_cent_and_is_off_by_less_than_one(amount: int, parts: list[int]) -> None:
    split = Money(amount, "EUR").split(parts)
    assert sum(part.amount_minor for part in split) == amount
    for part, weight in zip(split, parts, strict=True):
        assert abs(part.amount_minor * sum(parts) - amount * weight) < sum(parts)


def test_the_largest_remainder_gets_the_cent() -> None:
    assert [part.amount_minor for part in Money(100, "EUR").split([1, 1, 1])] == [34, 33, 33]
    assert [part.amount_minor for part in Money(-100, "EUR").split([1, 1, 1])] == [-34, -33, -33]
    assert [part.amount_minor for part in Money(1000, "EUR").split([15, 70, 15])] == [150, 700, 150]
    with pytest.raises(ValueError, match="not all zero"):
        Money(1, "EUR").split([0])


def test_money_of_two_currencies_never_mixes() -> None:
    with pytest.raises(ValueError, match="EUR and USD"):
        Money(1, "EUR") + Money(1, "USD")
    assert Money(5, "EUR") - Money(7, "EUR") == -Money(2, "EUR") == Money(-1, "EUR") * 2
    assert msgspec.json.encode(Money(1250, "EUR")) == b'{"amount_minor":1250,"currency":"EUR"}'


@pytest.mark.parametrize(
    ("text", "currency", "amount_minor"),
    [("12.50", "EUR", 1250), ("12", "EUR", 1200), ("1500", "JPY", 1500), ("1500.00", "JPY", 1500),
     ("1.234", "KWD", 1234), ("-0.05", "USD", -5), ("12.500", "EUR", 1250)],
)  # fmt: skip
def test_decimals_are_read(text: str, currency: str, amount_minor: int) -> None:
    assert parse_decimal(text, currency) == Money(amount_minor, currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [("12.505", "EUR"), ("1.5", "JPY"), ("", "EUR"), ("1,50", "EUR"), ("1e3", "EUR"), ("1", "XXX")],
)
def test_other_decimals_are_refused(text: str, currency: str) -> None:
    with pytest.raises(InvalidInput):
        parse_decimal(text, currency)


def test_currencies() -> None:
    assert [minor_digits(currency) for currency in ("EUR", "CNY", "JPY", "KWD")] == [2, 2, 0, 3]


def test_ids_sort_by_the_time_they_were_made() -> None:
    made = [new_id("shw") for _ in range(200)]
    assert len(set(made)) == 200
    assert all(is_id(one, "shw") and not is_id(one, "usr") and len(one) == 30 for one in made)
    assert sorted(one[:16] for one in made) == [one[:16] for one in made]
    with pytest.raises(ValueError, match="three lower-case letters"):
        new_id("show")
    assert len(new_token()) == 43
    assert digest("a") == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"


@given(st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_instants_are_exact(instant: datetime) -> None:
    assert from_microseconds(to_microseconds(instant)) == instant


def test_clocks() -> None:
    assert SystemClock().now().tzinfo is UTC
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    clock.advance(timedelta(days=1))
    assert clock.now() == datetime(2026, 1, 2, tzinfo=UTC)
    with pytest.raises(ValueError, match="aware"):
        FixedClock(datetime(2026, 1, 1))  # noqa: DTZ001


def test_words_and_characters() -> None:
    assert tokens("Try number SEVEN, 试一下7号!") == [
        "try",
        "number",
        "seven",
        "试",
        "一",
        "下",
        "试一",
        "一下",
        "7",
        "号",
    ]
    assert tokens("#7 in M?") == ["7", "in", "m"]
    assert normalise("7号 ABC") == "7号 abc"


@given(st.text(max_size=50))
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(max_size=80))
def test_a_clean_line_is_short_visible_and_clean(text: str) -> None:
    try:
        line = clean_line(text, 40)
    except InvalidInput:
        return
    assert 1 <= len(line) <= 40
    assert line == clean_line(line, 40)
    assert not any(ord(character) < 32 or character in "\u202a\u202e\u2066\u2069\u200b\ufeff" for character in line)


def test_clean_lines() -> None:
    assert clean_line("  a\u202eb\n\n c\u200b ", 10) == "ab c"
    assert clean_line("👩‍👩‍👧 ok", 10) == "👩‍👩‍👧 ok"
    for bad in ("", " \u200b\n", "x" * 11, "x" * 10_000):
        with pytest.raises(InvalidInput):
            clean_line(bad, 10)


def test_refusals_speak_both_languages() -> None:
    for error in (NotFound("show"), TooManyRequests(7), InvalidInput("price", "it is not a number"), Unauthenticated()):
        assert error.message("en") != error.message("zh")
    assert InvalidInput("price", "it is not a number").message("zh") == "请检查“price”:不是数字。"
    assert Refused.of(TooManyRequests(7)).params == {"retry_after_s": 7}
    assert ShopcastError().message("en") == ShopcastError.messages["en"]


def test_principals() -> None:
    owner = Principal(person_id="usr_1", organisation_roles=(("org_1", "owner"),))
    assert (owner.key, owner.role_in("org_1"), owner.role_in("org_2")) == ("usr_1", "owner", None)
    assert (SYSTEM.key, Principal(guest_id="gst_1").key, Principal().key) == ("system", "gst_1", "anonymous")
    with pytest.raises(Unauthenticated):
        Principal(guest_id="gst_1").require_person()


class Nothing(Command, frozen=True, kw_only=True):
    pass


def test_a_name_is_registered_once() -> None:
    spec = ActionSpec("test.nothing", Nothing, lambda tx, command, by, now: None)
    with pytest.raises(ValueError, match=r"action test\.nothing is registered twice"):
        Registry(actions=[spec, spec])
    with pytest.raises(LookupError, match="list it in ACTIONS"):
        Registry().spec_of(Nothing())


def test_settings_have_sensible_defaults() -> None:
    settings = Settings.from_env({"PATH": "/bin"})
    assert (settings.http_port, settings.currency, settings.demo) == (8080, "EUR", False)
    assert settings.public_url == "http://127.0.0.1:8080"
    assert settings.public_rtmp_url == "rtmp://127.0.0.1:1935/live"
    wide = Settings.from_env({"SHOPCAST_HOST": "0.0.0.0", "SHOPCAST_PUBLIC_URL": "https://shop.example/"})
    assert (wide.public_url, wide.public_media_url, wide.is_https) == (
        "https://shop.example", "http://localhost:8081", True
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("SHOPCAST_HTTPPORT", "1", "Did you mean SHOPCAST_HTTP_PORT?"),
        ("SHOPCAST_HTTP_PORT", "99999", "SHOPCAST_HTTP_PORT=8080"),
        ("SHOPCAST_DEMO", "maybe", "SHOPCAST_DEMO=1 or SHOPCAST_DEMO=0"),
        ("SHOPCAST_CURRENCY", "EURO", "such as EUR"),
        ("SHOPCAST_PUBLIC_URL", "shop.example", "https://shop.example"),
        ("SHOPCAST_LOG_LEVEL", "loud", "debug, info, warning, error"),
        ("SHOPCAST_PAYMENTS", "gold", "SHOPCAST_PAYMENTS=test"),
        ("SHOPCAST_TLS_CERT", "/no/such", "path of a PEM file"),
        ("SHOPCAST_RTMPS_PORT", "1936", "SHOPCAST_TLS_CERT and SHOPCAST_TLS_KEY"),
    ],
)
def test_settings_errors_say_what_to_do(name: str, value: str, advice: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({name: value})
    assert advice in str(caught.value)


def test_the_secret_is_made_once_and_private(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "var")
    secret = settings.secret
    assert len(secret) == 32
    assert settings.secret == secret
    assert stat.S_IMODE(os.stat(tmp_path / "var" / "secret").st_mode) == 0o600
    assert os.listdir(tmp_path / "var") == ["secret"]
    (tmp_path / "var" / "secret").write_text("half")
    with pytest.raises(SettingsError, match="Restore it from a backup"):
        _ = settings.secret
