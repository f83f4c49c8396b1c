"""Reads of search: posts, people, topics, and what is trending."""

from discover.queries.people import people
from discover.queries.posts import Order, Results, search
from discover.queries.topics import Topic, followed, topics, trending

__all__ = ["Order", "Results", "Topic", "followed", "people", "search", "topics", "trending"]
