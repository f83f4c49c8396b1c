"""Every setting Planet reads from the environment, each declared once: name, type, default and a sentence.

The field name in upper case is the variable's name. A value that does not parse stops the start with a message that
names the variable; nothing else in the code reads `os.environ`.
"""

import base64
import sys
from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlsplit

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from planet.stack.places import socket_dir

ROOT = Path(__file__).resolve().parent.parent.parent
DEVELOPMENT_KEY = "development-only-key-that-signs-nothing-outside-this-machine"


class Env(BaseSettings):
    """The environment, checked."""

    model_config = SettingsConfigDict(case_sensitive=False, extra="ignore", env_ignore_empty=True)

    planet_mode: Literal["development", "production", "test"] = Field(
        "development", description="How Planet runs: `production` insists on real secrets and HTTPS."
    )
    secret_key: str = Field(
        DEVELOPMENT_KEY, description="Signs sessions and tokens; at least 50 random characters in production."
    )
    port: int = Field(8000, ge=1, le=65535, description="The port that the web server listens on.")
    realtime_port: int | None = Field(
        None, ge=1, le=65535, description="The port of the socket server; PORT + 1 unless given."
    )
    bind: str = Field("127.0.0.1", description="The address that web and realtime listen on.")
    public_url: str | None = Field(
        None, description="The address people type, e.g. https://planet.example; http://localhost:PORT unless given."
    )
    socket_url: str | None = Field(
        None, description="The socket's address as browsers see it; the same host on REALTIME_PORT unless given."
    )
    data_dir: Path = Field(
        ROOT / "var", description="Where the embedded servers, uploads and dev mail keep their files."
    )
    static_root: Path | None = Field(
        None, description="Where the collected static files are; DATA_DIR/static unless given."
    )
    database_url: str | None = Field(None, description="postgresql://…; the embedded PostgreSQL unless given.")
    redis_url: str | None = Field(None, description="redis://… or unix://…; the embedded Redis unless given.")
    email_url: str | None = Field(
        None,
        description="The mail server: smtp://user:password@host:587 (STARTTLS) or smtps://…:465; `file:` writes mail "
        "into DATA_DIR/mail, as development does unless given.",
    )
    email_from: str | None = Field(None, description="The sender of our mail; no-reply@ the site's host unless given.")
    vapid_private_key: str | None = Field(
        None,
        description="Signs push messages (`manage.py vapid` makes one); without it production sends none, and "
        "elsewhere one is made in DATA_DIR.",
    )
    push_hosts: str | None = Field(
        None,
        description="The push services that we call, split by commas, with their subdomains; those of Chrome, Firefox, "
        "Safari and Edge unless given.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="The least that is logged.")
    sentry_dsn: str | None = Field(
        None, description="Reports errors to this Sentry; needs the `sentry` extra (see docs/operations.md)."
    )
    metrics_token: str | None = Field(
        None, min_length=16, description="Lets a bearer read /metrics from elsewhere than this machine."
    )
    trusted_proxies: int | None = Field(
        None, ge=0, le=10, description="How many proxies of ours stand before us; 1 in production unless given."
    )
    accel_redirect: bool = Field(
        False,
        description="Private files are sent by the proxy (X-Accel-Redirect, as in deploy/) and not by web itself.",
    )
    kyc_provider: Literal["manual", "hosted"] = Field(
        "manual", description="Who checks identities: our operators, or a provider that calls back."
    )
    kyc_hosted_url: str | None = Field(
        None, description="The hosted KYC provider's API, e.g. https://kyc.example; needed for KYC_PROVIDER=hosted."
    )
    kyc_hosted_secret: str | None = Field(
        None, min_length=32, description="The secret that signs calls to and from the hosted KYC provider."
    )
    encryption_key: str | None = Field(
        None,
        description="Encrypts identity documents and second factors; of several, split by commas, the first encrypts.",
    )
    kyc_identity_pepper: str | None = Field(
        None, description="Keys the hash that knows an identity again; never change it."
    )
    kyc_retention_days: int = Field(
        30, ge=0, description="Days after the decision until an identity check's pictures and details are erased."
    )
    engagement_retention_days: int = Field(
        90,
        ge=14,
        description="Days that the single events of who saw what for how long are kept; what they add up to stays.",
    )
    wallet_provider: Literal["sandbox", "exchange"] = Field(
        "sandbox",
        description="Where money comes from and goes to: `sandbox` (test funds, worth nothing), or the wallet service "
        "of the operator's exchange.",
    )
    exchange_wallet_url: str | None = Field(
        None, description="The wallet service's address; needed for WALLET_PROVIDER=exchange."
    )
    exchange_wallet_secret: str | None = Field(
        None, min_length=32, description="The secret that signs calls to and from the wallet service."
    )
    withdraw_daily_limit: int = Field(
        10_000, ge=0, le=10**12, description="USDT that one person may withdraw in a day; 0 lets nothing out."
    )
    withdraw_two_approvals_above: int = Field(
        1_000,
        ge=0,
        le=10**12,
        description="USDT asked for by one person in a day above which two operators have to approve; 0: always two.",
    )
    web_workers: int = Field(2, ge=1, le=64, description="Processes of the web server; one a core is right.")
    web_threads: int = Field(4, ge=1, le=64, description="Threads of each web process.")
    worker_processes: int = Field(2, ge=1, le=64, description="Processes of the background worker.")
    seed_demo: bool = Field(
        True, description="Whether `up` fills an empty database with the demo planet; never in production."
    )

    @model_validator(mode="after")
    def production_is_real(self) -> "Env":
        """Refuse to start production with development's secret."""
        if self.planet_mode == "production":
            if self.secret_key == DEVELOPMENT_KEY or len(self.secret_key) < 50:
                raise ValueError("SECRET_KEY: production needs a secret of at least 50 random characters")
            if not self.public_url or not self.public_url.startswith("https://"):
                raise ValueError("PUBLIC_URL: production needs the https:// address that people type")
            if not self.email_url:
                raise ValueError("EMAIL_URL: production needs a mail server, or `file:` to write mail into DATA_DIR")
            # Of their own, so that SECRET_KEY can be changed without losing documents, second factors or bans.
            if not self.encryption_key or len(self.encryption_key) < 32:
                raise ValueError("ENCRYPTION_KEY: production needs a secret of at least 32 random characters")
            if not self.kyc_identity_pepper or len(self.kyc_identity_pepper) < 32:
                raise ValueError("KYC_IDENTITY_PEPPER: production needs a secret of at least 32 random characters")
        if self.kyc_provider == "hosted" and not (self.kyc_hosted_url and self.kyc_hosted_secret):
            raise ValueError("KYC_HOSTED_URL, KYC_HOSTED_SECRET: KYC_PROVIDER=hosted needs both")
        if self.wallet_provider == "exchange" and not (self.exchange_wallet_url and self.exchange_wallet_secret):
            raise ValueError("EXCHANGE_WALLET_URL, EXCHANGE_WALLET_SECRET: WALLET_PROVIDER=exchange needs both")
        return self

    @model_validator(mode="after")
    def push_key_is_a_key(self) -> "Env":
        """Refuse a key that could sign nothing."""
        if self.vapid_private_key:
            try:
                key = base64.b64decode(self.vapid_private_key + "=" * (-len(self.vapid_private_key) % 4), b"-_", True)
            except ValueError:
                key = b""
            if len(key) != 32:
                raise ValueError("VAPID_PRIVATE_KEY: it has to be 32 bytes in base64url; `manage.py vapid` makes one")
        return self

    @model_validator(mode="after")
    def addresses_are_addresses(self) -> "Env":
        """Refuse what libpq, redis-py or the mail client would choke on much later."""
        schemes = {
            "database_url": {"postgresql", "postgres"},
            "redis_url": {"redis", "rediss", "unix"},
            "public_url": {"http", "https"},
            "socket_url": {"ws", "wss"},
            "email_url": {"smtp", "smtps", "file"},
            "sentry_dsn": {"https", "http"},
            "exchange_wallet_url": {"https"} if self.planet_mode == "production" else {"https", "http"},
        }
        for name, accepted in schemes.items():
            value = getattr(self, name)
            if value and urlsplit(value).scheme not in accepted:
                wanted = " or ".join(f"{scheme}:" for scheme in sorted(accepted))
                raise ValueError(f"{name.upper()}: it has to begin with {wanted}")
        return self

    @cached_property
    def socket_port(self) -> int:
        """The port of the socket server."""
        return self.realtime_port or self.port + 1

    @cached_property
    def site_url(self) -> str:
        """The address people type, without a slash at the end."""
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")

    @cached_property
    def host(self) -> str:
        """The host name in `site_url`."""
        return urlsplit(self.site_url).hostname or "localhost"

    @cached_property
    def socket_dir(self) -> Path:
        """Where the embedded servers put their unix sockets."""
        return socket_dir(self.data_dir)

    @cached_property
    def database(self) -> str:
        """The database's URL: the given one, or the embedded server's."""
        return self.database_url or f"postgresql://planet@/planet?host={quote(str(self.socket_dir), safe='')}"

    @cached_property
    def redis(self) -> str:
        """Redis' URL: the given one, or the embedded server's."""
        return self.redis_url or f"unix://{self.socket_dir / 'redis.sock'}"


def load() -> Env:
    """Read the environment; on a wrong value print which variable and why, and stop the process with status 2."""
    try:
        return Env()  # type: ignore[call-arg]  # every field has a default
    except ValidationError as error:
        for problem in error.errors():
            name = "_".join(str(part) for part in problem["loc"]).upper()
            message = problem["msg"].removeprefix("Value error, ")
            sys.stderr.write(f"Planet cannot start: {name + ': ' if name else ''}{message}\n")
        raise SystemExit(2) from None
