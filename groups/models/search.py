"""What messages are found by."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from groups.models.groups import Group
from groups.models.messages import Message


class MessageWords(models.Model):
    """The terms of a message (docs/adr/0018), with who said it (`by:…`) and where (`in:…`).

    A trigger keeps it in step with the message; nothing in Python writes it.
    """

    message = models.OneToOneField(Message, on_delete=models.CASCADE, primary_key=True, related_name="+")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+", db_index=False)
    words = SearchVectorField()

    class Meta:
        indexes: ClassVar = [
            # Rare words, within their group.
            GinIndex(fields=["words"], gin_pending_list_limit=512, name="message_words"),
            # A group's newest messages: where common words are found at once.
            models.Index(fields=["group", "-message"], name="message_words_newest"),
        ]
