"""Draws and stores the demo's pictures, a process a core."""

import multiprocessing
import os
import random
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from io import BytesIO

import django
from PIL import Image

from planet.config.demo import panels, portraits
from planet.web import images


@dataclass(frozen=True)
class Job:
    """A picture to be made. `number` chooses the tones of portraits; `drawing`, `symbol` and `price` are of charts."""

    kind: images.Kind
    seed: int
    number: int = 0
    drawing: str = ""
    symbol: str = ""
    price: float = 0.0


@dataclass(frozen=True)
class Painted:
    """A stored picture, and what it shows in words."""

    key: str
    width: int
    height: int
    alt: str = ""


def paint_all(jobs: Sequence[Job]) -> list[Painted]:
    """Every job's picture, in order."""
    processes = min(os.cpu_count() or 1, 8, max(len(jobs), 1))
    # spawn: a fork would carry this process' database connection into the children.
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), initializer=django.setup) as pool:
        return list(pool.map(paint, jobs, chunksize=4))


def paint(job: Job) -> Painted:
    """Draw one picture and put it into the storage, as an upload would be."""
    rng = random.Random(job.seed)
    if job.kind == "picture":
        drawing = panels.DRAWINGS[job.drawing](rng, job.symbol, job.price)
        return _store(drawing.image, "picture", drawing.alt)
    image = portraits.avatar(rng, job.number) if job.kind == "avatar" else portraits.banner(rng, job.number)
    return _store(image, job.kind, "")


def _store(image: Image.Image, kind: images.Kind, alt: str) -> Painted:
    file = BytesIO()
    # Lossless in between, so that charts are encoded once; the fastest such format.
    image.save(file, "WEBP", lossless=True, quality=0, method=0)
    file.seek(0)
    stored = images.store(file, kind=kind)
    return Painted(stored.key, stored.width, stored.height, alt)
