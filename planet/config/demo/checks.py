"""The identity checks behind the demo's creators, and a short queue for the operator."""

import datetime as dt
import random
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from PIL import Image

from planet.accounts import crypto
from planet.accounts.kyc import actions as kyc
from planet.accounts.kyc import documents
from planet.accounts.models import DocumentType, KycApplication, KycEvent, KycState, User, VerifiedIdentity
from planet.config.demo import portraits
from planet.config.demo.canvas import Canvas, gradient
from planet.config.demo.copying import copy, uuid7_at
from planet.config.demo.store import Store

ERASED_AFTER = dt.timedelta(days=30)
# Who waits for a decision: (handle, legal name, country, document).
WAITING = (
    ("imani_w", "Imani Wambui", "KE", DocumentType.PASSPORT),
    ("felix_o", "Felix Ostermann", "AT", DocumentType.ID_CARD),
    ("lei_zhang", "Zhang Lei", "SG", DocumentType.PASSPORT),
)


def write(store: Store) -> None:
    """The history of everybody who was approved. Call inside a transaction, after `store.write`."""
    applications: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    identities: list[dict[str, Any]] = []
    for place, person in enumerate(store.world.creators):
        handed_in = store.at(person.joined_hours * 0.95)
        decided = handed_in + dt.timedelta(hours=7)
        key = uuid7_at(handed_in, store.rng)
        identity = crypto.identity_hash("XX", f"DEMO{place:05}")
        user = store.users[person]
        applications.append(
            {
                "id": key,
                "user_id": user,
                "provider": "manual",
                "state": KycState.APPROVED,
                "document_type": DocumentType.PASSPORT,
                "identity_hash": identity,
                "created_at": handed_in,
                "decided_at": decided,
                "decided_by_id": store.operator,
                "expires_at": store.now + kyc.VALID_FOR,
                "erased_at": min(store.now, decided + ERASED_AFTER),
            }
        )
        events.extend(_history(key, user, store.operator, handed_in, decided))
        identities.append({"identity_hash": identity, "user_id": user, "created_at": decided})
    copy(KycApplication, applications)
    copy(KycEvent, events)
    copy(VerifiedIdentity, identities)


def known(user: User, by: User, now: dt.datetime) -> User:
    """An operator whose own identity was checked by another, as approving money asks for."""
    identity = crypto.identity_hash("XX", f"DEMO-{user.handle}")
    application = KycApplication.objects.create(
        user=user, provider="manual", state=KycState.APPROVED, document_type=DocumentType.PASSPORT,
        identity_hash=identity, created_at=now, decided_at=now, decided_by=by, expires_at=now + kyc.VALID_FOR,
        erased_at=now,
    )  # fmt: skip
    KycEvent.objects.bulk_create(KycEvent(**row) for row in _history(application.pk, user.pk, by.pk, now, now))
    VerifiedIdentity.objects.create(identity_hash=identity, user=user, created_at=now)
    User.objects.filter(pk=user.pk).update(kyc_state=KycState.APPROVED)
    return User.objects.get(pk=user.pk)


def _history(
    key: object, user: object, operator: object, handed_in: dt.datetime, decided: dt.datetime
) -> Iterator[dict[str, Any]]:
    yield {
        "application_id": key, "at": handed_in, "before": KycState.NONE, "after": KycState.PENDING, "actor_id": user,
    }  # fmt: skip
    yield {
        "application_id": key, "at": decided, "before": KycState.PENDING, "after": KycState.APPROVED,
        "actor_id": operator, "reason": "Document and face match.",
    }  # fmt: skip


def queue(store: Store) -> None:
    """Hand in the waiting applications, with documents that nobody could take for real ones."""
    rng = random.Random(3)
    for place, (handle, name, country, document) in enumerate(WAITING):
        user = User.objects.get(handle=handle)
        paper = kyc.Paper(name, country, document, f"SPECIMEN{place:04}")
        face = portraits.avatar(rng, 2 + place * 9)
        pictures: dict[documents.Which, bytes] = {
            "document": documents.clean(_file(_specimen(name, country, document, face))),
            "selfie": documents.clean(_file(face.resize((640, 640)))),
        }
        kyc.apply(user=user, provider="manual", now=store.at(3 + place * 5), paper=paper, pictures=pictures)


def _file(image: Image.Image) -> BytesIO:
    file = BytesIO()
    image.save(file, "JPEG", quality=90)
    file.seek(0)
    return file


def _specimen(name: str, country: str, document: str, face: Image.Image) -> Image.Image:
    canvas = Canvas(860, 540, gradient((860, 540), "#DCE6F2", "#B9C9DD", 30))
    for line in range(14):
        canvas.line([(0, 40 * line), (860, 40 * line + 120)], "#FFFFFF", 1.5, 120)
    canvas.text(40, 56, document.replace("_", " ").upper(), "#1D2B45", 26)
    canvas.text(820, 56, country, "#1D2B45", 34, "rm")
    for row, (label, value) in enumerate((("Name", name), ("Number", "SPECIMEN"), ("Issued by", "Planet demo"))):
        canvas.text(330, 150 + row * 92, label, "#5A6B85", 16)
        canvas.text(330, 182 + row * 92, value, "#131C2E", 28)
    canvas.text(430, 490, "SPECIMEN - NOT A DOCUMENT", "#B23A48", 30, "mm")
    image = canvas.finish()
    image.paste(face.resize((240, 240)), (48, 130))
    return image
