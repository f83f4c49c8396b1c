"""Components written without scripts: the editors' plain fields, as the JSON that their scripts would have sent."""

from typing import Any, Final

from django.http import QueryDict

from posts.blocks import registry

# Field of the form → key of the data, and whether there are several. A kind is there when one of its `marks` is filled.
FIELDS: Final = {
    "poll": {"poll_option": ("options", True), "poll_runs": ("runs", False)},
    "idea": {
        "idea_symbol": ("symbol", False),
        "idea_side": ("side", False),
        "idea_entry": ("entry", False),
        "idea_target": ("targets", True),
        "idea_stop": ("stop", False),
        "idea_horizon": ("horizon", False),
    },
}
MARKS: Final = {"poll": ("poll_option",), "idea": ("idea_entry", "idea_stop", "idea_target")}
MOST: Final = 12  # of one field


def components(form: Any) -> list[dict[str, Any]]:
    """One component of each kind that has something in its plain fields."""
    if not isinstance(form, QueryDict):
        return []
    return [
        {"kind": kind, **{key: _value(form, name, several) for name, (key, several) in fields.items()}}
        for kind, fields in FIELDS.items()
        if any(value.strip() for name in MARKS[kind] for value in form.getlist(name)[:MOST])
    ]


def editors(form: Any) -> list[dict[str, Any]]:
    """The context of each plain editor, with what was typed into it."""
    typed = {one["kind"]: one for one in components(form)}
    found = [block for kind in FIELDS if (block := registry.find(kind))]
    return [{"block": block, "editor": block.editor(typed.get(block.kind, {}))} for block in found]


def _value(form: QueryDict, name: str, several: bool) -> str | list[str]:
    return form.getlist(name)[:MOST] if several else form.get(name, "")
