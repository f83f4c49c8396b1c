"""The reactions that Planet draws itself, so that they look alike everywhere."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Emoji → its symbol in the sprite, and what it is called. In the order of the picker.
REACTIONS: Final[dict[str, tuple[str, Promise]]] = {
    "👍": ("r-thumb", _("Thumbs up")),
    "❤️": ("heart-on", _("Heart")),
    "🔥": ("r-flame", _("Fire")),
    "🚀": ("r-rocket", _("Rocket")),
    "🎯": ("r-target", _("On target")),
    "👀": ("eye", _("Watching")),
    "💎": ("r-gem", _("Gem")),
    "😂": ("r-laugh", _("Laughing")),
    "😮": ("r-wow", _("Surprised")),
    "😢": ("r-sad", _("Sad")),
    "✅": ("check", _("Done")),
    "👎": ("r-down", _("Thumbs down")),
}
