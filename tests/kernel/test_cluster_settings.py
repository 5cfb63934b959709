"""Settings of the cluster profile: one that is missing or wrong is told with what to write instead."""

import pytest

from shopcast.kernel.config import Settings, SettingsError

CLUSTER = {
    "SHOPCAST_DATABASE_URL": "postgresql://shopcast:hush@db.example/shopcast",
    "SHOPCAST_REDIS_URL": "redis://redis.example:6379/0",
    "SHOPCAST_SECRET": "ab" * 32,
}


def test_the_profile_follows_the_database() -> None:
    assert not Settings.from_env({}).is_cluster
    settings = Settings.from_env(CLUSTER)
    assert settings.is_cluster
    assert settings.secret == bytes.fromhex("ab" * 32)
    assert "hush" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SHOPCAST_DATABASE_URL", "mysql://shop:hush@db/shop", "postgresql://shopcast:password@db.example/shopcast"),
        ("SHOPCAST_REDIS_URL", "http://redis", "redis://redis.example:6379/0"),
        ("SHOPCAST_REDIS_URL", "", "Set SHOPCAST_REDIS_URL too"),
        ("SHOPCAST_SECRET", "hush", "openssl rand -hex 32"),
        ("SHOPCAST_SECRET", "", "Set SHOPCAST_SECRET to the same"),
    ],
)
def test_half_a_cluster_is_refused_with_what_to_write(name: str, value: str, told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({**CLUSTER, name: value})
    assert told in str(caught.value)
    assert "hush" not in str(caught.value)
