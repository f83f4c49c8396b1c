"""Who people are."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models.functions import Lower, Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from planet.accounts import handles
from planet.web.ids import uuid7


class KycState(models.TextChoices):
    """How far a person's identity check has come."""

    NONE = "none", _("Not verified")
    PENDING = "pending", _("In review")
    APPROVED = "approved", _("Verified")
    REJECTED = "rejected", _("Rejected")
    EXPIRED = "expired", _("Expired")


class TrustLevel(models.IntegerChoices):
    """How much the planet trusts an account; computed, never typed in."""

    NEW = 0, _("New")
    BASIC = 1, _("Basic")
    MEMBER = 2, _("Member")
    REGULAR = 3, _("Regular")


class MentionsFrom(models.TextChoices):
    """Whose mentions of a person become links and tell them; those of others stay words."""

    EVERYONE = "everyone", _("Everyone")
    FOLLOWING = "following", _("People I follow")
    NOBODY = "nobody", _("Nobody")


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail address and handle."""

    def create_user(self, email: str, handle: str, password: str | None = None, **fields: Any) -> "User":
        """A saved user with a hashed (or no usable) password."""
        user = self.model(email=email.lower(), handle=handle.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, handle: str, password: str | None = None, **fields: Any) -> "User":
        """A saved operator who may do everything in the admin."""
        return self.create_user(email, handle, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account.

    `handle` is chosen once, in lower case (see `handles`). `kyc_state` mirrors the newest row of the KYC history and
    `is_creator` the creator profile, so that a name row needs no join. Only creators have a display name and an avatar
    of their own.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)  # in lower case
    handle = models.CharField(_("handle"), max_length=20, unique=True)
    handle_skeleton = models.GeneratedField(
        expression=handles.skeleton_expression("handle"), output_field=models.TextField(), db_persist=True
    )
    display_name = models.CharField(_("display name"), max_length=40, blank=True)
    avatar = models.CharField(max_length=64, blank=True, editable=False)  # a picture key of planet.web.images
    is_creator = models.BooleanField(default=False, editable=False)
    kyc_state = models.CharField(max_length=10, choices=KycState, default=KycState.NONE, editable=False)
    trust_level = models.PositiveSmallIntegerField(choices=TrustLevel, default=TrustLevel.NEW, editable=False)
    language = models.CharField(max_length=10, default="en")
    mentions_from = models.CharField(
        _("who may mention you"), max_length=9, choices=MentionsFrom, default=MentionsFrom.EVERYONE
    )
    # The lists that are tabs of the home page, as [[id, name], …]: a copy for a page that asks for nothing more.
    pinned_feeds = models.JSONField(default=list, blank=True, editable=False)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    # A program's account: it never signs in, is told nothing, and belongs to one group (`groups.models.bots`).
    is_bot = models.BooleanField(default=False, db_default=False, editable=False)
    # A password, an address or a second factor changed: for a while nothing can be withdrawn.
    credentials_changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    following_count = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["handle"]

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_lower"),
            models.CheckConstraint(condition=models.Q(handle__regex=handles.PATTERN), name="user_handle_spelling"),
            # Nobody has a handle that looks like somebody else's.
            models.UniqueConstraint(fields=["handle_skeleton"], name="user_handle_looks_unique"),
        ]
        indexes: ClassVar = [
            # People whose name begins so, among the members of a group (`display_name__istartswith`).
            models.Index(
                OpClass(Upper("display_name"), name="text_pattern_ops"),
                condition=~models.Q(display_name=""),
                name="user_name_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"@{self.handle}"

    def get_absolute_url(self) -> str:
        """The person's homepage."""
        return f"/@{self.handle}/"

    @property
    def name(self) -> str:
        """What to call the person: the display name, else the handle."""
        return self.display_name or self.handle

    @property
    def is_verified(self) -> bool:
        """Whether the identity check stands approved."""
        return self.kyc_state == KycState.APPROVED

    @property
    def is_known(self) -> bool:
        """Whether the one person behind the account is known: an identity is held by one account, so two are two."""
        return self.is_verified and self.identities.exists()

    @property
    def may_publish(self) -> bool:
        """Whether the person is a creator whose identity check still stands."""
        return self.is_creator and self.is_verified


class DisplayNameChange(models.Model):
    """One change of a display name; the newest tells when the next is allowed."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="name_changes")
    old = models.CharField(max_length=40)
    new = models.CharField(max_length=40)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["user", "-at"], name="name_change_newest")]


class ActiveDay(models.Model):
    """A day (UTC) on which a person used Planet; trust grows with them."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="active_days")
    day = models.DateField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "day"], name="active_day_once")]
