"""Judging sockets again: is it still the same person, and may they still listen to what they listen to."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from planet.realtime import topics
from planet.realtime.sessions import whose

Question = tuple[str, UUID | None, frozenset[str]]  # session key, user, topics


@dataclass(frozen=True, slots=True)
class Verdict:
    """What has changed for one socket."""

    same_person: bool
    lost: frozenset[str]


def judge(questions: Sequence[Question]) -> list[Verdict]:
    """A verdict a socket. Asks the database; guests share their answers, for they are all alike."""
    for_guests: dict[str, bool] = {}
    wanted_by_guests = {topic for _, user_id, wanted in questions if user_id is None for topic in wanted}
    granted = topics.allowed(None, wanted_by_guests)
    for_guests = {topic: topic in granted for topic in wanted_by_guests}
    verdicts = []
    for session_key, user_id, wanted in questions:
        if user_id is None:
            verdicts.append(Verdict(True, frozenset(topic for topic in wanted if not for_guests[topic])))
        elif whose(session_key) != user_id:
            verdicts.append(Verdict(False, wanted))
        else:
            verdicts.append(Verdict(True, wanted - topics.allowed(user_id, wanted)))
    return verdicts
