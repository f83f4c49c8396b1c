"""The files of a settlement in the storage: below private/, in a folder that is named by the hash of what is in it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from typing import IO, Final

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

from incentives import scratch
from incentives.errors import Tampered
from incentives.settlement import frozen, merkle
from incentives.settlement.statement import TREE

ROOT: Final = "private/settlements"


def keep(directory: Path, *, week: str, digest: str) -> str:
    """Store the four frozen files; the name of their folder. Harmless when repeated."""
    folder = f"{ROOT}/{week}/{digest}"
    for name in frozen.FILES:
        with (directory / name).open("rb") as file:
            _save(f"{folder}/{name}", File(file))
    return folder


def put(folder: str, name: str, content: bytes) -> None:
    """Store one file more; in place of the one that a run before left there."""
    _save(f"{folder}/{name}", ContentFile(content))


def read(folder: str, name: str) -> bytes:
    """The bytes of one file. Raises Tampered when it is gone."""
    with _opened(folder, name) as file:
        return bytes(file.read())


def proof(folder: str, leaf: bytes) -> list[bytes]:
    """What leads from a leaf to the root, from the stored tree. Raises Tampered when it is gone, or is another's."""
    with _opened(folder, TREE) as file:
        try:
            return merkle.stored_proof(file, leaf)
        except KeyError:
            raise Tampered(f"{folder}/{TREE} has no such leaf") from None


@contextmanager
def fetched(folder: str, digest: str) -> Iterator[Path]:
    """The four frozen files in a local directory. Raises Tampered unless they are what was frozen."""
    with scratch.directory("settlement") as directory:
        for name in frozen.FILES:
            with _opened(folder, name) as source, (directory / name).open("wb") as target:
                copyfileobj(source, target, 1 << 20)
        if frozen.inputs_hash(directory) != digest:
            raise Tampered(f"{folder}: the inputs are not those that were frozen")
        yield directory


def _opened(folder: str, name: str) -> IO[bytes]:
    try:
        return default_storage.open(f"{folder}/{name}")
    except FileNotFoundError:
        raise Tampered(f"{folder}/{name} is gone") from None


def _save(name: str, content: "File[bytes]") -> None:
    default_storage.delete(name)  # of a run that broke off: it may be cut
    if default_storage.save(name, content) != name:
        raise Tampered(f"{name} is there already")
    try:
        path = default_storage.path(name)
    except NotImplementedError:  # a storage over the network has it when it says so
        return
    with Path(path).open("rb") as file:
        os.fsync(file.fileno())
