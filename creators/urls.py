"""URLs of this app."""

from django.urls import URLPattern, path, register_converter

from creators.views import desk, profile, relations


class HandleConverter:
    """A handle, in any capitals: views answer with the canonical spelling."""

    regex = "[A-Za-z0-9_]{3,20}"

    def to_python(self, value: str) -> str:
        """As it was typed."""
        return value

    def to_url(self, value: str) -> str:
        """As it is stored."""
        return value


register_converter(HandleConverter, "handle")

urlpatterns: list[URLPattern] = [
    path("creator/start/", desk.start, name="creator_start"),
    path("creator/edit/", desk.edit, name="creator_edit"),
    path("creators/suggested/", relations.suggested, name="creators_suggested"),
    path("@<handle:handle>/", profile.homepage, name="profile"),
    path("@<handle:handle>/followers/", profile.followers, name="followers"),
    path("@<handle:handle>/following/", profile.following, name="following"),
    path("@<handle:handle>/follow/", relations.follow, name="follow"),
    path("@<handle:handle>/bell/", relations.bell, name="bell"),
    path("@<handle:handle>/block/", relations.block, name="block"),
    path("@<handle:handle>/mute/", relations.mute, name="mute"),
    path("@<handle:handle>/<slug:tab>/", profile.homepage, name="profile_tab"),
]
