"""The identity check: the person's page, and the door for providers."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from planet.accounts.access import person, signed_in
from planet.accounts.kyc import actions, hosted, signatures
from planet.accounts.kyc.forms import ManualForm
from planet.accounts.models import KycApplication, User
from planet.web.ratelimits import limited
from planet.web.toasts import toast

LARGEST_CALLBACK = 64_000


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("kyc", "10/h", "20/d")
@sensitive_post_parameters("legal_name", "document_number")
def check(request: HttpRequest) -> HttpResponse:
    """Where one's check stands; a way to begin one when that is possible."""
    user = person(request)
    if request.method == "POST" and actions.may_apply(user):
        return _begin_hosted(request, user) if settings.KYC_PROVIDER == hosted.NAME else _hand_in(request, user)
    if request.method == "POST":
        return redirect("kyc")
    return _page(request, user, ManualForm())


def _page(request: HttpRequest, user: User, form: ManualForm, status: int = 200) -> HttpResponse:
    context = {
        "application": KycApplication.objects.filter(user=user).order_by("-created_at").first(),
        "may_apply": actions.may_apply(user),
        "is_hosted": settings.KYC_PROVIDER == hosted.NAME,
        "form": form,
        "retention_days": settings.KYC_RETENTION.days,
    }
    return render(request, "accounts/kyc.html", context, status=status)


def _hand_in(request: HttpRequest, user: User) -> HttpResponse:
    form = ManualForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, user, form, status=422)
    try:
        actions.apply(user=user, paper=form.paper, pictures=form.pictures, now=timezone.now())
    except actions.CannotApply:
        return redirect("kyc")
    return toast(request, redirect("kyc"), _("Handed in. We tell you when it is decided."))


def _begin_hosted(request: HttpRequest, user: User) -> HttpResponse:
    try:
        hosted.begin(user=user, now=timezone.now())
    except hosted.ProviderAway:
        text = _("The identity provider does not answer right now. Nothing was started; try again in a few minutes.")
        return toast(request, redirect("kyc"), text, kind="error")
    except actions.CannotApply:
        pass
    return redirect("kyc")


@csrf_exempt  # a machine calls: its signature proves more than a token could
@require_POST
def webhook(request: HttpRequest, provider: str) -> HttpResponse:
    """A provider's signed event. 200 when it is known, new or not; a provider repeats what was answered otherwise."""
    if provider != hosted.NAME or settings.KYC_PROVIDER != hosted.NAME:
        raise Http404
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_CALLBACK:
        return JsonResponse({"error": "too large"}, status=413)
    now = timezone.now()
    try:
        callback = hosted.read(request.headers, request.body, now=now)
        obeyed = hosted.obey(callback, now=now)
    except signatures.BadSignature:
        return JsonResponse({"error": "bad signature"}, status=401)
    except hosted.BadCallback:
        return JsonResponse({"error": "not understood"}, status=400)
    except KycApplication.DoesNotExist:
        return JsonResponse({"error": "no such check"}, status=404)
    return JsonResponse({"status": "obeyed" if obeyed else "known"})
