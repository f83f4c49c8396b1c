"""Every setting Planet reads from the environment, each declared once: name, type, default and a sentence.

The field name in upper case is the variable's name. A value that does not parse stops the start with a message that
names the variable; nothing else in the code reads `os.environ`.
"""

import sys
from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlsplit

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

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
        ROOT / "var", description="Where the embedded servers, uploads, dev mail and logs keep their files."
    )
    database_url: str | None = Field(None, description="postgresql://…; the embedded PostgreSQL unless given.")
    redis_url: str | None = Field(None, description="redis://… or unix://…; the embedded Redis unless given.")

    @model_validator(mode="after")
    def production_is_real(self) -> "Env":
        """Refuse to start production with development's secret."""
        if self.planet_mode == "production":
            if self.secret_key == DEVELOPMENT_KEY or len(self.secret_key) < 50:
                raise ValueError("SECRET_KEY: production needs a secret of at least 50 random characters")
            if not self.public_url or not self.public_url.startswith("https://"):
                raise ValueError("PUBLIC_URL: production needs the https:// address that people type")
        return self

    @cached_property
    def site_url(self) -> str:
        """The address people type, without a slash at the end."""
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")

    @cached_property
    def host(self) -> str:
        """The host name in `site_url`."""
        return urlsplit(self.site_url).hostname or "localhost"

    @cached_property
    def postgres_socket_dir(self) -> Path:
        """Where the embedded PostgreSQL puts its unix socket."""
        return self.data_dir / "run"

    @cached_property
    def database(self) -> str:
        """The database's URL: the given one, or the embedded server's."""
        return self.database_url or f"postgresql://planet@/planet?host={quote(str(self.postgres_socket_dir), safe='')}"

    @cached_property
    def redis(self) -> str:
        """Redis' URL: the given one, or the embedded server's."""
        return self.redis_url or f"unix://{self.data_dir / 'run' / 'redis.sock'}"


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
