"""What a post's text says: tokens in, inert HTML out. Imports no ORM."""

from posts.text.render import excerpt, render
from posts.text.tokens import Kind, Token, handles, symbol, tags, tokenise, topic_name

__all__ = ["Kind", "Token", "excerpt", "handles", "render", "symbol", "tags", "tokenise", "topic_name"]
