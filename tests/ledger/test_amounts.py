"""Money as people and machines write it: exact both ways, and refused where it is not."""

from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.template import Context, Template

from planet.ledger.amounts import AmountField, exact
from planet.ledger.assets import Asset, brief, written
from planet.ledger.kinds import AccountKind
from planet.ledger.queries import available, holders
from tests.cast import Cast
from tests.ledger.conftest import Purse

READ = {"1": 1_000_000, "12.5": 12_500_000, "0.000001": 1, "007": 7_000_000, "1.000000": 1_000_000}
UNREADABLE = [
    "",
    "0",
    "0.0",
    "-1",
    "+1",
    "1e3",
    "NaN",
    " 1",
    "1.",
    ".5",
    "1,5",
    "0.0000001",
    "1" * 25,
    "１",
    1,
    1.5,
    None,
]


@pytest.mark.parametrize("amount", READ)
def test_what_a_machine_writes_is_read_exactly(amount: str) -> None:
    assert exact(amount, Asset.USDT) == READ[amount]


@pytest.mark.parametrize("amount", UNREADABLE, ids=repr)
def test_what_is_no_exact_amount_is_refused(amount: Any) -> None:
    with pytest.raises(ValueError, match=r"amount|exact|nothing"):
        exact(amount, Asset.USDT)


class Form(forms.Form):
    amount = AmountField(least=100_000, most=5_000_000, required=False)


TYPED = {"0.1": 100_000, "5": 5_000_000, "": None, " 1.25 ": 1_250_000, "\uff12": 2_000_000}


@pytest.mark.parametrize("typed", TYPED)
def test_what_people_type_becomes_base_units(typed: str) -> None:
    form = Form({"amount": typed})
    assert form.is_valid()
    assert form.cleaned_data["amount"] == TYPED[typed]


@pytest.mark.parametrize(
    "typed", ["0.099999", "5.000001", "-1", "0.0000001", "NaN", "Infinity", "9" * 40, "1e99", "1e0", "0_1", "1,5", "x"]
)
def test_what_is_out_of_bounds_or_no_number_is_said(typed: str) -> None:
    assert list(Form({"amount": typed}).errors) == ["amount"]


def test_a_field_takes_what_it_calculates_exactly_and_as_many_decimals_as_the_asset_has() -> None:
    field = AmountField(least=1, most=10**40, asset=Asset.USDT, required=False)
    assert (field.clean("9" * 22 + ".999999"), field.clean(""), field.clean("0.000001")) == (10**28 - 1, None, 1)
    for typed in ("9" * 23 + ".999999", "9" * 29, "1.0000001"):
        with pytest.raises(ValidationError):
            field.clean(typed)
    assert AmountField(least=1, most=5, asset=Asset.POINTS).clean("5") == 5
    assert field.widget.attrs["inputmode"] == "decimal"
    assert field.widget.attrs["autocomplete"] == "off"


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [("6", "bounds", "Between 0.10 and 5 USDT."), ("1e0", "invalid", "Enter a number.")],
)
def test_what_is_wrong_with_an_amount_is_said(typed: str, code: str, said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        AmountField(least=100_000, most=5_000_000).clean(typed)
    assert (caught.value.code, caught.value.messages) == (code, [said])


WRITTEN = {0: "0", 1: "0.000001", 1_500_000: "1.50", 5_000_000: "5", 100_000: "0.10", -2_345_600: "-2.3456"}


@pytest.mark.parametrize("units", WRITTEN)
def test_zeros_that_say_nothing_are_left_out(units: int) -> None:
    assert brief(units, Asset.USDT) == WRITTEN[units]


def test_points_have_no_decimals() -> None:
    assert (brief(1200, Asset.POINTS), written(1200, Asset.POINTS)) == ("1200", "1200")


@pytest.mark.parametrize(("provider", "label"), [("sandbox", True), ("exchange", False)])
def test_money_that_is_worth_nothing_is_labelled(settings: Any, provider: str, label: bool) -> None:
    settings.WALLET_PROVIDER = provider
    shown = Template("{% load money %}{{ units|usdt }}{% test_money %}").render(Context({"units": 2_500_000}))
    assert shown.startswith("2.50")
    assert ("Test funds" in shown) is label


def test_what_can_be_spent_has_what_waits_to_be_added(cast: Cast, purse: Purse) -> None:
    assert available(owner=cast.bob, asset=Asset.USDT) == 0
    purse(cast.bob, 7)
    assert (available(owner=cast.bob, asset=Asset.USDT), available(owner=cast.bob, asset=Asset.POINTS)) == (7, 0)


def test_holders_are_streamed_with_what_waits(cast: Cast, purse: Purse) -> None:
    purse(cast.bob, 7)
    purse(cast.charlie)
    assert list(holders(kind=AccountKind.AVAILABLE, asset=Asset.USDT)) == [(cast.bob.pk, 7)]
