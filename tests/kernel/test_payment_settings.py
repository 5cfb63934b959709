"""Settings of payments: what goes together, and that no key ends up in a message."""

import pytest

from shopcast.kernel.config import Settings, SettingsError
from shopcast.web_support.security import security_headers

KEYS = {
    "SHOPCAST_PAYMENTS": "stripe",
    "SHOPCAST_STRIPE_SECRET_KEY": "sk_test_1",
    "SHOPCAST_STRIPE_PUBLISHABLE_KEY": "pk_test_1",
}


def test_stripe_needs_both_keys_and_may_wait_for_the_webhook_secret() -> None:
    settings = Settings.from_env(KEYS)
    assert (settings.payments, settings.stripe_secret_key, settings.stripe_publishable_key) == (
        "stripe",
        "sk_test_1",
        "pk_test_1",
    )
    assert settings.stripe_webhook_secret == ""
    for name in ("SHOPCAST_STRIPE_SECRET_KEY", "SHOPCAST_STRIPE_PUBLISHABLE_KEY"):
        with pytest.raises(SettingsError, match="needs both"):
            Settings.from_env({key: value for key, value in KEYS.items() if key != name})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SHOPCAST_PAYMENTS", "paypal", "not a payment provider we have"),
        ("SHOPCAST_STRIPE_SECRET_KEY", "pk_test_1", "should start with sk_ or rk_"),
        ("SHOPCAST_STRIPE_PUBLISHABLE_KEY", "sk_live_9", "should start with pk_"),
        ("SHOPCAST_STRIPE_WEBHOOK_SECRET", "abc", "should start with whsec_"),
        ("SHOPCAST_STRIPE_PUBLISHABLE_KEY", "pk_live_1", "one mode"),
        ("SHOPCAST_TEST_PROVIDER_CHAOS", "seven", "not a seed"),
    ],
)
def test_a_wrong_setting_says_what_to_write(name: str, value: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said) as caught:
        Settings.from_env({**KEYS, name: value})
    assert "sk_live_9" not in str(caught.value)


def test_keys_are_not_in_what_a_log_shows() -> None:
    shown = repr(Settings.from_env({**KEYS, "SHOPCAST_STRIPE_WEBHOOK_SECRET": "whsec_9"}))
    assert not any(key in shown for key in ("sk_test_1", "whsec_9"))


def test_chaos_is_a_seed() -> None:
    assert Settings.from_env({}).test_provider_chaos is None
    assert Settings.from_env({"SHOPCAST_TEST_PROVIDER_CHAOS": "7"}).test_provider_chaos == 7


def test_stripes_fields_are_allowed_only_where_stripe_is_on() -> None:
    with_stripe = security_headers(Settings.from_env(KEYS))["Content-Security-Policy"]
    assert "script-src 'self' https://js.stripe.com;" in with_stripe
    assert "frame-src https://js.stripe.com https://hooks.stripe.com" in with_stripe
    assert "https://api.stripe.com" in with_stripe
    assert "stripe" not in security_headers(Settings.from_env({}))["Content-Security-Policy"]
