"""Settings from the environment: what is wrong stops the start and says so."""

from pathlib import Path

import pytest

from planet.config.env import DEVELOPMENT_KEY, Env, load

REAL = {
    "PLANET_MODE": "production",
    "SECRET_KEY": "x" * 50,
    "ENCRYPTION_KEY": "e" * 32,
    "KYC_IDENTITY_PEPPER": "p" * 32,
    "PUBLIC_URL": "https://planet.example",
    "EMAIL_URL": "smtps://planet:secret@mail.example",
}


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Env.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def set_all(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def test_nothing_set_is_development_on_the_embedded_servers() -> None:
    env = load()

    assert env.planet_mode == "development"
    assert env.site_url == "http://localhost:8000"
    assert env.socket_port == 8001
    assert env.database.startswith("postgresql://planet@/planet?host=")
    assert env.redis.startswith("unix://")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("PORT", "eighty", "PORT: Input should be a valid integer"),
        ("PORT", "70000", "PORT: Input should be less than or equal to 65535"),
        ("PLANET_MODE", "prod", "PLANET_MODE: Input should be 'development', 'production' or 'test'"),
        ("SEED_DEMO", "perhaps", "SEED_DEMO: Input should be a valid boolean"),
        ("DATABASE_URL", "mysql://x", "DATABASE_URL: it has to begin with postgres: or postgresql:"),
        ("REDIS_URL", "localhost:6379", "REDIS_URL: it has to begin with redis: or rediss: or unix:"),
        ("EMAIL_URL", "mail.example", "EMAIL_URL: it has to begin with file: or smtp: or smtps:"),
        ("METRICS_TOKEN", "short", "METRICS_TOKEN: String should have at least 16 characters"),
    ],
)
def test_a_wrong_value_stops_the_start_and_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit) as stop:
        load()

    assert stop.value.code == 2
    assert f"Planet cannot start: {message}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("SECRET_KEY", DEVELOPMENT_KEY, "SECRET_KEY: production needs a secret"),
        ("SECRET_KEY", "short", "SECRET_KEY: production needs a secret"),
        ("PUBLIC_URL", "http://planet.example", "PUBLIC_URL: production needs the https:// address"),
        ("ENCRYPTION_KEY", "", "ENCRYPTION_KEY: production needs a secret"),
        ("KYC_IDENTITY_PEPPER", "short", "KYC_IDENTITY_PEPPER: production needs a secret"),
        ("EMAIL_URL", "", "EMAIL_URL: production needs a mail server"),
    ],
)
def test_production_insists_on_real_values(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str, message: str
) -> None:
    set_all(monkeypatch, {**REAL, name: value})

    with pytest.raises(SystemExit):
        load()

    assert message in capsys.readouterr().err


def test_real_values_start_production(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, REAL)

    env = load()

    assert env.site_url == "https://planet.example"
    assert env.host == "planet.example"


def test_a_deep_data_directory_keeps_its_sockets_in_a_short_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", "/srv/" + "deep/" * 30)

    env = load()

    assert len(str(env.socket_dir / ".s.PGSQL.5432.lock")) < 100
    assert str(env.socket_dir) in env.redis


def test_every_setting_has_a_sentence() -> None:
    for name, field in Env.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name


def test_data_dir_is_the_only_default_below_the_project() -> None:
    paths = [name for name, field in Env.model_fields.items() if isinstance(field.default, Path)]

    assert paths == ["data_dir"]
