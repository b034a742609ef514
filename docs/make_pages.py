"""Writes the pages that are made from tables: settings and metrics.

Run it after a change of either table: `.venv/bin/python docs/make_pages.py`.
A test fails when a page and its table differ.
"""

from __future__ import annotations

from pathlib import Path

from engine.domain.metrics import CATALOGUE
from engine.domain.windows import WINDOW_NAMES
from engine.setting import Setting
from engine.setting_table import TABLE

FOLDER = Path(__file__).resolve().parent


def settings_page() -> str:
    """Return docs/settings.md: every setting by group."""
    lines = [
        "# Settings",
        "",
        "Every setting, its default and its bounds. They are changed on the Settings page or with",
        "`PUT /api/v1/settings/{key}`; this page is made from the same table.",
    ]
    group = ""
    for setting in TABLE:
        if setting.group[0] != group:
            group = setting.group[0]
            lines += ["", f"## {group}", "", "| setting | key | default | allowed | what it does |"]
            lines += ["|---|---|---|---|---|"]
        default = f"`{setting.default}`" if setting.default != "" else "–"
        unit = f" {setting.unit}" if setting.unit else ""
        lines.append(
            f"| {setting.title[0]} | `{setting.key}` | {default}{unit} | {_allowed(setting)} | "
            f"{setting.help[0]} |"
        )
    return "\n".join(lines) + "\n"


def metrics_page() -> str:
    """Return docs/metrics.md: the catalogue of metrics and windows."""
    lines = [
        "# Metrics and windows",
        "",
        "| metric | in English | in Ukrainian | unit | better |",
        "|---|---|---|---|---|",
    ]
    for metric in CATALOGUE.values():
        lines.append(
            f"| `{metric.name}` | {metric.english} | {metric.ukrainian} | {metric.unit.value} | "
            f"{metric.direction.value} |"
        )
    windows = ", ".join(f"`{name}`" for name in WINDOW_NAMES)
    lines += [
        "",
        "Besides these: `conversions:EVENT`, `revenue:EVENT` and `cpa:EVENT` for any event Meta",
        "reports, and `projected_…`, `predicted_…` and `anomaly_score`, which answer *unknown*",
        "until a model serves them.",
        "",
        f"Windows: {windows}. Days are days of the account's time zone.",
    ]
    return "\n".join(lines) + "\n"


def _allowed(setting: Setting) -> str:
    if setting.choices:
        return ", ".join(f"`{choice}`" for choice in setting.choices)
    if setting.minimum is not None and setting.maximum is not None:
        return f"{setting.minimum:g} to {setting.maximum:g}"
    return {"bool": "on or off", "text": "text"}.get(setting.kind, "a number")


PAGES = {"settings.md": settings_page, "metrics.md": metrics_page}


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
