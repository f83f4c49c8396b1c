"""The page that shows every piece in all its states, for whoever changes one. Not served in production.

A room above has pieces of its own: it registers a `Room` in `AppConfig.ready()`, and they are a tab away.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe


@dataclass(frozen=True)
class Person:
    """As much of a user as the pieces need."""

    handle: str
    name: str
    is_verified: bool = False
    is_creator: bool = False
    avatar: str = ""

    def get_absolute_url(self) -> str:
        """The address of the homepage."""
        return f"/@{self.handle}/"


PEOPLE = [
    Person("inesvarga", "Ines Varga", is_verified=True, is_creator=True),
    Person("tomo_perp", "Tomo Ishida", is_verified=True),
    Person("nils_basis", "Nils Aaberg", is_verified=True, is_creator=True),
    Person("sofiareis", "Sofia Reis", is_creator=True),
    Person("wei", "韦岚", is_verified=True, is_creator=True),
    Person("a_rather_long_handle", "A person whose display name is forty signs", is_verified=True, is_creator=True),
    Person("hana_n", "Hana Novak"),
    Person("omar", "Omar"),
]


@dataclass(frozen=True)
class Room:
    """The pieces of a room: its name among the tabs, a page with them, and what that page needs."""

    name: str
    label: str
    template: str
    context: Callable[[], dict[str, Any]]


_rooms: dict[str, Room] = {}


def register(room: Room) -> None:
    """Put a room's pieces beside those that every page stands on."""
    _rooms[room.name] = room


class SampleForm(forms.Form):
    """One field of each kind; shown once as it comes and once sent back."""

    name = forms.CharField(label="Display name", max_length=40, help_text="You may change it every 30 days.")
    bio = forms.CharField(label="Bio", widget=forms.Textarea, required=False)
    language = forms.ChoiceField(label="Language", choices=[("en", "English"), ("zh", "简体中文")])
    mail = forms.EmailField(label="E-mail address")
    picture = forms.ImageField(label="Picture", required=False)
    likes = forms.BooleanField(label="Likes", required=False, widget=forms.CheckboxInput(attrs={"role": "switch"}))
    agree = forms.BooleanField(label="I have read the rules")


def _context() -> dict[str, Any]:
    now = timezone.now()
    sent_back = SampleForm({"name": "", "mail": "not an address", "language": "en", "bio": "What was typed stays."})
    sent_back.add_error(None, "Two things below need another look.")
    return {
        "people": PEOPLE,
        "person": PEOPLE[0],
        "figures": [0, 7, 999, 1284, 41_234, 388_204, 4_200_000],
        "moves": [Decimal("3.42"), Decimal("-1.16"), Decimal(0)],
        "moments": [
            now - gap
            for gap in (
                timedelta(seconds=3),
                timedelta(minutes=6),
                timedelta(hours=2),
                timedelta(days=3),
                timedelta(days=60),
                timedelta(days=800),
            )
        ],
        "tabs": [
            {"url": "#", "label": "Posts", "current": True, "count": 412},
            {"url": "#", "label": "Performance"},
            {"url": "#", "label": "Live"},
        ],
        "form": SampleForm(),
        "sent_back": sent_back,
    }


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """Every piece, or those of a room (`of`), in both themes by the switch in the menu."""
    if settings.PRODUCTION:
        raise Http404
    room = _rooms.get(request.GET.get("of", ""))
    places = [("", "Everywhere"), *((one.name, one.label) for one in _rooms.values())]
    current = room.name if room else ""
    tabs = [{"url": f"?of={name}", "label": label, "current": name == current} for name, label in places]
    if room is None:
        return render(request, "web/design.html", {**_context(), "rooms": tabs})
    return render(request, room.template, {**room.context(), "rooms": tabs})
