"""Takes the pictures of every page, light and dark, in both languages.

Run it from a checkout: ``.venv/bin/python docs/make_pictures.py [FOLDER]``; with the
word ``login`` after the folder only those of logging in. It starts a sandbox and an
engine of its own, lets the rules of the templates work for some
simulated hours, and saves PNG pictures (by default to ``docs/pictures``).
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import httpx  # noqa: E402
import numpy as np  # noqa: E402
import numpy.typing as npt  # noqa: E402
import orjson  # noqa: E402
from PySide6.QtCore import QSettings, Qt  # noqa: E402
from PySide6.QtGui import QImage  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402

from app import engine_process  # noqa: E402
from app.engine_file import Running  # noqa: E402
from app.paths import Home, prepare  # noqa: E402
from app.sandbox_process import Sandbox, running_sandbox  # noqa: E402
from docs.pictures_of_login import take_login_pictures  # noqa: E402
from engine.domain.language import Language  # noqa: E402
from ui.application import build_window  # noqa: E402
from ui.main_window import MainWindow  # noqa: E402
from ui.pages.campaigns import CampaignsPage  # noqa: E402
from ui.pages.dashboard import DashboardPage  # noqa: E402
from ui.pages.objects.review import ReviewDialog  # noqa: E402
from ui.theme import ThemeName  # noqa: E402

SEED = 7
WIDTH, HEIGHT = 1440, 900
CYCLES, HOURS_BETWEEN = 4, 5
MOST_BYTES = 250_000
WAIT_SECONDS = 60.0
SCOPE = "currency:UAH"
DRY_RUN = "1"  # templates whose file begins so wait for models


class Engine:
    """The engine's API, as far as the pictures need it."""

    def __init__(self, running: Running) -> None:
        self._running = running

    def post(self, path: str, body: object) -> None:
        """Send a command and wait for its end; raises on an error's answer."""
        headers = {"Authorization": f"Bearer {self._running.token}"}
        url = f"{self._running.url}{path}"
        httpx.post(url, json=body, headers=headers, timeout=600, trust_env=False).raise_for_status()

    def add_rules(self) -> None:
        """Add every template; two only try, one asks before it acts."""
        for number, path in enumerate(sorted((ROOT / "resources/rule_templates").glob("*.json"))):
            rule = orjson.loads(path.read_bytes())["rule"]
            rule["mode"] = "dry_run" if path.name.startswith(DRY_RUN) else "automatic"
            if number == 5:
                rule["mode"] = "approval"
            self.post("/api/v1/rules", rule)

    def work(self, sandbox: Sandbox) -> None:
        """Run cycles some simulated hours apart."""
        for number in range(CYCLES):
            if number:
                sandbox.advance(HOURS_BETWEEN)
            self.post("/api/v1/engine/cycle", {})

    def decided(self) -> set[str]:
        """Return the objects that rules have decided on."""
        headers = {"Authorization": f"Bearer {self._running.token}"}
        url = f"{self._running.url}/api/v1/journal?limit=500&state=applied,vetoed"
        answer = httpx.get(url, headers=headers, timeout=60, trust_env=False)
        answer.raise_for_status()
        return {str(row["object_id"]) for row in answer.json()["items"]}


