"""The pages of deposits and withdrawals, and the door for the exchange's wallet service."""

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from planet.accounts.access import ask_second_factor, has_second_factor, person, second_factor_proved, signed_in
from planet.cashier import contexts, providers, webhooks
from planet.cashier.access import own_withdrawal
from planet.cashier.actions import depositing, withdrawing
from planet.cashier.errors import NotOpen, Refused
from planet.cashier.forms import AddressForm, SandboxForm, WithdrawForm
from planet.cashier.providers.signing import BadSignature
from planet.ledger.assets import is_test_money
from planet.web.htmx import is_htmx
from planet.web.ratelimits import limited
from planet.web.toasts import toast

LARGEST_EVENT = 64_000


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@signed_in
@limited("deposit", "20/10m", "100/d")
def deposit(request: HttpRequest) -> HttpResponse:
    """Test funds in the sandbox, else the address where one's deposits arrive."""
    if request.method == "POST":
        return _take_test_funds(request) if is_test_money() else _open_address(request)
    return render(request, "cashier/deposit.html", contexts.deposit(person(request)))


def _take_test_funds(request: HttpRequest) -> HttpResponse:
    user, form = person(request), SandboxForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            made, is_new = depositing.take_test_funds(
                actor=user, units=data["amount"], number=data["number"], now=timezone.now()
            )
        except Refused as refused:
            form.add_error(None, str(refused.text))
        else:
            said = {"amount": made.amount}
            text = _("%(amount)s USDT of test funds are in your wallet.") if is_new else _("You have these already.")
            return toast(request, redirect("wallet"), text % said if is_new else text)
    return render(request, "cashier/deposit.html", contexts.deposit(user, form=form), status=422)


def _open_address(request: HttpRequest) -> HttpResponse:
    user, form, provider = person(request), AddressForm(request.POST), providers.chosen()
    if not form.is_valid():
        return render(request, "cashier/deposit.html", contexts.deposit(user, form=form), status=422)
    try:
        address = depositing.open_address(
            actor=user, provider=provider, network=form.cleaned_data["network"], now=timezone.now()
        )
    except providers.Away:
        text = _("The exchange does not answer right now. Nothing was started; try again in a few minutes.")
        return toast(request, redirect("deposit"), text, kind="error")
    return render(request, "cashier/deposit.html", contexts.deposit(user, form=form, address=address))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@signed_in
@limited("withdraw", "10/10m", "50/d")
def withdraw(request: HttpRequest) -> HttpResponse:
    """Ask for money to be sent, with the second factor at hand; and what one asked for before."""
    user, now, provider = person(request), timezone.now(), providers.chosen()
    after = request.GET.get("after") or None
    if request.method != "POST":
        context = contexts.withdraw(user, provider=provider.name, now=now, after=after)
        template = "cashier/_withdrawals.html" if is_htmx(request) and after else "cashier/withdraw.html"
        return render(request, template, context)
    form = WithdrawForm(request.POST)
    if not has_second_factor(user):
        form.add_error(None, _("Set up a second factor first: withdrawals need one."))
    elif form.is_valid():
        if not second_factor_proved(request):
            return ask_second_factor(request)
        data = form.cleaned_data
        try:
            made, is_new = withdrawing.request(
                actor=user, provider=provider, units=data["amount"], network=data["network"],
                address=data["address"], number=data["number"], now=now,
            )  # fmt: skip
        except Refused as refused:
            form.add_error(None, str(refused.text))
        else:
            text = _("Requested. You are told when it has arrived.") if is_new else _("You have asked for this before.")
            return toast(request, redirect("withdrawal", made.pk), text)
    context = contexts.withdraw(user, provider=provider.name, now=now, form=form)
    return render(request, "cashier/withdraw.html", context, status=422)


@require_safe
@never_cache
@signed_in
def withdrawal(request: HttpRequest, withdrawal_id: UUID) -> HttpResponse:
    """One of one's own withdrawals, and every step of it."""
    return render(request, "cashier/withdrawal.html", contexts.withdrawal(own_withdrawal(request, withdrawal_id)))


@require_POST
@signed_in
@limited("withdraw_cancel", "20/10m")
def cancel(request: HttpRequest, withdrawal_id: UUID) -> HttpResponse:
    """Take one back that nobody has approved yet."""
    own = own_withdrawal(request, withdrawal_id)
    try:
        withdrawing.cancel(actor=person(request), withdrawal=own, now=timezone.now())
    except NotOpen as refused:
        return toast(request, redirect("withdrawal", own.pk), refused.text, kind="error")
    return toast(request, redirect("withdrawal", own.pk), _("Cancelled. The money is back in your wallet."))


@csrf_exempt  # a machine calls: its signature proves more than a token could
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """A signed event of the wallet service. 200 when it is known, new or not; it repeats what got another answer."""
    if is_test_money() or not settings.EXCHANGE_WALLET_SECRET:
        raise Http404
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_EVENT:
        return JsonResponse({"error": "too large"}, status=413)
    now = timezone.now()
    try:
        nonce, event = webhooks.read(request.headers, request.path, request.body, now=now)
        obeyed = webhooks.obey(nonce, event, now=now)
    except BadSignature:
        return JsonResponse({"error": "bad signature"}, status=401)
    except webhooks.Replayed:
        return JsonResponse({"error": "replayed"}, status=409)
    except webhooks.NotUnderstood:
        return JsonResponse({"error": "not understood"}, status=400)
    except webhooks.Unknown:
        return JsonResponse({"error": "not ours"}, status=404)
    return JsonResponse({"status": "obeyed" if obeyed else "known"})
