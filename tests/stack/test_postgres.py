"""The embedded PostgreSQL, in the places where it has to work."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from planet.stack import launch, places
from planet.stack.postgres import Postgres, programs
from tests.waiting import until

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to step down")


@contextmanager
def running(postgres: Postgres) -> Iterator[None]:
    process = subprocess.Popen(postgres.command({"fsync": "off"}), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(postgres.ready)
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


def answer(postgres: Postgres, question: str) -> str:
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        row = connection.execute(question).fetchone()
        assert row is not None
        return str(row[0])


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """A directory that nobody but its owner may pass, as /root is."""
    directory = tmp_path / "closed"
    directory.mkdir(mode=0o700)
    return directory


def test_it_works_below_a_closed_directory_and_not_as_root(closed: Path) -> None:
    postgres = Postgres(closed / "postgres", places.socket_dir(closed))
    postgres.prepare(durable=False)

    with running(postgres):
        postgres.create_database("planet")
        postgres.create_database("planet")  # there already: nothing to do
        assert answer(postgres, "SELECT count(*) FROM pg_database WHERE datname = 'planet'") == "1"
        assert answer(postgres, "SELECT datlocprovider FROM pg_database WHERE datname = 'planet'") == "b"
    assert (closed / "postgres").stat().st_uid != 0 or os.geteuid() != 0


@as_root
def test_its_programs_may_lie_below_a_closed_directory_too(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # As when a project is cloned into /root: access(2), unlike open(2), needs more than the capability.
    package = programs().parent.parent
    copy = closed / package.name / programs().parent.name
    shutil.copytree(programs().parent, copy, symlinks=True)
    shutil.copytree(package.with_name(f"{package.name}.libs"), closed / f"{package.name}.libs")
    monkeypatch.setattr("planet.stack.postgres.programs", lambda: copy / "bin")
    postgres = Postgres(closed / "postgres", places.socket_dir(closed))
    postgres.prepare(durable=False)

    with running(postgres):
        assert answer(postgres, "SELECT count(*) > 0 FROM pg_timezone_names") == "True"


@as_root
def test_it_gets_a_privilege_only_where_a_closed_directory_is_in_the_way(closed: Path) -> None:
    in_the_open = Postgres(Path("/var/postgres"), Path("/var/run-postgres"))

    assert ("--capability" in in_the_open.command({})) is not launch.traversable(programs())
    assert "--capability" in Postgres(closed / "postgres", closed / "run").command({})


@as_root
def test_the_privilege_is_to_read_not_to_write(closed: Path) -> None:
    (closed / "secret").write_text("x")
    command = launch.wrap(
        ["/bin/sh", "-c", f"id -un; cat {closed}/secret && ! touch {closed}/new 2>/dev/null"],
        user="nobody",
        capabilities=[launch.CAP_DAC_READ_SEARCH],
    )

    result = subprocess.run(command, check=True, capture_output=True, text=True)

    assert result.stdout == "nobody\nx"


def test_a_start_killed_in_the_middle_of_making_the_data_begins_again(tmp_path: Path) -> None:
    half = tmp_path / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")  # what initdb writes first
    postgres = Postgres(tmp_path / "postgres", places.socket_dir(tmp_path))

    postgres.prepare(durable=False)

    assert (tmp_path / "postgres" / "postgresql.conf").exists()
    assert not half.exists()


def test_its_socket_is_for_its_owner_alone(closed: Path) -> None:
    postgres = Postgres(closed / "postgres", places.socket_dir(closed))
    postgres.prepare(durable=False)

    with running(postgres):
        assert postgres.socket_dir.stat().st_mode & 0o077 == 0
        assert (postgres.socket_dir / ".s.PGSQL.5432").stat().st_mode & 0o077 == 0


def test_a_private_place_that_somebody_else_made_is_refused(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    trap.symlink_to(tmp_path)

    with pytest.raises(PermissionError, match="belongs to somebody else"):
        places.make_private(trap, uid=os.geteuid())


def test_what_initdb_says_reaches_the_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    postgres = Postgres(tmp_path / "postgres", tmp_path / "run")
    (tmp_path / "postgres.new").mkdir()
    monkeypatch.setattr("shutil.rmtree", lambda *_, **__: None)
    (tmp_path / "postgres.new" / "in-the-way").touch()

    with pytest.raises(RuntimeError, match=r"(?s)initdb failed: .*not empty"):
        postgres.prepare(durable=False)
