"""What tests of the identity check need."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from planet.accounts.kyc import Paper
from planet.accounts.models import DocumentType

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def picture(size: tuple[int, int] = (640, 480), kind: str = "JPEG", **options: Any) -> bytes:
    """A small picture, encoded."""
    out = BytesIO()
    Image.effect_noise(size, 40).convert("RGB").save(out, kind, **options)
    return out.getvalue()


def upload(data: bytes | None = None, name: str = "passport.jpg") -> SimpleUploadedFile:
    """An upload, as a form receives it."""
    return SimpleUploadedFile(name, picture() if data is None else data, "image/jpeg")


def paper(number: str = "X 123-4567", **changes: Any) -> Paper:
    """Somebody's passport."""
    said = {"legal_name": "Satoshi Example", "country": "CH", "type": DocumentType.PASSPORT, "number": number}
    return Paper(**(said | changes))


def form(**changes: Any) -> dict[str, Any]:
    """What the page sends."""
    return {
        "legal_name": "Satoshi Example",
        "country": "CH",
        "document_type": "passport",
        "document_number": "X 123-4567",
        "document": upload(),
        "selfie": upload(name="selfie.jpg"),
    } | changes
