"""The start of a Planet, step by step; each waits for the one before it to answer."""

import asyncio
import errno
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from planet.stack import services, static
from planet.stack.postgres import Postgres
from planet.stack.process import StartFailed
from planet.stack.redis import Redis
from planet.stack.tree import Tree
from planet.web import translations

if TYPE_CHECKING:
    from planet.config.env import Env

MANAGE = Path(__file__).resolve().parent.parent.parent / "manage.py"
DATABASE = "planet"


def check_ports(env: "Env") -> None:
    """Raise `StartFailed` when a port that we need is taken."""
    for name, port in (("PORT", env.port), ("REALTIME_PORT", env.socket_port)):
        family = socket.AF_INET6 if ":" in env.bind else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((env.bind, port))
            except OSError as error:
                why = "is in use by another program" if error.errno == errno.EADDRINUSE else f"is refused: {error}"
                raise StartFailed(f"port {port} of {env.bind} {why}. Choose another with {name}=….") from None


def _collect_static() -> None:
    try:
        translations.compile_all()
        static.collect()
    except (OSError, ValueError) as error:
        raise StartFailed(f"the static files or translations could not be prepared: {error}") from error


def _needs_migration() -> bool:
    try:
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    finally:
        connection.close()


def _is_empty() -> bool:
    try:
        return not get_user_model().objects.exists()
    finally:
        connection.close()


class Start:
    """Brings a tree up."""

    def __init__(self, env: "Env") -> None:
        self.env = env

    async def __call__(self, tree: Tree) -> None:
        """Start everything in its order; raises `StartFailed`."""
        await asyncio.gather(self._stores(tree), asyncio.to_thread(_collect_static))
        if await asyncio.to_thread(_needs_migration):
            tree.console.say("Bringing the database up to date …")
            await self._manage(tree, "migrate", "--no-input", "--verbosity", "1")
        await self._seed(tree)
        for stage in services.servers(self.env):
            await tree.stage(stage)
        tree.console.say(f"Planet is up at {settings.SITE_URL}")
        self._introduce(tree)

    async def _stores(self, tree: Tree) -> None:
        """The embedded PostgreSQL and Redis, unless the environment names others."""
        embedded = []
        postgres = Postgres(self.env.data_dir / "postgres", self.env.socket_dir)
        if not self.env.database_url:
            try:
                await asyncio.to_thread(postgres.prepare)
            except (RuntimeError, PermissionError) as error:
                raise StartFailed(str(error)) from None
            embedded.append(services.embedded_postgres(postgres))
        if not self.env.redis_url:
            redis = Redis(self.env.data_dir / "redis", self.env.socket_dir / "redis.sock")
            redis.prepare()
            embedded.append(services.embedded_redis(redis))
        await tree.stage(embedded)
        if not self.env.database_url:
            await asyncio.to_thread(postgres.create_database, DATABASE)

    async def _seed(self, tree: Tree) -> None:
        """A newcomer sees a living product: once, in development, on an empty database."""
        wanted = self.env.seed_demo and self.env.planet_mode == "development"
        if wanted and "seed" in get_commands() and await asyncio.to_thread(_is_empty):
            tree.console.say("Making the demo planet (once) …")
            await self._manage(tree, "seed", "--demo")

    async def _manage(self, tree: Tree, name: str, *arguments: str) -> None:
        await tree.once(name, [sys.executable, str(MANAGE), name, *arguments], services.environment())

    def _introduce(self, tree: Tree) -> None:
        """The demo accounts, as the seed left them for us."""
        accounts = self.env.data_dir / "demo-accounts.txt"
        if accounts.exists():
            tree.console.say(accounts.read_text().rstrip())
        tree.console.say("Press Ctrl-C to stop.")
