"""A rule of automatic moderation, as it is typed: each kind asks for its own fields."""

from collections.abc import Iterable
from typing import Any, Final

import regex
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from groups.automod import rules
from groups.models import AutomodRule, Role, RuleAction, RuleKind
from planet.web.text import LineField, TextField

_HOST = regex.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_WEEK: Final = 7 * 24 * 60


class RuleForm(forms.Form):
    """A rule; `kind` says which of the fields count."""

    name = LineField(label=_("Name"), max_length=40, help_text=_("Whoever is stopped reads it."))
    kind = forms.ChoiceField(label=_("What it looks at"), choices=RuleKind.choices)
    words = TextField(
        label=_("Words"),
        required=False,
        max_length=40_000,
        help_text=_("One a line, for words and for names. A * at the end: whatever begins so."),
    )
    pattern = forms.CharField(
        label=_("Pattern"),
        required=False,
        max_length=rules.PATTERN_LENGTH,
        help_text=_("A regular expression. What takes longer than a twentieth of a second is skipped."),
    )
    most = forms.IntegerField(label=_("Most mentions in a message"), required=False, min_value=0, max_value=100)
    hosts_are = forms.ChoiceField(
        label=_("Links lead"),
        required=False,
        choices=[("allow", _("only to these hosts")), ("deny", _("anywhere but to these hosts"))],
    )
    hosts = TextField(label=_("Hosts"), required=False, max_length=20_000, help_text=_("One a line."))
    first_minutes = forms.IntegerField(
        label=_("In a member's first minutes"), required=False, min_value=1, max_value=4 * _WEEK
    )
    may_not = forms.MultipleChoiceField(
        label=_("New members may not"),
        required=False,
        choices=[("links", _("send links")), ("mentions", _("mention anybody")), ("write", _("write at all"))],
        widget=forms.CheckboxSelectMultiple,
    )
    action = forms.ChoiceField(label=_("What happens"), choices=RuleAction.choices)
    minutes = forms.IntegerField(
        label=_("Minutes of the time-out"), required=False, min_value=1, max_value=_WEEK, initial=60
    )
    exempt = forms.MultipleChoiceField(
        label=_("Spared roles"), required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )
    is_on = forms.BooleanField(label=_("On"), required=False, initial=True)

    def __init__(self, *args: Any, roles: Iterable[Role], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["exempt"].choices = [(str(role.pk), role.name) for role in roles]  # type: ignore[attr-defined]

    def clean_words(self) -> list[str]:
        """The words, each once."""
        words = list(dict.fromkeys(line.strip() for line in self.cleaned_data["words"].split("\n") if line.strip()))
        if len(words) > rules.MOST_WORDS or any(len(word) > rules.WORD_LENGTH for word in words):
            message = _("At most %(most)d words of at most %(length)d characters.")
            raise ValidationError(message, params={"most": rules.MOST_WORDS, "length": rules.WORD_LENGTH})
        return words

    def clean_pattern(self) -> str:
        """A pattern that can be read."""
        pattern: str = self.cleaned_data["pattern"]
        if pattern:
            try:
                rules.compiled(pattern)
            except rules.BadPattern as error:
                raise ValidationError(_("This pattern cannot be read: %(why)s"), params={"why": error}) from None
        return pattern

    def clean_hosts(self) -> list[str]:
        """The hosts in lower case."""
        hosts = [line.strip().lower().rstrip(".") for line in self.cleaned_data["hosts"].split("\n") if line.strip()]
        for host in hosts:
            if not _HOST.fullmatch(host):
                raise ValidationError(
                    _("“%(host)s” is no host. Write for example planet.example."), params={"host": host}
                )
        return list(dict.fromkeys(hosts))

    def clean(self) -> dict[str, Any]:
        """What the kind needs is there."""
        sent = self.cleaned_data
        needed = {"words": "words", "names": "words", "pattern": "pattern", "mentions": "most"}
        needed |= {"newcomers": "may_not", "links": "hosts"}
        field = needed.get(sent.get("kind", ""))
        is_open = field == "hosts" and sent.get("hosts_are") == "allow"  # none allowed: no links at all
        if field and field not in self.errors and not is_open and sent.get(field) in (None, "", []):
            self.add_error(field, _("This kind of rule needs it."))
        return sent

    def rule(self) -> dict[str, Any]:
        """The fields of the rule."""
        sent = self.cleaned_data
        return {
            "name": sent["name"],
            "kind": sent["kind"],
            "setting": self._setting(sent),
            "action": sent["action"],
            "minutes": sent["minutes"] or 60,
            "exempt": [int(pk) for pk in sent["exempt"]],
            "is_on": sent["is_on"],
        }

    @staticmethod
    def _setting(sent: dict[str, Any]) -> dict[str, Any]:
        match sent["kind"]:
            case RuleKind.PATTERN:
                return {"pattern": sent["pattern"]}
            case RuleKind.MENTIONS:
                return {"most": sent["most"]}
            case RuleKind.LINKS:
                return {sent["hosts_are"] or "allow": sent["hosts"]}
            case RuleKind.NEWCOMERS:
                return {"minutes": sent["first_minutes"] or 60, "may_not": sent["may_not"]}
        return {"words": sent["words"]}

    @staticmethod
    def typed(rule: AutomodRule) -> dict[str, Any]:
        """A stored rule as it was typed."""
        setting = rule.setting
        return {
            "name": rule.name,
            "kind": rule.kind,
            "words": "\n".join(setting.get("words", ())),
            "pattern": setting.get("pattern", ""),
            "most": setting.get("most"),
            "hosts_are": "deny" if "deny" in setting else "allow",
            "hosts": "\n".join(setting.get("deny", setting.get("allow", ()))),
            "first_minutes": setting.get("minutes"),
            "may_not": setting.get("may_not", ()),
            "action": rule.action,
            "minutes": rule.minutes,
            "exempt": [str(pk) for pk in rule.exempt],
            "is_on": rule.is_on,
        }
