"""Views of posts: access, form, action, answer."""
