"""The picture of a person who has none: drawn from the handle, always the same, never two alike next to each other."""

import hashlib
from functools import lru_cache

# Ground and figure; every pair is a deep colour under a pale one.
PALETTES = (
    ("#5149b8", "#ffb88a"),
    ("#2f7f6c", "#bff2e2"),
    ("#8a6420", "#ffe9b5"),
    ("#a8493a", "#ffd9cc"),
    ("#3f4fc4", "#c9d2ff"),
    ("#6f45b0", "#e2cfff"),
    ("#566072", "#e6eaf1"),
    ("#57652c", "#e4f0b4"),
    ("#963b62", "#ffc9df"),
    ("#1f6f8f", "#bfe8f7"),
)
_SHADE = '<path d="M0 40V22L40 6v34z" fill="#000" fill-opacity=".18"/>'
# F stands for the figure's colour.
MOTIFS = tuple(
    "".join(parts)
    for parts in (
        ('<circle cx="20" cy="16" r="6.6" fill="F"/>', '<path d="M6 40c0-9 6-14.5 14-14.5S34 31 34 40z" fill="F"/>'),
        (
            '<g fill="F"><rect x="10" y="20" width="5" height="11" rx="1.6"/>',
            '<rect x="17.5" y="10" width="5" height="21" rx="1.6"/>',
            '<rect x="25" y="15" width="5" height="16" rx="1.6"/></g>',
        ),
        ('<path d="M20 7 31 20 20 33 9 20z" fill="F"/>', '<path d="M20 7v26L9 20z" fill="#000" fill-opacity=".22"/>'),
        (
            '<g fill="none" stroke="F" stroke-width="2.4"><circle cx="20" cy="40" r="8"/>',
            '<circle cx="20" cy="40" r="15"/><circle cx="20" cy="40" r="22"/>',
            '<circle cx="20" cy="40" r="29" stroke-opacity=".6"/></g>',
        ),
        (
            '<path d="M0 30 12 15l8 9 7-8 13 16v8H0z" fill="F" fill-opacity=".92"/>',
            '<circle cx="29" cy="9.5" r="3" fill="F"/>',
        ),
        (
            '<circle cx="20" cy="21" r="8.5" fill="F"/><ellipse cx="20" cy="21" rx="15" ry="4.4" fill="none"',
            ' stroke="F" stroke-opacity=".6" stroke-width="1.6" transform="rotate(-20 20 21)"/>',
        ),
        (
            '<path d="M-2 26c7-9 13-9 20-2s13 7 24-4v22H-2z" fill="F"/>',
            '<path d="M-2 18c7-9 13-9 20-2s13 7 24-4" fill="none" stroke="F" stroke-opacity=".55" stroke-width="2"/>',
        ),
        (
            '<g fill="none" stroke="F" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round">',
            '<path d="m6 27 8-8 7 5 13-14"/><path d="M25 10h9v9"/></g>',
        ),
    )
)


def drawing(handle: str) -> tuple[int, int]:
    """Which palette and which motif a handle has: for pages that load the drawings once (static/icons/faces.svg)."""
    seed = hashlib.blake2b(handle.lower().encode(), digest_size=4).digest()
    return seed[0] % len(PALETTES), seed[1] % len(MOTIFS)


@lru_cache(maxsize=4096)
def generated(handle: str) -> str:
    """An SVG element (trusted markup, nothing of the handle is in it) for the handle."""
    palette, number = drawing(handle)
    ground, figure = PALETTES[palette]
    motif = MOTIFS[number].replace('"F"', f'"{figure}"')
    return (
        f'<svg viewBox="0 0 40 40" aria-hidden="true"><rect width="40" height="40" fill="{ground}"/>'
        f"{_SHADE}{motif}</svg>"
    )
