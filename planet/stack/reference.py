"""The table of settings, made from their declarations."""

import re
import types
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic_settings import BaseSettings

DOCUMENT = Path(__file__).resolve().parent.parent.parent / "docs" / "operations.md"
BEGIN = "<!-- settings: made by `manage.py settings --write` -->"
END = "<!-- end of settings -->"


def table(declared: type[BaseSettings]) -> str:
    """A Markdown table: name, type, default, sentence."""
    rows = ["| variable | type | default | what it does |", "| --- | --- | --- | --- |"]
    for name, field in declared.model_fields.items():
        default = "" if field.default is None else _default(field.default)
        rows.append(f"| `{name.upper()}` | {_kind(field.annotation)} | {default} | {field.description} |")
    return "\n".join(rows) + "\n"


def replaced(document: str, new: str) -> str:
    """`document` with `new` between the two marks."""
    pattern = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    if not pattern.search(document):
        raise ValueError("the document has no place for the settings")
    return pattern.sub(lambda _: f"{BEGIN}\n{new}{END}", document)


def _default(value: Any) -> str:
    if isinstance(value, Path):
        return f"`{value.name}/` in the project"
    if isinstance(value, str) and len(value) > 40:
        return "for development alone"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _kind(annotation: Any) -> str:
    """A type in words."""
    if get_origin(annotation) in {types.UnionType, Union}:
        return " or ".join(_kind(part) for part in get_args(annotation) if part is not type(None))
    if get_origin(annotation) is Literal:
        return " · ".join(f"`{choice}`" for choice in get_args(annotation))
    names = {bool: "`true` · `false`", int: "number", float: "number", str: "text", Path: "directory"}
    return names.get(annotation, str(annotation))