class Camera:
    """Opens the window and takes its pictures in one theme and language after the other."""

    def __init__(
        self, app: QApplication, running: Running, folder: Path, decided: set[str]
    ) -> None:
        self._app = app
        self._decided = decided
        self._folder = folder
        kept = Path(tempfile.mkdtemp(prefix="pictures-")) / "window.ini"
        settings = QSettings(str(kept), QSettings.Format.IniFormat)
        settings.setValue("scope", SCOPE)
        settings.setValue("language", Language.ENGLISH.value)
        settings.setValue("theme", ThemeName.LIGHT.value)
        self._window = build_window(app, running.url, running.token, settings)
        self._window.resize(WIDTH, HEIGHT)
        self._window.show()

    def take_all(self) -> None:
        """Take every picture."""
        window = self._window
        look = window.session.look
        dashboard, campaigns = window.pages["dashboard"], window.pages["campaigns"]
        assert isinstance(dashboard, DashboardPage)
        assert isinstance(campaigns, CampaignsPage)
        window.go("dashboard")
        self._wait(lambda: dashboard.message is not None and dashboard.chart.has_plot())
        self._wait(lambda: len(dashboard.grid.model.data_set) > 0)
        for language in Language:
            look.set_language(language)
            for theme in (ThemeName.LIGHT, ThemeName.DARK):
                look.set_theme(theme)
                self._take_pages(window, f"{theme.value}-{language.value}", dashboard, campaigns)

    def close(self) -> None:
        """Close the window."""
        self._window.close()
        self._settle()

    def _take_pages(
        self,
        window: MainWindow,
        suffix: str,
        dashboard: DashboardPage,
        campaigns: CampaignsPage,
    ) -> None:
        for name in window.pages:
            window.go(name)
            self._settle(1.2)
            if name == "dashboard":
                dashboard.chart.point_at(20)
                self._settle()
            if name == "campaigns":
                self._take_campaigns(campaigns, suffix)
            else:
                self._save(window, f"{name}-{suffix}")
        window.go("dashboard")
        window.open_palette()
        self._settle()
        self._save(window, f"palette-{suffix}")
        window.close_palette()

    def _take_campaigns(self, page: CampaignsPage, suffix: str) -> None:
        grid = page.grid
        model = grid.model
        self._wait(lambda: model.rowCount() > 8)
        budgets = model.data_set.numbers("budget")
        own = [r for r in range(model.rowCount()) if budgets[model.place(r)] > 0][:2]
        key = [column.key for column in model.columns].index("budget")
        for row, factor in zip(own, (1.15, 0.75), strict=False):
            amount = round(budgets[model.place(row)] * factor / 1000) * 1000
            model.setData(model.index(row, key), amount)
        switch = [column.key for column in model.columns].index("on")
        model.setData(
            model.index(3, switch), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole
        )
        model.ticks.set([model.row_id(row) for row in own], ticked=True)
        self._settle()
        self._save(page.window(), f"campaigns-{suffix}")
        rows = [model.row_id(row) for row in range(model.rowCount())]
        page.open_about(next((one for one in rows if one in self._decided), rows[0]))
        self._settle(1.5)
        self._save(page.window(), f"details-{suffix}")
        page.panel.dismiss()
        grid.review()
        self._settle()
        for dialog in self._app.topLevelWidgets():
            if isinstance(dialog, ReviewDialog):
                self._save(dialog, f"review-{suffix}")
                dialog.reject()
        model.pending.clear()
        model.ticks.set(list(model.ticks.ids()), ticked=False)

    def _save(self, widget: QWidget, name: str) -> None:
        save_picture(widget, self._folder / f"{name}.png")

    def _wait(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + WAIT_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError("the window did not get its numbers")
            self._app.processEvents()
            time.sleep(0.01)

    def _settle(self, seconds: float = 0.4) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._app.processEvents()
            time.sleep(0.01)


def save_picture(widget: QWidget, path: Path) -> None:
    """Save what a widget shows now, in fewer colours where it would be large."""
    image = widget.grab().toImage()
    _write(image, path)
    if path.stat().st_size > MOST_BYTES:
        _write(_few_colours(image), path)
    sys.stdout.write(f"{path.name}: {path.stat().st_size // 1000} kB\n")


def _write(image: QImage, path: Path) -> None:
    # Quality 0 is the strongest compression that Qt's PNG writer has; nothing is lost.
    if not image.save(str(path), quality=0):
        raise OSError(f"{path} could not be written")


def _few_colours(image: QImage) -> QImage:
    """Return the picture in its 256 most frequent colours, the others by the nearest."""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(plain.constBits(), dtype=np.uint32)
    colours, places, counts = np.unique(pixels, return_inverse=True, return_counts=True)
    kept = colours[np.argsort(-counts)[:256]]
    nearest = np.empty(len(colours), dtype=np.uint8)
    for start in range(0, len(colours), 4096):
        far = _parts(colours[start : start + 4096])[:, None, :] - _parts(kept)[None, :, :]
        nearest[start : start + 4096] = (far**2).sum(axis=2).argmin(axis=1)
    indexes = np.ascontiguousarray(nearest[places.reshape(-1)])
    size = plain.size()
    few = QImage(
        indexes.tobytes(),
        size.width(),
        size.height(),
        size.width(),
        QImage.Format.Format_Indexed8,
    )
    few.setColorTable([int(colour) for colour in kept])
    return few.copy()


def _parts(colours: npt.NDArray[np.uint32]) -> npt.NDArray[np.int32]:
    """Return red, green and blue of packed colours, one row each."""
    parts = [(colours >> shift) & 0xFF for shift in (16, 8, 0)]
    return np.stack(parts, axis=1).astype(np.int32)


def main() -> None:
    """Take all pictures into the folder of the command line."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication(sys.argv[:1])
    take_login_pictures(app, lambda widget, name: save_picture(widget, folder / f"{name}.png"))
    if sys.argv[2:] == ["login"]:
        return
    with (
        tempfile.TemporaryDirectory(prefix="ai-buyer-pictures-") as home,
        running_sandbox(clock="manual", seed=SEED) as sandbox,
    ):
        running = engine_process.find_or_start(prepare(Home(Path(home))), sandbox.environment())
        try:
            engine = Engine(running)
            engine.add_rules()
            engine.work(sandbox)
            camera = Camera(app, running, folder, engine.decided())
            camera.take_all()
            camera.close()
        finally:
            engine_process.stop(running)


if __name__ == "__main__":
    main()
