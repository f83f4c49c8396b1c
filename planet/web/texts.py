"""The texts that scripts show, in the language of the page; read from the #texts element by static/js/texts.js."""

from django.utils.translation import get_language, gettext, pgettext


def browser_texts() -> dict[str, str]:
    """Every text of static/js, by key."""
    return {
        "lang": get_language() or "en",
        "now": pgettext("just this minute", "now"),
        "minutes": gettext("{n} min"),
        "hours": gettext("{n} h"),
        "days": gettext("{n} d"),
        "undo": gettext("Undo"),
        "retry": gettext("Try again"),
        "close": gettext("Close"),
        "previous": gettext("Previous"),
        "next": gettext("Next"),
        "picture": gettext("Picture"),
        "cancel": gettext("Cancel"),
        "confirm": gettext("Yes, do it"),
        "sure": gettext("Are you sure?"),
        "offline": gettext("No connection. Nothing was sent."),
        "slow": gettext("The server took too long to answer."),
        "wrong": gettext("Something went wrong on our side. Nothing was changed."),
        "forbidden": gettext("You may not do that."),
        "missing": gettext("That is gone, or you may not see it."),
        "often": gettext("That was a bit often. Wait a moment and try again."),
        "large": gettext("That is too large to send."),
        "signed_out": gettext("You are signed out. Sign in and try again."),
        "reconnecting": gettext("Reconnecting…"),
        "copied": gettext("Link copied"),
    }
