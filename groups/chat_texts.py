"""The texts that the scripts of the conversation show, in the language of the page (static/js/chat/words.js)."""

from django.utils.translation import gettext, ngettext, pgettext


def chat_texts() -> dict[str, str]:
    """Every text of static/js/chat, by key."""
    return {
        "kyc": gettext("Identity verified"),
        "deleted": gettext("Message deleted"),
        "edited": gettext("edited"),
        "forwarded": gettext("Forwarded from"),
        "reply": ngettext("{n} reply", "{n} replies", 1),
        "replies": ngettext("{n} reply", "{n} replies", 2),
        "today": gettext("Today"),
        "yesterday": gettext("Yesterday"),
        "new": gettext("New messages"),
        "new_one": ngettext("{n} new message", "{n} new messages", 1),
        "new_many": ngettext("{n} new message", "{n} new messages", 2),
        "newest": gettext("Newest message"),
        "typing_one": gettext("{a} is typing"),
        "typing_two": gettext("{a} and {b} are typing"),
        "typing_many": gettext("{a} and {n} others are typing"),
        "sending": gettext("Sending…"),
        "waiting": gettext("Waiting for a connection"),
        "refused": gettext("Not sent"),
        "again": gettext("Try again"),
        "rewrite": gettext("Edit"),
        "discard": gettext("Discard"),
        "waits": gettext("Slow mode: {n} s"),
        "editing": gettext("Editing"),
        "answering": gettext("Answering {name}"),
        "delete_sure": gettext("Delete this message for everybody?"),
        "delete": pgettext("verb", "Delete"),
        "copied_text": gettext("Copied"),
        "no_mention": gettext("Nobody mentions you further down."),
        "no_unread": gettext("You have read everything."),
        "marked_unread": gettext("Unread from here."),
        "you": gettext("You:"),
        "card": gettext("Shared a card"),
        "attachment": gettext("Attachment"),
        "removed_you": gettext("You are no longer in this group."),
        "retry": gettext("Could not load. Try again"),
        "pin_place": gettext("{n} of {of}"),
        "upload_failed": gettext("Not uploaded"),
        "uploading": gettext("Uploading"),
        "remove": gettext("Remove"),
    }
