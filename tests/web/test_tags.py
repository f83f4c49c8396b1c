"""Template tags: what they draw, and that nothing typed by people comes out as markup."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone, translation


@dataclass
class Someone:
    """As much of a user as the tags need."""

    handle: str = "ines"
    name: str = "Ines"
    is_verified: bool = False
    is_creator: bool = False
    avatar: str = ""

    def get_absolute_url(self) -> str:
        return f"/@{self.handle}/"


def draw(template: str, **context: object) -> str:
    return Template(template).render(Context(context))


def test_an_icon_is_decoration_unless_it_has_a_label() -> None:
    assert 'aria-hidden="true"' in draw('{% icon "heart" %}')
    labelled = draw('{% icon "kyc" label=label %}', label='Verified" onload="x')
    assert 'role="img" aria-label="Verified&quot; onload=&quot;x"' in labelled


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    import re

    from planet.config.env import ROOT

    sprite = (ROOT / "static/icons/sprite.svg").read_text()
    files = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("*/templates/**/*.html")]
    named = {
        (str(file.relative_to(ROOT)), name)
        for file in files
        for name in re.findall(r'{% icon "([a-z-]+)"|symbol="([a-z-]+)"', file.read_text())
        for name in name
        if name
    }
    assert named
    assert [pair for pair in named if f'id="i-{pair[1]}"' not in sprite] == []


def test_an_avatar_without_a_picture_is_always_the_same_drawing() -> None:
    first = draw("{% avatar user %}", user=Someone("ines"))
    assert first == draw("{% avatar user %}", user=Someone("Ines"))
    assert len({draw("{% avatar user %}", user=Someone(f"person{n}")) for n in range(40)}) > 15


def test_nothing_of_the_handle_gets_into_the_drawing() -> None:
    html = draw("{% avatar user %}", user=Someone('"><script>alert(1)</script>'))
    assert "script" not in html
    assert html.count("<svg") == 1


def test_an_avatar_with_a_picture_has_its_size_so_that_nothing_shifts() -> None:
    key = f"avatar/ab/ab{'0' * 30}-400x400"
    html = draw('{% avatar user "40" %}', user=Someone(avatar=key))
    assert 'width="40" height="40"' in html
    assert f"{key}/96.webp" in html
    assert 'alt=""' in html


def test_a_name_row_escapes_names() -> None:
    html = draw("{% name_row user %}", user=Someone(name="<b>bold</b>"))
    assert "&lt;b&gt;bold&lt;/b&gt;" in html
    assert "Identity verified" not in html


def test_a_name_row_shows_badges_and_links_the_time() -> None:
    someone = Someone(is_verified=True, is_creator=True)
    html = draw('{% name_row user time=at url="/p/1/" %}', user=someone, at=timezone.now())
    assert "Identity verified" in html
    assert "Creator" in html
    assert '<a class="at" href="/p/1/"><time' in html


def test_a_name_row_inside_a_link_has_no_links() -> None:
    assert "<a" not in draw("{% name_row user link=False %}", user=Someone())


@pytest.mark.parametrize(
    ("value", "short"),
    [
        (0, "0"), (999, "999"), (1000, "1K"), (1284, "1.3K"), (41_234, "41.2K"), (388_204, "388K"),
        (999_400, "999K"), (999_600, "1M"), (4_200_000, "4.2M"), (2_500_000_000, "2.5B"), (None, "0"),
    ],
)  # fmt: skip
def test_counts_are_short(value: int | None, short: str) -> None:
    assert draw("{{ value|compact }}", value=value) == short


@pytest.mark.parametrize(
    ("value", "short"), [(9_999, "9999"), (10_000, "1万"), (41_234, "4.1万"), (250_000_000, "2.5亿")]
)
def test_counts_in_chinese_go_by_ten_thousands(value: int, short: str) -> None:
    with translation.override("zh-hans"):
        assert draw("{{ value|compact }}", value=value) == short


@pytest.mark.parametrize(
    ("value", "text"), [(3.42, "+3.42"), (-1.16, "−1.16"), (0, "0.00"), (-0.001, "0.00"), (58268.14, "+58,268.14")]
)
def test_a_change_always_has_its_sign(value: float, text: str) -> None:
    assert draw("{{ value|signed }}", value=value) == text


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (timedelta(seconds=-30), "now"),
        (timedelta(seconds=59), "now"),
        (timedelta(minutes=6), "6 min"),
        (timedelta(hours=2, minutes=59), "2 h"),
        (timedelta(days=6, hours=23), "6 d"),
    ],
)
def test_how_long_ago(gap: timedelta, words: str) -> None:
    assert f">{words}</time>" in draw("{{ at|ago }}", at=timezone.now() - gap)


def test_the_exact_moment_is_in_the_title() -> None:
    html = draw("{{ at|ago }}", at=datetime(2024, 3, 7, 14, 5, tzinfo=UTC))
    assert 'title="7 Mar 2024, 14:05 UTC"' in html
    assert 'datetime="2024-03-07T14:05:00+00:00"' in html
    assert ">7 Mar 2024</time>" in html
