"""Direct messages: the request inbox, beginning a conversation, and the page of one."""

from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from groups import access
from groups.access import Standing
from groups.actions import direct as acting
from groups.actions import sending
from groups.errors import AlreadyDone, Gone, GroupError, NotAMember, TooMany
from groups.models import Group, Membership
from groups.queries import mine, requests
from groups.text import LENGTH
from groups.views import pages
from groups.views.answers import answers, told
from planet.accounts.access import get_person, person, signed_in
from planet.accounts.models import User
from planet.accounts.queries import blocked_between
from planet.web.ratelimits import limited
from planet.web.text import LineField
from planet.web.toasts import toast


class PeopleField(LineField):
    """Handles, with or without @, apart by commas or spaces."""

    def clean(self, value: object) -> list[User]:
        """The people. Raises ValidationError for a handle that is nobody's."""
        said = super().clean(value)
        handles = list(dict.fromkeys(said.replace(",", " ").replace("@", " ").lower().split()))
        if len(handles) > acting.MOST_PEOPLE:
            raise ValidationError(_("At most %(most)d people.") % {"most": acting.MOST_PEOPLE})
        found = {user.handle: user for user in User.objects.filter(handle__in=handles, is_active=True, is_bot=False)}
        if missing := [handle for handle in handles if handle not in found]:
            raise ValidationError(_("Nobody is called @%(handle)s.") % {"handle": missing[0]})
        return [found[handle] for handle in handles]


class NewForm(forms.Form):
    """A conversation to be begun: with whom, perhaps its name, and the first words."""

    people = PeopleField(label=gettext_lazy("With whom"), help_text=gettext_lazy("Handles, for example @ines, @omar."))
    name = LineField(
        label=gettext_lazy("Name"),
        max_length=acting.NAME_LENGTH,
        required=False,
        help_text=gettext_lazy("For a conversation of several people."),
    )
    text = forms.CharField(label=gettext_lazy("Message"), widget=forms.Textarea({"rows": 4}), max_length=LENGTH)


class WordsForm(forms.Form):
    """The first words to one person."""

    text = forms.CharField(label=gettext_lazy("Message"), widget=forms.Textarea({"rows": 4}), max_length=LENGTH)


class PeopleForm(forms.Form):
    """Who else is asked into a conversation."""

    people = PeopleField(label=gettext_lazy("Ask more people"))


class NameForm(forms.Form):
    """What a conversation of several is called."""

    name = LineField(label=gettext_lazy("Name"), max_length=acting.NAME_LENGTH, required=False)


