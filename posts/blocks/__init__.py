"""Components of posts: typed, versioned, registered. A new one is a folder here and three templates.

`clean` checks what an editor sent, `attach` puts it on a post inside publish's transaction, `of_posts` gives a card
its components when it is baked, `live` what of them differs between viewers and moments.
"""

from posts.blocks.attaching import MAX_BLOCKS, attach, clean, clean_all
from posts.blocks.base import Block, Data, Followed, NewBlock, State
from posts.blocks.registry import find, kinds, load, register
from posts.blocks.showing import BlockView, live, of_posts, view

__all__ = [
    "MAX_BLOCKS",
    "Block",
    "BlockView",
    "Data",
    "Followed",
    "NewBlock",
    "State",
    "attach",
    "clean",
    "clean_all",
    "find",
    "kinds",
    "live",
    "load",
    "of_posts",
    "register",
    "view",
]
