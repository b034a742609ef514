"""Lucide outlines, tinted at run time in the colours of the theme."""

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from engine.domain.resource_files import resource


class Icons:
    """Draws named icons and keeps what it has drawn."""

    def __init__(self) -> None:
        self._sources: dict[str, str] = {}
        self._pixmaps: dict[tuple[str, str, int, int], QPixmap] = {}

    def pixmap(self, name: str, colour: str, size: int = 16, ratio: float = 1.0) -> QPixmap:
        """Return an icon of ``size`` device-independent pixels.

        ``ratio`` is the screen's device pixel ratio. Raises FileNotFoundError
        for an icon that is not shipped.
        """
        side = round(size * ratio)
        key = (name, colour, size, side)
        cached = self._pixmaps.get(key)
        if cached is None:
            cached = self._draw(name, colour, side)
            cached.setDevicePixelRatio(ratio)
            self._pixmaps[key] = cached
        return cached

    def icon(self, name: str, colour: str, size: int = 16, disabled: str = "") -> QIcon:
        """Return an icon for buttons and menus, crisp up to 2x screens."""
        icon = QIcon()
        for ratio in (1.0, 2.0):
            icon.addPixmap(self.pixmap(name, colour, size, ratio))
            if disabled:
                faded = self.pixmap(name, disabled, size, ratio)
                icon.addPixmap(faded, QIcon.Mode.Disabled)
        return icon

    def spaced(self, name: str, colour: str, disabled: str) -> QIcon:
        """Return a 22x16 icon for buttons: the outline and a gap after it.

        A style sheet cannot part icon and words, so the picture does.
        """
        icon = QIcon()
        for ratio in (1.0, 2.0):
            for mode, ink in ((QIcon.Mode.Normal, colour), (QIcon.Mode.Disabled, disabled)):
                canvas = QPixmap(round(22 * ratio), round(16 * ratio))
                canvas.setDevicePixelRatio(ratio)
                canvas.fill(Qt.GlobalColor.transparent)
                painter = QPainter(canvas)
                painter.drawPixmap(0, 0, self.pixmap(name, ink, 16, ratio))
                painter.end()
                icon.addPixmap(canvas, mode)
        return icon

    def _draw(self, name: str, colour: str, side: int) -> QPixmap:
        """Render one tinted outline into a transparent pixmap."""
        source = self._sources.get(name)
        if source is None:
            source = resource("icons", f"{name}.svg").read_text(encoding="utf-8")
            self._sources[name] = source
        tinted = source.replace("currentColor", colour).replace(
            'stroke-width="2"', 'stroke-width="1.75"'
        )
        pixmap = QPixmap(QSize(side, side))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        renderer = QSvgRenderer(QByteArray(tinted.encode()))
        renderer.render(painter, QRectF(0, 0, side, side))
        painter.end()
        return pixmap