@require_safe
@signed_in
@answers
def talk(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """A conversation, for whoever is in it; whoever was asked is led to the request."""
    who = access.standing(person(request).pk, group_id)
    if who is None:
        if requests.waiting(person(request)).filter(group=group_id).exists():
            return redirect("direct_requests")
        raise Http404
    channel = who.group.channels.filter(root=None).first() if who.group.is_direct else None
    if channel is None:
        raise Http404
    channel.group = who.group
    return pages.talk(request, channel, who)


@require_safe
@signed_in
@answers
def channel(request: HttpRequest, group_id: UUID, channel_id: UUID) -> HttpResponse:
    """The conversation at a message, or a thread of it."""
    found, who = access.get_channel(person(request), channel_id)
    if who.group.pk != group_id or not who.group.is_direct:
        raise Http404
    return pages.talk(request, found, who)


@require_safe
@signed_in
def inbox(request: HttpRequest) -> HttpResponse:
    """Who wants to talk to the person."""
    page = requests.page(person(request), after=request.GET.get("after"))
    return render(request, "groups/requests.html", {"page": page})


@require_POST
@signed_in
@limited("direct_answer", "120/10m")
@answers
def accept(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Say yes to a request."""
    try:
        acting.accept(actor=person(request), group_id=group_id, now=timezone.now())
    except AlreadyDone:
        raise NotAMember from None
    return redirect("direct", group_id)


@require_POST
@signed_in
@limited("direct_answer", "120/10m")
@answers
def decline(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Say no to a request; nobody is told."""
    try:
        acting.decline(actor=person(request), group_id=group_id, now=timezone.now())
    except AlreadyDone:
        raise NotAMember from None
    return toast(request, redirect("direct_requests"), _("Declined. Nobody is told."))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("direct_new", "20/h", "60/d")
@answers
def to(request: HttpRequest, handle: str) -> HttpResponse:
    """The conversation with a person; a form for the first words where there is none."""
    viewer, other = person(request), get_person(handle)
    known = Membership.objects.filter(user=viewer, group__direct_key=acting.key_of(viewer.pk, other.pk)).first()
    if known and request.method != "POST":
        return redirect("direct", known.group_id)
    if other.pk == viewer.pk or other.is_bot or blocked_between(viewer.pk, other.pk):
        raise Http404
    form = WordsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        group = acting.open_with(actor=viewer, person=other, now=timezone.now())
        if done := _said(request, form, group):
            return done
    return render(request, "groups/direct_to.html", {"form": form, "other": other}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("direct_new", "20/h", "60/d")
@answers
def new(request: HttpRequest) -> HttpResponse:
    """Begin a conversation with one person or a few."""
    form = NewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            group = _begun(request, form)
        except Gone:
            form.add_error("people", _("Somebody of these cannot be asked."))
        except TooMany:
            form.add_error("people", _("At most %(most)d people.") % {"most": acting.MOST_PEOPLE})
        except ValidationError as error:
            form.add_error("people", error)
        else:
            if done := _said(request, form, group):
                return done
    return render(request, "groups/direct_new.html", {"form": form}, status=422 if form.errors else 200)


def _begun(request: HttpRequest, form: NewForm) -> Group:
    people, now = form.cleaned_data["people"], timezone.now()
    if len(people) == 1:
        return acting.open_with(actor=person(request), person=people[0], now=now)
    return acting.begin(actor=person(request), people=people, name=form.cleaned_data["name"], now=now)


def _said(request: HttpRequest, form: forms.Form, group: Group) -> HttpResponse | None:
    """Send the first words, and go to the conversation; None with the form's error when they were refused."""
    channel = group.channels.get(root=None)
    channel.group = group
    try:
        sending.send(
            channel=channel,
            author=person(request),
            text=form.cleaned_data["text"],
            client_id=uuid4(),
            now=timezone.now(),
        )
    except (GroupError, ValidationError) as error:
        form.add_error("text", told(error))
        return None
    return redirect("direct", group.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("direct_change", "30/h")
@answers
def people(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Who is in a conversation of several; asking more, and naming it."""
    who = access.acting(person(request), group_id)
    if not who.group.is_direct:
        raise Http404
    more, name = PeopleForm(), NameForm(initial={"name": who.group.name})
    if request.method == "POST":
        if "people" in request.POST:
            more = PeopleForm(request.POST)
            done = more.is_valid() and _added(request, who, more)
        else:
            name = NameForm(request.POST)
            done = name.is_valid()
            if done:
                acting.rename(actor=person(request), group_id=group_id, name=name.cleaned_data["name"])
        if done:
            return toast(request, redirect("direct_people", group_id), _("Saved"))
    rows = Membership.objects.filter(group=group_id).select_related("user").order_by("id")[: acting.MOST_PEOPLE]
    context = {"group": who.group, "name": mine.name_of(who.group, reader=person(request)), "rows": rows}
    context |= {"more": more, "form": name, "is_pair": bool(who.group.direct_key)}
    return render(request, "groups/direct_people.html", context, status=422 if more.errors or name.errors else 200)


def _added(request: HttpRequest, who: Standing, form: PeopleForm) -> bool:
    try:
        for one in form.cleaned_data["people"]:
            acting.add(actor=person(request), group_id=who.group.pk, person=one, now=timezone.now())
    except TooMany:
        form.add_error("people", _("At most %(most)d people.") % {"most": acting.MOST_PEOPLE})
    except ValidationError as error:
        form.add_error("people", error)
    return not form.errors
