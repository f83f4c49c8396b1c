"""Steps of an identity check: from none to a decision, with a history nobody can rewrite."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from planet.accounts import actions as account_actions
from planet.accounts import crypto, kyc
from planet.accounts.kyc import actions, documents, outcomes
from planet.accounts.models import DocumentType, KycApplication, KycEvent, KycState, User, VerifiedIdentity
from planet.notifications.models import Notification
from tests.accounts.kyc import NOW, paper, picture
from tests.cast import Cast
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def hand_in(user: User, number: str = "X 123-4567", **more: Any) -> KycApplication:
    pictures: dict[documents.Which, bytes] = {"document": picture(), "selfie": picture()}
    return kyc.apply(user=user, paper=paper(number), pictures=pictures, now=NOW, **more)


def state(user: User) -> str:
    return User.objects.get(pk=user.pk).kyc_state


def test_an_application_waits(cast: Cast) -> None:
    application = hand_in(cast.bob)
    assert (application.state, state(cast.bob)) == ("pending", "pending")
    assert [(e.before, e.after, e.actor) for e in application.events.all()] == [("none", "pending", cast.bob)]


def test_an_approval_verifies_for_two_years(cast: Cast) -> None:
    event = kyc.decide(actor=cast.olga, application=hand_in(cast.bob), approve=True, reason="", now=NOW)
    assert (event.after, state(cast.bob), event.actor) == ("approved", "approved", cast.olga)
    assert event.application.expires_at == NOW + timedelta(days=730)
    assert VerifiedIdentity.objects.get().user == cast.bob
    assert Notification.objects.get(recipient=cast.bob).group_key == "kyc:approved"


def test_a_rejection_says_why_and_lets_one_try_again(cast: Cast) -> None:
    application = hand_in(cast.bob)
    with pytest.raises(kyc.NeedsReason):
        kyc.decide(actor=cast.olga, application=application, approve=False, reason="  ", now=NOW)
    assert state(cast.bob) == "pending"
    event = kyc.decide(actor=cast.olga, application=application, approve=False, reason="Blurred.", now=NOW)
    assert (event.after, event.reason) == ("rejected", "Blurred.")
    assert Notification.objects.get(recipient=cast.bob).excerpt == "Blurred."
    assert not VerifiedIdentity.objects.exists()
    again = hand_in(cast.bob)
    assert [e.before for e in again.events.all()] == ["rejected"]


def test_only_what_waits_is_decided(cast: Cast) -> None:
    application = hand_in(cast.bob)
    kyc.decide(actor=cast.olga, application=application, approve=True, reason="", now=NOW)
    with pytest.raises(kyc.NotPending):
        kyc.decide(actor=cast.olga, application=application, approve=False, reason="Changed my mind", now=NOW)
    assert state(cast.bob) == "approved"
    assert KycEvent.objects.count() == 2


@pytest.mark.parametrize("decided", [False, True])
def test_nobody_applies_twice_at_once_or_when_verified(cast: Cast, decided: bool) -> None:
    application = hand_in(cast.bob)
    if decided:
        kyc.decide(actor=cast.olga, application=application, approve=True, reason="", now=NOW)
    files = kept()
    with pytest.raises(kyc.CannotApply):
        hand_in(cast.bob)
    assert KycApplication.objects.count() == 1
    assert kept() == files, "no picture is left behind"


def kept() -> int:
    storage = documents.storage()
    try:
        return sum(len(storage.listdir(shard)[1]) for shard in storage.listdir("")[0])
    except FileNotFoundError:
        return 0


@pytest.mark.parametrize("number", ["X 123-4567", "x1234567", "Ｘ１２３４５６７", " X123 4567 "])
def test_one_identity_holds_one_account(cast: Cast, number: str) -> None:
    kyc.decide(actor=cast.olga, application=hand_in(cast.bob), approve=True, reason="", now=NOW)
    second = hand_in(cast.charlie, number)
    assert second.identity_taken
    event = kyc.decide(actor=cast.olga, application=second, approve=True, reason="", now=NOW)
    assert event.after == "rejected"
    assert "another account" in event.reason
    assert state(cast.charlie) == "rejected"
    assert VerifiedIdentity.objects.get().user == cast.bob


def test_the_reason_is_given_in_the_language_of_the_person(cast: Cast) -> None:
    kyc.decide(actor=cast.olga, application=hand_in(cast.bob), approve=True, reason="", now=NOW)
    User.objects.filter(pk=cast.charlie.pk).update(language="zh-hans")
    event = kyc.decide(actor=cast.olga, application=hand_in(cast.charlie), approve=True, reason="", now=NOW)
    assert event.reason


def test_other_countries_and_numbers_are_other_identities() -> None:
    one = paper().identity_hash
    assert len({one, paper(country="DE").identity_hash, paper("X1").identity_hash}) == 3
    assert paper("x-1234567").identity_hash == one
    assert paper("Ｘ １２３ ４５６７").identity_hash == one


def test_what_nobody_sees_apart_is_no_other_identity() -> None:
    assert paper("OI-1234567").identity_hash == paper("01-1234567").identity_hash
    assert paper("\u0425-1234567").identity_hash != paper("1234567").identity_hash  # a letter of any script counts


def test_calling_the_document_otherwise_makes_no_other_identity(cast: Cast) -> None:
    assert {paper(type=kind).identity_hash for kind in DocumentType} == {paper().identity_hash}
    kyc.decide(actor=cast.olga, application=hand_in(cast.bob), approve=True, reason="", now=NOW)
    second = kyc.apply(user=cast.charlie, paper=paper(type=DocumentType.ID_CARD), now=NOW)
    assert kyc.decide(actor=cast.olga, application=second, approve=True, reason="", now=NOW).after == "rejected"


def test_nothing_is_approved_that_names_no_identity(cast: Cast) -> None:
    application = kyc.apply(user=cast.bob, provider="hosted", now=NOW)
    with pytest.raises(kyc.NoIdentity):
        kyc.decide(actor=cast.olga, application=application, approve=True, reason="", now=NOW)
    assert state(cast.bob) == "pending"
    assert not VerifiedIdentity.objects.exists()
    actions.describe(application_id=application.pk, paper=paper())
    kyc.decide(actor=cast.olga, application=application, approve=True, reason="", now=NOW)
    assert VerifiedIdentity.objects.get().user == cast.bob


def test_a_ban_holds_to_the_identity(cast: Cast) -> None:
    kyc.decide(actor=cast.olga, application=hand_in(cast.bob), approve=True, reason="", now=NOW)
    account_actions.suspend(user=cast.bob)
    again = make_user("bob_reborn")
    event = kyc.decide(actor=cast.olga, application=hand_in(again), approve=True, reason="", now=NOW)
    assert (event.after, state(again)) == ("rejected", "rejected")


def test_the_same_person_renews_with_the_same_or_another_document(cast: Cast) -> None:
    for number, times in (("X1234567", 1), ("X1234567", 1), ("Y7654321", 2)):
        application = hand_in(cast.bob, number)
        kyc.decide(actor=cast.olga, application=application, approve=True, reason="", now=NOW)
        kyc.end(actor=cast.olga, application=application, reason="Ran out.", now=NOW)
        assert VerifiedIdentity.objects.filter(user=cast.bob).count() == times
        assert state(cast.bob) == "expired"


def test_an_approval_expires_in_its_time(cast: Cast) -> None:
    application = hand_in(cast.bob)
    kyc.decide(actor=cast.olga, application=application, approve=True, reason="", now=NOW)
    over = NOW + timedelta(days=730)
    assert actions.expire(application_id=application.pk, now=over - timedelta(seconds=1)) is None
    event = actions.expire(application_id=application.pk, now=over)
    assert event is not None
    assert (event.after, state(cast.bob)) == ("expired", "expired")
    assert actions.expire(application_id=application.pk, now=over) is None


def test_a_manual_check_never_expires_while_it_waits(cast: Cast) -> None:
    application = hand_in(cast.bob)
    assert actions.expire(application_id=application.pk, now=NOW + timedelta(days=400)) is None


@pytest.mark.parametrize("statement", ["UPDATE accounts_kycevent SET reason = 'x'", "DELETE FROM accounts_kycevent"])
def test_the_database_keeps_the_history(cast: Cast, statement: str) -> None:
    hand_in(cast.bob)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)
    assert KycEvent.objects.get().reason == ""


def test_what_was_told_of_the_person_is_unreadable_in_the_database(cast: Cast) -> None:
    hand_in(cast.bob)
    application = KycApplication.objects.get()
    assert (application.legal_name, application.document_number) == ("Satoshi Example", "X 123-4567")
    assert b"Satoshi" not in bytes(application.sealed)
    assert "1234567" not in application.identity_hash


def test_pictures_lie_encrypted_and_come_back_without_metadata(cast: Cast) -> None:
    application = hand_in(cast.bob)
    with documents.storage().open(application.document_file) as file:
        raw = file.read()
    assert not raw.startswith(b"\xff\xd8")
    assert crypto.decrypt(raw) == documents.read(application, "document")
    assert documents.read(application, "document").startswith(b"\xff\xd8")


def test_an_old_key_still_opens_what_it_closed(settings: Any) -> None:
    settings.ENCRYPTION_KEY = "old"
    closed = crypto.encrypt(b"secret")
    settings.ENCRYPTION_KEY = "new,old"
    assert crypto.decrypt(closed) == b"secret"
    settings.ENCRYPTION_KEY = "new"
    with pytest.raises(crypto.InvalidToken):
        crypto.decrypt(closed)


def test_pictures_and_details_are_erased_and_the_decision_stays(cast: Cast) -> None:
    application = hand_in(cast.bob)
    actions.erase(application=application, now=NOW)
    assert documents.read(application, "selfie"), "what waits for a decision is kept"
    kyc.decide(actor=cast.olga, application=application, approve=True, reason="", now=NOW)
    names = [application.document_file, application.selfie_file]
    for _ in range(2):
        actions.erase(application=application, now=NOW)
    application = KycApplication.objects.get()
    assert (application.legal_name, application.document_number, application.erased_at) == ("", "", NOW)
    assert not any(documents.storage().exists(name) for name in names)
    with pytest.raises(documents.Erased):
        documents.read(application, "document")
    assert state(cast.bob) == "approved"
    assert VerifiedIdentity.objects.exists()
    assert KycEvent.objects.count() == 2


def test_a_step_that_cannot_be_told_is_not_taken(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    application = hand_in(cast.bob)

    def deaf(event: KycEvent) -> None:
        raise RuntimeError

    monkeypatch.setattr(outcomes, "_listeners", [deaf])
    with pytest.raises(RuntimeError):
        kyc.decide(actor=cast.olga, application=application, approve=True, reason="", now=NOW)
    assert state(cast.bob) == KycState.PENDING
    assert not VerifiedIdentity.objects.exists()
