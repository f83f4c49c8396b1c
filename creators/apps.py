"""The creators app."""

from django.apps import AppConfig


class CreatorsConfig(AppConfig):
    """Registers `creators` with Django, its topics with the hub, its pictures with the sweep."""

    name = "creators"
    label = "creators"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say who may listen to creators, whom `followers:<creator>` reaches, and which pictures are shown."""
        from creators import access, profile_tabs, queries, tipping
        from creators.reports import PROFILE
        from planet.moderation import reports
        from planet.notifications import filters
        from planet.realtime import topics
        from planet.tips import registry as tips
        from planet.web import images

        reports.register(PROFILE)
        tips.register(tipping.PROFILE)
        profile_tabs.register(tipping.SUPPORTERS)
        filters.register(queries.followers_among)
        topics.register("creator", authorize=access.may_listen)
        # Nobody subscribes to `followers:<creator>` itself: it reaches whoever listens to `following` and follows.
        topics.register(
            "following", authorize=access.is_signed_in, source="followers", audience=queries.followers_among
        )
        images.keep("avatar", queries.avatars_in_use)
        images.keep("banner", queries.banners_in_use)
