"""How everything looks: every colour once, for Python and for CSS, in a light and a dark theme.

A role has one colour in every view and theme (Okabe and Ito's palette, told apart by colour-blind eyes). Signed values
run from orange through the background colour at zero to blue. Figures are built light; a tag such as "line_color=ink"
on a model tells the page which token to put there when the theme changes.
"""

from __future__ import annotations

from typing import Any, TypeVar

ROLES = {"input": "#0072B2", "kernel": "#D55E00", "output": "#009E73", "gradient": "#CC79A7"}

LIGHT = ROLES | {
    "paper": "#ffffff",  # behind figures, and zero on the signed scale
    "page": "#f6f7f9",
    "ink": "#14181f",
    "muted": "#586272",
    "line": "#c9d0da",
    "unread": "#8b95a5",
    "focus": "#0072B2",
    "error": "#a4262c",
    "notice": "#7a4b00",
}
DARK = ROLES | {
    "paper": "#161a21",
    "page": "#0e1116",
    "ink": "#eef1f6",
    "muted": "#a5afbf",
    "line": "#3a4352",
    "unread": "#6d7788",
    "focus": "#56b4e9",
    "error": "#ff9c94",
    "notice": "#f5c873",
}
THEMES = {"light": LIGHT, "dark": DARK}

STEPS = 128  # colours on each side of zero
SIGNED = {
    "light": ("#6b2403", "#e8863a", LIGHT["paper"], "#4a98c9", "#08306b"),
    "dark": ("#ffd9ad", "#c9702a", DARK["paper"], "#3f88bd", "#cfe8ff"),
}
GREY = ("#000000", "#ffffff")
VEIL = (50, 235)  # opacity of 255, from the smallest change to the largest

Model = TypeVar("Model", bound=Any)


def palette(stops: tuple[str, ...], count: int) -> list[str]:
    """`count` colours, evenly spaced along straight lines in sRGB between the stops."""
    colours = [tuple(int(stop[i : i + 2], 16) for i in (1, 3, 5)) for stop in stops]
    found = []
    for n in range(count):
        place = n / (count - 1) * (len(colours) - 1)
        index = min(int(place), len(colours) - 2)
        start, end, share = colours[index], colours[index + 1], place - index
        found.append("#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(start, end, strict=True)))
    return found


def palettes(theme: str) -> dict[str, list[str]]:
    """The colour scales of a theme.

    signed: zero in the middle. grey: 0 is black. changed: a veil, none at 0. contrast: ink or paper, to write on signed.
    """
    thin, thick = VEIL
    veil = [0, *(round(thin + (thick - thin) * step / STEPS) for step in range(STEPS + 1))]
    ink, paper = THEMES[theme]["ink"], THEMES[theme]["paper"]
    return {
        "signed": palette(SIGNED[theme], 2 * STEPS + 1),
        "grey": palette(GREY, 2 * STEPS + 1),
        "changed": [f"{ROLES['gradient']}{opacity:02x}" for opacity in veil],
        "contrast": [paper, ink, ink, ink, paper],  # ink where |shade| ≤ 0.6
    }


def themed(model: Model, **tokens: str) -> Model:
    """Give properties of a Bokeh model the colours of tokens, and remember the tokens in its tags; "" leaves one as it is."""
    tokens = {name: token for name, token in tokens.items() if token}
    for name, token in tokens.items():
        setattr(model, name, palettes("light")[token] if name == "palette" else LIGHT[token])
    model.tags = [*model.tags, *(f"{name}={token}" for name, token in tokens.items())]
    return model


def css() -> str:
    """Every token and palette as CSS custom properties; the page's scripts read them from there too."""
    light, dark = (_declarations(theme) for theme in ("light", "dark"))
    return (
        f":root {{ color-scheme: light; {light} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root:not([data-theme=light]) {{ color-scheme: dark; {dark} }} }}\n"
        f":root[data-theme=dark] {{ color-scheme: dark; {dark} }}\n"
    )


def _declarations(theme: str) -> str:
    tokens = THEMES[theme] | {f"palette-{name}": ",".join(colours) for name, colours in palettes(theme).items()}
    return " ".join(f"--{name}: {value};" for name, value in tokens.items())
