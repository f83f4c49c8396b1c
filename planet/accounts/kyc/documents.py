"""Pictures of documents: checked, re-encoded, encrypted, kept apart from everything a URL can reach, erased in time.

They lie in the storage named `kyc` (DATA_DIR/kyc), which has no URL. Only `read` decrypts them; whoever shows one to an
operator writes the audit log.
"""

import secrets
from io import BytesIO
from typing import Final, Literal

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from planet.accounts import crypto
from planet.accounts.models import KycApplication
from planet.web import images

Which = Literal["document", "selfie"]
WHICH: Final[tuple[Which, ...]] = ("document", "selfie")
LEAST_PIXELS: Final = 300  # on the shorter edge; below that nothing on a document can be read
LONGEST_EDGE: Final = 2400


class Erased(Exception):
    """The picture is no longer kept, or never was given."""


def storage() -> Storage:
    """Where the encrypted files lie."""
    return storages["kyc"]


def clean(file: images.Readable) -> bytes:
    """The picture as an upright JPEG of our own making, without metadata. Raises ValidationError."""
    try:
        picture = images.decode(file, least=LEAST_PIXELS, longest=LONGEST_EDGE)
    except images.BadImage as error:
        raise ValidationError(str(error), code="picture") from None
    out = BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=88, optimize=True)
    return out.getvalue()


def store(picture: bytes) -> str:
    """Keep a cleaned picture, encrypted; the name to find it by."""
    name = secrets.token_hex(16)
    return storage().save(f"{name[:2]}/{name}", ContentFile(crypto.encrypt(picture)))


def read(application: KycApplication, which: Which) -> bytes:
    """The picture as JPEG. Raises Erased."""
    name = application.document_file if which == "document" else application.selfie_file
    if not name or not storage().exists(name):
        raise Erased
    with storage().open(name) as file:
        return crypto.decrypt(file.read())


def erase(application: KycApplication) -> None:
    """Delete both pictures. Harmless when they are gone."""
    discard([application.document_file, application.selfie_file])


def discard(names: list[str]) -> None:
    """Delete files by name; empty names are skipped."""
    for name in filter(None, names):
        storage().delete(name)
