"""What the pages of looking after a group need."""

from django import template
from django.utils.safestring import SafeString

from groups import log, rights
from groups.models import LogEntry

register = template.Library()


@register.simple_tag
def log_sentence(entry: LogEntry) -> SafeString:
    """An entry of the log, in the reader's language."""
    return log.sentence(entry)


@register.simple_tag
def log_symbol(entry: LogEntry) -> str:
    """The icon of an entry."""
    said = log.KINDS.get(entry.kind)
    return said.symbol if said else "info"


@register.filter
def rights_names(value: int) -> list[str]:
    """Rights as words."""
    return rights.names(value)
