"""Colours: people can read every text in every theme."""

import pytest

from ui.look import Look
from ui.theme import DARK, LIGHT, ThemeName, Tokens, Tone, contrast_ratio, tokens_for

THEMES = pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])


@THEMES
@pytest.mark.parametrize("ground", ["bg", "side", "surface", "raised", "hover", "selected"])
@pytest.mark.parametrize("ink", ["text", "text2"])
def test_texts_stand_out_from_their_ground(tokens: Tokens, ground: str, ink: str) -> None:
    assert contrast_ratio(getattr(tokens, ink), getattr(tokens, ground)) >= 4.5


@THEMES
@pytest.mark.parametrize("ground", ["bg", "side", "surface", "raised"])
def test_quiet_texts_can_still_be_read(tokens: Tokens, ground: str) -> None:
    assert contrast_ratio(tokens.text3, getattr(tokens, ground)) >= 4.5


@THEMES
@pytest.mark.parametrize("tone", list(Tone))
def test_pills_can_be_read(tokens: Tokens, tone: Tone) -> None:
    ink, ground = tokens.pill(tone)
    assert contrast_ratio(ink, ground) >= 4.5
    assert contrast_ratio(tokens.ink(tone), tokens.surface) >= 4.5


@THEMES
def test_chart_lines_stand_out(tokens: Tokens) -> None:
    for colour in tokens.series:
        assert contrast_ratio(colour, tokens.surface) >= 3.0


@THEMES
def test_white_words_can_be_read_on_the_accent(tokens: Tokens) -> None:
    assert contrast_ratio("#FFFFFF", tokens.accent) >= 4.5


@THEMES
def test_high_contrast_gives_controls_a_visible_border(tokens: Tokens) -> None:
    strong = tokens_for(tokens.dark, high_contrast=True)
    assert contrast_ratio(strong.control, strong.surface) >= 3.0


def test_contrast_follows_the_standard() -> None:
    assert contrast_ratio("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast_ratio("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_switching_the_theme_tells_everybody(look: Look) -> None:
    told: list[bool] = []
    look.restyled.connect(lambda: told.append(look.tokens.dark))
    look.set_theme(ThemeName.DARK)
    look.set_theme(ThemeName.LIGHT)
    assert told == [True, False]
