"""The groups app."""

from django.apps import AppConfig


class GroupsConfig(AppConfig):
    """Registers `groups` with Django, and its topics with the hub."""

    name = "groups"
    label = "groups"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say who may listen to channels and groups, and whom the news of a group is for."""
        from django.utils.translation import gettext_lazy as _

        from creators import profile_tabs
        from groups import access, design, parts, presence, profile, showing
        from groups.actions import attaching, previewing
        from groups.queries import listing, mine
        from groups.reports import GROUP, MESSAGE
        from planet.moderation import reports
        from planet.notifications import places
        from planet.realtime import topics
        from planet.web import design as pieces
        from planet.web import images

        topics.register("channel", authorize=access.may_hear_channel, authorize_many=access.may_hear_channels)
        topics.register(
            "group", authorize=access.may_hear_group, authorize_many=access.may_hear_groups, watch=presence.tell
        )
        # What is said in any group is published once; the list of groups asks whose group it is.
        topics.register("groups", authorize=access.is_signed_in, source="activity", audience=access.members_among)
        images.keep("private", attaching.in_use)
        images.keep("picture", previewing.in_use)
        showing.register(parts.dress)
        images.keep("avatar", listing.avatars_in_use)
        profile_tabs.register(profile_tabs.Tab("groups", _("Groups"), 40, profile.panel))
        places.register("group", mine.deaf_to_groups)
        pieces.register(design.PIECES)
        reports.register(GROUP)
        reports.register(MESSAGE)
