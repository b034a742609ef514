"""The bundled Inter typeface and the few styles the window uses."""

from PySide6.QtGui import QFont, QFontDatabase

from engine.domain.resource_files import resource

FAMILY = "Inter"
WEIGHTS = ("Regular", "Medium", "SemiBold", "Bold")


def load_fonts() -> None:
    """Register the four static files with Qt; raises OSError on failure.

    Static files are used because a style sheet's ``font-weight`` has no effect
    on a variable font.
    """
    for weight in WEIGHTS:
        path = resource("fonts", f"Inter-{weight}.ttf")
        if QFontDatabase.addApplicationFont(str(path)) < 0:
            raise OSError(f"The font {path} cannot be read. Install AI-Buyer again.")


def font(pixels: float, weight: QFont.Weight = QFont.Weight.Normal, tabular: bool = False) -> QFont:
    """Return Inter at a size in device-independent pixels.

    ``tabular`` gives all digits one width, so that columns of them line up.
    """
    face = QFont(FAMILY)
    face.setPixelSize(max(8, round(pixels)))
    face.setWeight(weight)
    # Full hinting differs from one fontconfig to the next; vertical does not.
    face.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    if tabular:
        face.setFeature(QFont.Tag("tnum"), 1)
    return face
