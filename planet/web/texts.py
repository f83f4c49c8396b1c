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
        "kept_here": gettext("Kept on this device."),
        "draft_saved": gettext("Saved in drafts"),
        "draft_not_saved": gettext("Not saved yet"),
        "draft_both": gettext("Both are in your drafts."),
        "draft_published": gettext("This was published elsewhere. Open it."),
        "draft_signed_out": gettext("You are signed out. Kept on this device."),
        "recover": gettext("You were writing: “{words}”"),
        "recover_yes": gettext("Write on"),
        "recover_no": gettext("Discard"),
        "picture_missing": gettext("A picture is not uploaded. Try again or remove it."),
        "most_pictures": gettext("At most {most} pictures."),
        "place": gettext("{n} of {of}"),
        "reconnecting": gettext("Reconnecting…"),
        "copied": gettext("Link copied"),
        "suggestions": gettext("Suggestions"),
        "suggested": gettext("Suggestions: {n}"),
        "recent": gettext("Recent searches"),
        "forget": gettext("Forget"),
    }
