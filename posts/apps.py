"""The posts app."""

from django.apps import AppConfig


class PostsConfig(AppConfig):
    """Registers `posts` with Django, its topics with the hub, its pictures with the sweep, its tab with the profile."""

    name = "posts"
    label = "posts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say who may listen to posts, which pictures are shown, and what a profile's first tab holds."""
        from django.utils.translation import gettext_lazy as _

        from creators import profile_tabs
        from creators.access import is_signed_in
        from planet.moderation import reports
        from planet.notifications import places
        from planet.realtime import topics
        from planet.tips import registry as tips
        from planet.web import images
        from posts import access, blocks, queries, tipping
        from posts.blocks import access as hearing
        from posts.contexts.feeds import profile_panel
        from posts.queries.lists import deaf_to_topics, listers_among
        from posts.reports import COMMENT, POST

        topics.register("post", authorize=access.may_listen, authorize_many=access.may_listen_to)
        topics.register("everyone", authorize=access.anybody)
        # What people on somebody's lists publish for everyone; the page of a list asks what of it is for that list.
        topics.register("lists", authorize=is_signed_in, source="creator", audience=listers_among)
        places.register("topic", deaf_to_topics)
        blocks.load()
        topics.register("poll", authorize=hearing.may_hear_result, authorize_many=hearing.may_hear_results)
        images.keep("picture", queries.in_use)
        images.keep("picture", queries.articles_in_use)
        images.keep("private", queries.in_use)
        images.keep("private", queries.articles_in_use)
        profile_tabs.register(profile_tabs.Tab("posts", _("Posts"), 10, profile_panel))
        reports.register(POST)
        reports.register(COMMENT)
        tips.register(tipping.POST)
        tips.register(tipping.COMMENT)
