"""Second factors and passkeys, with an authenticator in software that does the real ceremony."""

import base64
import hashlib
import json
import struct
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.core import mail
from django.test import Client
from fido2 import cbor

from planet.accounts import crypto
from tests.cast import Cast
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
ORIGIN, HOST = "http://localhost", "localhost"


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "==")


class Key:
    """A passkey in software (ES256, packed without attestation)."""

    def __init__(self) -> None:
        self.secret = ec.generate_private_key(ec.SECP256R1())
        self.id = b"k" * 32
        self.user = b""
        self.uses = 0

    def create(self, options: dict[str, Any], origin: str = ORIGIN) -> str:
        """The answer to a request to register."""
        public = options["publicKey"]
        self.user = unb64(public["user"]["id"])
        numbers = self.secret.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        data = self._data(0x45) + bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor.encode(cose)
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", public["challenge"], origin)
        extensions = {"credProps": {"rk": True}}
        return self._answer({"clientDataJSON": b64(client), "attestationObject": b64(attestation)}, extensions)

    def get(self, options: dict[str, Any], origin: str = ORIGIN) -> str:
        """The answer to a request to sign in."""
        self.uses += 1
        data = self._data(0x05)
        client = self._client("webauthn.get", options["publicKey"]["challenge"], origin)
        signature = self.secret.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": b64(client),
            "authenticatorData": b64(data),
            "signature": b64(signature),
            "userHandle": b64(self.user),
        }
        return self._answer(response, {})

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(HOST.encode()).digest() + bytes([flags]) + struct.pack(">I", self.uses)

    @staticmethod
    def _client(kind: str, challenge: str, origin: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}).encode()

    def _answer(self, response: dict[str, str], extensions: dict[str, Any]) -> str:
        name = b64(self.id)
        return json.dumps(
            {
                "type": "public-key",
                "id": name,
                "rawId": name,
                "response": response,
                "clientExtensionResults": extensions,
                "authenticatorAttachment": "platform",
            }
        )


def browser() -> Client:
    return Client(SERVER_NAME=HOST, SERVER_PORT="80")


def with_password(client: Client) -> Any:
    return client.post("/accounts/login/", {"login": "bob@example.com", "password": PASSWORD})


@pytest.fixture
def bob(cast: Cast) -> Client:
    """Bob's browser, where he has just confirmed that it is he."""
    client = browser()
    with_password(client)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    mail.outbox.clear()
    return client


