"""The rules by which a group stops messages by itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from groups.access import Standing
from groups.actions import automod
from groups.errors import TooMany
from groups.forms.automod import RuleForm
from groups.models import AutomodRule, Role
from groups.rights import Right
from groups.views.answers import answers
from groups.views.desk import desk
from groups.views.manage import standing_with
from planet.accounts.access import person, signed_in
from planet.web.ratelimits import limited
from planet.web.toasts import toast


def _roles(who: Standing) -> list[Role]:
    return list(Role.objects.filter(group=who.group).order_by("-rank", "id"))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("group_edit", "60/10m")
@answers
def rules(request: HttpRequest, handle: str) -> HttpResponse:
    """The rules, and a form for one more."""
    who = standing_with(request, handle, Right.AUTOMOD)
    form = RuleForm(request.POST or None, roles=_roles(who))
    if request.method == "POST" and form.is_valid():
        try:
            automod.make_rule(actor=person(request), group_id=who.group.pk, fields=form.rule(), now=timezone.now())
        except TooMany:
            form.add_error(None, _("At most %(most)d rules.") % {"most": automod.MOST_RULES})
        else:
            return toast(request, redirect("group_automod", handle), _("Saved"))
    context = {"form": form, "rules": AutomodRule.objects.filter(group=who.group).order_by("id")}
    status = 422 if form.errors else 200
    return render(request, "groups/manage/automod.html", desk(who, "automod") | context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("group_edit", "60/10m")
@answers
def rule(request: HttpRequest, handle: str, rule_id: int) -> HttpResponse:
    """Change a rule, or (`remove=1`) throw it away."""
    who = standing_with(request, handle, Right.AUTOMOD)
    found = get_object_or_404(AutomodRule, pk=rule_id, group=who.group)
    now = timezone.now()
    if request.method == "POST" and request.POST.get("remove") == "1":
        automod.remove_rule(actor=person(request), group_id=who.group.pk, rule_id=rule_id, now=now)
        return toast(request, redirect("group_automod", handle), _("Deleted"))
    form = RuleForm(request.POST or None, roles=_roles(who), initial=RuleForm.typed(found))
    if request.method == "POST" and form.is_valid():
        automod.change_rule(actor=person(request), group_id=who.group.pk, rule_id=rule_id, fields=form.rule(), now=now)
        return toast(request, redirect("group_automod", handle), _("Saved"))
    context = desk(who, "automod") | {"form": form, "rule": found}
    return render(request, "groups/manage/automod_rule.html", context, status=422 if form.errors else 200)
