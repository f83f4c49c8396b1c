"""What is known of pages that messages lead to."""

from django.db import models
from django.utils import timezone

from groups.models.messages import Message


class Preview(models.Model):
    """A page as it describes itself, fetched once for all groups. Without a `title` there is nothing to show.

    `address_hash` is of the address. `picture` is a key of planet.web.images: our own copy, so that readers ask nobody
    else for anything.
    """

    id = models.BigAutoField(primary_key=True)
    address_hash = models.CharField(max_length=64, unique=True)
    address = models.CharField(max_length=2000)
    title = models.CharField(max_length=200, blank=True)
    description = models.CharField(max_length=400, blank=True)
    site = models.CharField(max_length=80, blank=True)
    picture = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    fetched_at = models.DateTimeField(null=True, blank=True)


class MessagePreview(models.Model):
    """The page that a message shows; its author can take it off (`removed_at`)."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, primary_key=True, related_name="+")
    preview = models.ForeignKey(Preview, on_delete=models.CASCADE, related_name="shown_in")
    removed_at = models.DateTimeField(null=True, blank=True)