def code(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def activate_app(client: Client) -> str:
    page = client.get("/accounts/2fa/totp/activate/")
    secret: str = page.context["form"].secret
    client.post("/accounts/2fa/totp/activate/", {"code": code(secret)})
    return secret


def add_key(client: Client) -> Key:
    key = Key()
    options = client.get("/accounts/2fa/webauthn/add/").context["js_data"]["creation_options"]
    client.post(
        "/accounts/2fa/webauthn/add/", {"name": "Laptop", "passwordless": "on", "credential": key.create(options)}
    )
    return key


@pytest.mark.django_db(transaction=True)  # the mail is sent on commit
def test_turning_a_factor_on_is_told_by_mail(bob: Client) -> None:
    activate_app(bob)
    assert [m.subject for m in mail.outbox] == ["Authenticator app turned on"]


def test_an_app_asks_for_its_code_at_sign_in(bob: Client, cast: Cast) -> None:
    secret = activate_app(bob)
    stranger = browser()
    assert with_password(stranger).headers["Location"] == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in stranger.session
    stranger.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "_auth_user_id" not in stranger.session
    stranger.post("/accounts/2fa/authenticate/", {"code": code(secret)})
    assert stranger.session["_auth_user_id"] == str(cast.bob.pk)


def test_the_secret_of_an_app_is_not_readable_in_the_database(bob: Client) -> None:
    secret = activate_app(bob)
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in stored
    assert crypto.decrypt(stored.encode()).decode() == secret


def test_a_recovery_code_works_once(bob: Client) -> None:
    activate_app(bob)
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    page = bob.get("/accounts/2fa/recovery-codes/").content.decode()
    assert all(each in page for each in codes)
    signed_in = []
    for _ in range(2):
        stranger = browser()
        with_password(stranger)
        stranger.post("/accounts/2fa/authenticate/", {"code": codes[0]})
        signed_in.append("_auth_user_id" in stranger.session)
    assert signed_in == [True, False]


def test_a_passkey_signs_in_without_a_password(bob: Client, cast: Cast) -> None:
    key = add_key(bob)
    stranger = browser()
    options = stranger.get("/accounts/2fa/webauthn/login/", headers={"Accept": "application/json"}).json()
    stranger.post("/accounts/2fa/webauthn/login/", {"credential": key.get(options["request_options"])})
    assert stranger.session["_auth_user_id"] == str(cast.bob.pk)


def test_a_passkey_is_a_second_factor(bob: Client, cast: Cast) -> None:
    key = add_key(bob)
    stranger = browser()
    with_password(stranger)
    options = stranger.get("/accounts/2fa/authenticate/").context["js_data"]["request_options"]
    stranger.post("/accounts/2fa/authenticate/", {"credential": key.get(options)})
    assert stranger.session["_auth_user_id"] == str(cast.bob.pk)


@pytest.mark.parametrize(("origin", "enters"), [("https://localhost", True), ("https://evil.example", False)])
def test_an_answer_given_to_another_site_does_not_sign_in(
    bob: Client, settings: Any, origin: str, enters: bool
) -> None:
    key = add_key(bob)
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False  # as in production
    stranger = browser()
    options = stranger.get("/accounts/2fa/webauthn/login/", headers={"Accept": "application/json"}).json()
    stranger.post("/accounts/2fa/webauthn/login/", {"credential": key.get(options["request_options"], origin)})
    assert ("_auth_user_id" in stranger.session) is enters


def test_an_answer_to_an_old_question_does_not_sign_in(bob: Client) -> None:
    key = add_key(bob)
    stranger = browser()
    old, _new = (
        stranger.get("/accounts/2fa/webauthn/login/", headers={"Accept": "application/json"}).json() for _ in range(2)
    )
    old = key.get(old["request_options"])
    stranger.post("/accounts/2fa/webauthn/login/", {"credential": old})
    assert "_auth_user_id" not in stranger.session


def test_keys_are_listed_renamed_and_removed(bob: Client) -> None:
    add_key(bob)
    pk = Authenticator.objects.get(type="webauthn").pk
    assert "Laptop" in bob.get("/accounts/2fa/webauthn/").content.decode()
    bob.post(f"/accounts/2fa/webauthn/keys/{pk}/edit/", {"name": "Desk"})
    assert "Desk" in bob.get("/accounts/2fa/webauthn/").content.decode()
    assert bob.get(f"/accounts/2fa/webauthn/keys/{pk}/remove/").status_code == 200
    bob.post(f"/accounts/2fa/webauthn/keys/{pk}/remove/")
    assert not Authenticator.objects.filter(type="webauthn").exists()


def test_somebody_elses_key_cannot_be_touched(bob: Client, cast: Cast) -> None:
    add_key(bob)
    pk = Authenticator.objects.get(type="webauthn").pk
    charlie = browser()
    charlie.post("/accounts/login/", {"login": "charlie@example.com", "password": PASSWORD})
    charlie.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert charlie.post(f"/accounts/2fa/webauthn/keys/{pk}/remove/").status_code == 404
    assert charlie.post(f"/accounts/2fa/webauthn/keys/{pk}/edit/", {"name": "Mine"}).status_code == 404
    assert Authenticator.objects.get(pk=pk).wrap().name == "Laptop"


def test_turning_a_factor_off_needs_a_fresh_confirmation(bob: Client, cast: Cast) -> None:
    activate_app(bob)
    stale = cast.browser(cast.bob)
    answer = stale.post("/accounts/2fa/totp/deactivate/")
    assert "/reauthenticate/" in answer.headers["Location"]
    assert Authenticator.objects.filter(type="totp").exists()
    bob.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(type="totp").exists()


@pytest.mark.parametrize(
    "path",
    ["", "totp/activate/", "webauthn/", "webauthn/add/"],
)
def test_every_page_of_second_factors_opens(bob: Client, path: str) -> None:
    assert bob.get(f"/accounts/2fa/{path}").status_code == 200


def test_pages_after_an_app_is_on_open(bob: Client) -> None:
    activate_app(bob)
    add_key(bob)
    for path in ("", "totp/deactivate/", "recovery-codes/", "recovery-codes/generate/", "webauthn/"):
        assert bob.get(f"/accounts/2fa/{path}").status_code == 200, path
    assert bob.get("/accounts/2fa/recovery-codes/download/").content
    for path in (
        "/accounts/2fa/reauthenticate/",
        "/accounts/2fa/webauthn/reauthenticate/",
        "/accounts/reauthenticate/",
    ):
        assert bob.get(path).status_code == 200, path
