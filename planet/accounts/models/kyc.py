"""Identity checks: applications, the history of their states, and which account an identity holds."""

import json
from typing import ClassVar, TypedDict

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from planet.accounts import crypto
from planet.accounts.models.user import KycState, User
from planet.web.ids import uuid7


class DocumentType(models.TextChoices):
    """Documents that prove an identity."""

    PASSPORT = "passport", _("Passport")
    ID_CARD = "id_card", _("Identity card")
    DRIVING_LICENCE = "driving_licence", _("Driving licence")
    RESIDENCE_PERMIT = "residence_permit", _("Residence permit")


class Details(TypedDict):
    """What is said about a person's document."""

    legal_name: str
    document_number: str


class KycApplication(models.Model):
    """One try at proving an identity. `state` mirrors the newest `KycEvent`.

    The legal name, the document's number and both pictures are encrypted, and erased some time after the decision
    (`erased_at`); what stays is the history and, once approved, the hash in `VerifiedIdentity`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="kyc_applications")
    provider = models.CharField(max_length=20)
    external_id = models.CharField(max_length=100, blank=True)  # the provider's name for this application
    external_url = models.URLField(max_length=500, blank=True)  # where the person continues at the provider
    state = models.CharField(max_length=10, choices=KycState, default=KycState.PENDING)
    country = models.CharField(max_length=2, blank=True)  # ISO 3166-1 alpha-2
    document_type = models.CharField(max_length=20, choices=DocumentType, blank=True)
    sealed = models.BinaryField(blank=True)  # Details, encrypted
    identity_hash = models.CharField(max_length=64, blank=True)
    document_file = models.CharField(max_length=100, blank=True)
    selfie_file = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=500, blank=True)  # shown to the person when rejected or expired
    created_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    expires_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("identity check")
        verbose_name_plural = _("identity checks")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(state=KycState.PENDING), name="kyc_one_pending_per_person"
            ),
            models.UniqueConstraint(
                fields=["provider", "external_id"], condition=~models.Q(external_id=""), name="kyc_external_id_unique"
            ),
        ]
        indexes: ClassVar = [
            # The operators' queue, oldest first.
            models.Index(fields=["created_at"], condition=models.Q(state=KycState.PENDING), name="kyc_queue"),
            # What a person applied for, newest first.
            models.Index(fields=["user", "-created_at"], name="kyc_of_person"),
            # The expiry task and the erasing task.
            models.Index(fields=["expires_at"], condition=models.Q(state=KycState.APPROVED), name="kyc_expiring"),
            models.Index(fields=["decided_at"], condition=models.Q(erased_at=None), name="kyc_to_erase"),
        ]

    def __str__(self) -> str:
        return f"@{self.user.handle} · {self.get_state_display()}"

    def seal(self, details: Details) -> None:
        """Put the person's details into the row, encrypted."""
        self.sealed = crypto.encrypt(json.dumps(details).encode())

    @property
    def details(self) -> Details:
        """The person's details, decrypted; empty once erased."""
        if not self.sealed:
            return {"legal_name": "", "document_number": ""}
        details: Details = json.loads(crypto.decrypt(bytes(self.sealed)))
        return details

    @property
    def legal_name(self) -> str:
        """The name in the document."""
        return self.details["legal_name"]

    @property
    def document_number(self) -> str:
        """The document's number as it was typed."""
        return self.details["document_number"]

    @property
    def identity_taken(self) -> bool:
        """Whether another account already stands for this identity."""
        held = VerifiedIdentity.objects.filter(identity_hash=self.identity_hash).exclude(user_id=self.user_id)
        return bool(self.identity_hash) and held.exists()


class KycEvent(models.Model):
    """One step of an application. Append-only: the database refuses to change or delete a row."""

    id = models.BigAutoField(primary_key=True)
    application = models.ForeignKey(KycApplication, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(default=timezone.now)
    before = models.CharField(max_length=10, choices=KycState)
    after = models.CharField(max_length=10, choices=KycState)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")  # None: a provider or a task
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        # The history of an application.
        indexes: ClassVar = [models.Index(fields=["application", "id"], name="kyc_history")]


class KycCallback(models.Model):
    """A callback of a provider that was obeyed; its id is never obeyed again."""

    id = models.BigAutoField(primary_key=True)
    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=100)
    application = models.ForeignKey(KycApplication, on_delete=models.PROTECT, related_name="callbacks")
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="kyc_callback_once"),
        ]


class VerifiedIdentity(models.Model):
    """A person in the real world, as a keyed hash of country and document number, and the one account it holds.

    The row outlives the application: a banned person who signs up again brings the same document and meets it.
    """

    identity_hash = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="identities")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "verified identities"
