"""Which display names may be carried."""

import pytest
from django.core.exceptions import ValidationError

from planet.accounts import names


@pytest.mark.parametrize(
    "typed", ["Alice", "Алиса Иванова", "李小龍", "李 BTC 分析", "Zoë Müller", "α-trader", "Satoshi 🚀", "Nguyễn Văn A"]
)
def test_names_of_real_people_pass(typed: str) -> None:
    assert names.check(typed) == typed


def test_invisible_characters_and_space_are_cleaned_away() -> None:
    assert names.check("  Ali\u200bce \u202e Liddell ") == "Alice Liddell"


@pytest.mark.parametrize("typed", ["", "\u200b\u3164", "x" * 41])
def test_a_name_can_be_seen_and_is_not_long(typed: str) -> None:
    with pytest.raises(ValidationError):
        names.check(typed)


@pytest.mark.parametrize("typed", ["Аlice", "Vitаlik", "pаypal"])
def test_a_word_of_mixed_alphabets_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError, match="alphabets"):
        names.check(typed)


@pytest.mark.parametrize("typed", ["Planet", "PLANET Support", "P l a n e t", "Adm1n", "Official team", "Ѕuрроrt"])
def test_nobody_poses_as_the_house(typed: str) -> None:
    with pytest.raises(ValidationError):
        names.check(typed)
