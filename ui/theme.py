"""Colour tokens of the window, and the palettes made from them.

Every text and pill pair keeps a contrast of at least 4.5:1, every chart line
3:1 on the surface it is drawn on (WCAG 2.2; tests measure it).
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from PySide6.QtGui import QColor, QPalette


class ThemeName(StrEnum):
    """What a person may choose; ``SYSTEM`` follows the desktop."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Tone(StrEnum):
    """The state a colour tells; never the only carrier of that state."""

    NEUTRAL = "neutral"
    ACCENT = "accent"
    GOOD = "good"
    BAD = "bad"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Tokens:
    """Named colours as ``#RRGGBB``; one instance for each theme."""

    dark: bool
    bg: str
    side: str
    surface: str
    raised: str
    hover: str
    border: str
    border2: str
    text: str
    text2: str
    text3: str
    accent: str
    accent_hover: str
    accent_text: str
    soft: str
    selected: str
    good: str
    good_bg: str
    bad: str
    bad_bg: str
    warn: str
    warn_bg: str
    neutral_bg: str
    grid: str
    control: str
    series: tuple[str, str, str, str, str]

    def pill(self, tone: Tone) -> tuple[str, str]:
        """Return the text and the background colour of a pill."""
        pairs = {
            Tone.NEUTRAL: (self.text2, self.neutral_bg),
            Tone.ACCENT: (self.accent_text, self.soft),
            Tone.GOOD: (self.good, self.good_bg),
            Tone.BAD: (self.bad, self.bad_bg),
            Tone.WARN: (self.warn, self.warn_bg),
        }
        return pairs[tone]

    def ink(self, tone: Tone) -> str:
        """Return the text colour of a tone on the surface."""
        return self.text if tone is Tone.NEUTRAL else self.pill(tone)[0]


LIGHT = Tokens(
    dark=False,
    bg="#F5F6F8",
    side="#FAFBFC",
    surface="#FFFFFF",
    raised="#FFFFFF",
    hover="#F0F2F5",
    border="#E2E5EA",
    border2="#C9CED6",
    text="#151922",
    text2="#4B5362",
    text3="#69717F",
    accent="#2A62EF",
    accent_hover="#1E50D0",
    accent_text="#2357DB",
    soft="#E9F0FF",
    selected="#E8EFFE",
    good="#0A7647",
    good_bg="#E3F4EB",
    bad="#B8341B",
    bad_bg="#FCE9E5",
    warn="#8F5200",
    warn_bg="#FFF1DA",
    neutral_bg="#EDEFF2",
    grid="#ECEEF2",
    control="#C9CED6",
    series=("#2A62EF", "#C2700A", "#0C9A86", "#8A5CF0", "#D6457F"),
)

DARK = Tokens(
    dark=True,
    bg="#0E1115",
    side="#12161B",
    surface="#161B21",
    raised="#1C222A",
    hover="#1F262F",
    border="#262D36",
    border2="#3A4350",
    text="#E7EAEF",
    text2="#A9B2BF",
    text3="#8B95A4",
    accent="#3568EA",
    accent_hover="#4B7CF5",
    accent_text="#86ABFF",
    soft="#1A2847",
    selected="#1C2D52",
    good="#4CC98E",
    good_bg="#12301F",
    bad="#FF8A75",
    bad_bg="#3B1D18",
    warn="#F0B355",
    warn_bg="#35280F",
    neutral_bg="#222933",
    grid="#222932",
    control="#3A4350",
    series=("#6E9BFF", "#F2A548", "#35C4AE", "#AD8BFF", "#F27FAA"),
)


def tokens_for(dark: bool, high_contrast: bool = False) -> Tokens:
    """Return the tokens of a theme; high contrast darkens control lines."""
    base = DARK if dark else LIGHT
    if not high_contrast:
        return base
    return replace(base, control=base.text3, border2=base.text3, border=base.border2)


def build_palette(tokens: Tokens) -> QPalette:
    """Make the QPalette that Fusion falls back to where no sheet applies."""
    roles = QPalette.ColorRole
    palette = QPalette()
    pairs = {
        roles.Window: tokens.bg,
        roles.WindowText: tokens.text,
        roles.Base: tokens.surface,
        roles.AlternateBase: tokens.surface,
        roles.Text: tokens.text,
        roles.PlaceholderText: tokens.text3,
        roles.Button: tokens.surface,
        roles.ButtonText: tokens.text,
        roles.BrightText: tokens.bad,
        roles.Highlight: tokens.accent,
        roles.HighlightedText: "#FFFFFF",
        roles.Link: tokens.accent_text,
        roles.LinkVisited: tokens.accent_text,
        roles.ToolTipBase: tokens.raised,
        roles.ToolTipText: tokens.text,
        roles.Light: tokens.raised,
        roles.Midlight: tokens.border,
        roles.Mid: tokens.border2,
        roles.Dark: tokens.border2,
        roles.Shadow: "#000000",
        roles.Accent: tokens.accent,
    }
    for role, colour in pairs.items():
        palette.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.text3))
    return palette


def contrast_ratio(first: str, second: str) -> float:
    """Return the WCAG 2.2 contrast ratio of two opaque colours (1–21)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mix(front: str, back: str, share: float) -> str:
    """Lay ``front`` over ``back`` with an opacity of ``share`` (0–1)."""
    top, bottom = QColor(front), QColor(back)
    channels = (
        round(a * share + b * (1 - share))
        for a, b in (
            (top.red(), bottom.red()),
            (top.green(), bottom.green()),
            (top.blue(), bottom.blue()),
        )
    )
    return "#" + "".join(f"{channel:02X}" for channel in channels)


def _luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it for sRGB."""
    parsed = QColor(colour)

    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(c) for c in (parsed.redF(), parsed.greenF(), parsed.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
