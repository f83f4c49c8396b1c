"""Previews of the pages that messages lead to, fetched by the worker: strangers choose where our servers call."""
