"""Who may see a withdrawal: whose it is."""

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from planet.accounts.access import person
from planet.cashier.models import Withdrawal


def own_withdrawal(request: HttpRequest, withdrawal_id: UUID) -> Withdrawal:
    """One of the viewer's own. Raises Http404 for anybody else's, as for none."""
    return get_object_or_404(Withdrawal, pk=withdrawal_id, user=person(request).pk)
