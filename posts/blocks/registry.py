"""The kinds of components: every folder beside this module whose `block.py` has a BLOCK."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from posts.blocks.base import Block

_registered: dict[str, Block] = {}


def register(block: Block) -> None:
    """Make a kind known. Raises ValueError for a second one of the same name: that is a mistake in the program."""
    if not block.kind.isidentifier() or len(block.kind) > 16:
        raise ValueError(f"{block.kind!r} cannot name a kind")
    if type(_registered.get(block.kind, block)) is not type(block):
        raise ValueError(f"there is a {block.kind!r} already")
    _registered[block.kind] = block


def load() -> None:
    """Register every folder."""
    here = Path(__file__).parent
    for module in iter_modules([str(here)]):
        if module.ispkg:
            register(import_module(f"{__package__}.{module.name}.block").BLOCK)


def find(kind: object) -> Block | None:
    """The kind of this name; None for one that nobody registered (a folder that was taken away)."""
    return _registered.get(kind) if isinstance(kind, str) else None


def kinds() -> list[Block]:
    """Every kind, in the order of the composer's menu."""
    order = ("poll", "idea", "chart", "cashtag", "direction")
    return sorted(_registered.values(), key=lambda one: (order.index(one.kind) if one.kind in order else 99, one.kind))
