"""The groups app."""

from django.apps import AppConfig


class GroupsConfig(AppConfig):
    """Registers `groups` with Django, and its topics with the hub."""

    name = "groups"
    label = "groups"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say who may listen to channels and groups, and whom the news of a group is for."""
        from groups import access
        from groups.actions import attaching
        from planet.realtime import topics
        from planet.web import images

        topics.register("channel", authorize=access.may_hear_channel, authorize_many=access.may_hear_channels)
        topics.register("group", authorize=access.may_hear_group, authorize_many=access.may_hear_groups)
        # What is said in any group is published once; the list of groups asks whose group it is.
        topics.register("groups", authorize=access.is_signed_in, source="activity", audience=access.members_among)
        images.keep("private", attaching.in_use)
