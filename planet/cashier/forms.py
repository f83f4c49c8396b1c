"""What the pages of deposits and withdrawals ask."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from planet.cashier.actions import depositing, withdrawing
from planet.cashier.addresses import Network, is_address
from planet.ledger.amounts import AmountField
from planet.ledger.assets import LARGEST
from planet.moderation.admin_tools import ReasonForm
from planet.web.text import LineField


class SandboxForm(forms.Form):
    """How much test money."""

    amount = AmountField(label=_("Amount"), least=depositing.LEAST, most=depositing.TEST_FUNDS_A_DAY)
    number = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)


class AddressForm(forms.Form):
    """The network of a deposit."""

    network = forms.ChoiceField(label=_("Network"), choices=Network.choices)


class WithdrawForm(forms.Form):
    """How much, and where to. What is mistyped in an address is found by its checksum, as far as it has one."""

    amount = AmountField(label=_("Amount"), least=withdrawing.LEAST, most=LARGEST)
    network = forms.ChoiceField(
        label=_("Network"), choices=Network.choices, help_text=_("The one that the receiving wallet expects.")
    )
    address = LineField(
        label=_("Address"),
        max_length=120,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
        help_text=_("Copy it: what was sent to a wrong address cannot be brought back."),
    )
    number = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """An address of the network."""
        data = cast("dict[str, Any]", super().clean())
        address, network = data.get("address"), data.get("network")
        if address and network and not is_address(address, network):
            self.add_error("address", _("This is no address of that network. Check that you copied all of it."))
        return data


class FundsForm(ReasonForm):
    """What an operator puts into the treasury; sent once to be shown what it means, and once more to be done."""

    amount = AmountField(label=_("Amount"), least=1, most=LARGEST, help_text=_("USDT, such as 25000 or 25000.50."))
    key = LineField(
        label=_("Payment"),
        max_length=80,
        help_text=_(
            "What names this payment once: your bank's or chain's reference. Under the same one nothing moves twice."
        ),
    )
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)
    field_order = ("amount", "key", "reason")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # One begins with the amount here.
        del self.fields["reason"].widget.attrs["autofocus"]
        self.fields["amount"].widget.attrs["autofocus"] = True
