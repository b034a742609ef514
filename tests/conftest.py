"""What every test gets: an empty home, no outside network, watched logs."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import structlog

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

TESTS = Path(__file__).resolve().parent
BENCH = TESTS / "bench"
OWN_ENVIRONMENT = re.compile(
    r"(AI_BUYER|FACEBOOK|CLICKHOUSE|POSTGRES|OPENAI|MLFLOW|SMTP)_\w+|JWT_SECRET"
)
LOOPBACK = {"127.0.0.1", "::1", "localhost"}

hypothesis.settings.register_profile(
    "repeatable", derandomize=True, deadline=None, database=None, print_blob=True
)
hypothesis.settings.load_profile("repeatable")


def _qt_loads() -> bool:
    """Say whether Qt and the system libraries it needs are here."""
    try:
        import PySide6.QtWidgets  # noqa: F401
    except ImportError:
        return False
    return True


QT_LOADS = _qt_loads()


def _refuse_the_outside(event: str, arguments: tuple[object, ...]) -> None:
    """Raise on a connection that would leave this machine."""
    if event != "socket.connect":
        return
    address = arguments[1]
    if isinstance(address, tuple) and address[0] not in LOOPBACK:
        raise RuntimeError(f"A test tried to reach {address[0]}; tests stay on this machine.")


sys.addaudithook(_refuse_the_outside)


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Keep the settings of pytest-qt known where that plug-in is switched off."""
    if not pluginmanager.hasplugin("pytest-qt"):
        parser.addini("qt_api", "known to pytest-qt")
        parser.addini("qt_log_level_fail", "known to pytest-qt")


def pytest_report_header() -> str:
    """Say at the top of a run when the tests of the window are left out."""
    return "" if QT_LOADS else "Qt's system libraries are missing: the window's tests are left out"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out benchmarks unless asked for by path, and Qt where it cannot load."""
    asked = [Path(argument.split("::")[0]).resolve() for argument in config.args]
    if collection_path == BENCH:
        return None if any(path == BENCH or BENCH in path.parents for path in asked) else True
    if not QT_LOADS and collection_path.suffix == ".py" and collection_path.name != "conftest.py":
        return True if _needs_qt(collection_path) else None
    return None


def _needs_qt(path: Path) -> bool:
    """Say whether a test module draws windows, by its place or its imports."""
    if path.is_relative_to(TESTS / "ui"):
        return True
    return re.search(r"^\s*(from|import) (PySide6|ui)\b", path.read_text("utf-8"), re.M) is not None


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point AI_BUYER_HOME at a folder of this test; forget the machine's settings."""
    for name in list(os.environ):
        if OWN_ENVIRONMENT.fullmatch(name):
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    monkeypatch.setenv("AI_BUYER_HOME", str(home))
    return home


class ExpectedLogs:
    """The log lines of level WARNING and above that a test causes on purpose."""

    def __init__(self) -> None:
        """Start with none expected."""
        self._patterns: list[re.Pattern[str]] = []

    def expect(self, pattern: str) -> None:
        """Allow lines in which the regular expression is found."""
        self._patterns.append(re.compile(pattern))

    def unexpected(self, records: list[logging.LogRecord]) -> list[str]:
        """Return the loud lines that nobody allowed, as `LEVEL logger: text`."""
        loud = [record for record in records if record.levelno >= logging.WARNING]
        return [
            f"{record.levelname} {record.name}: {record.getMessage()}"
            for record in loud
            if not any(pattern.search(record.getMessage()) for pattern in self._patterns)
        ]


@pytest.fixture(autouse=True)
def expected_logs(
    request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> Iterator[ExpectedLogs]:
    """Fail a test that logs a warning or an error it did not announce.

    Announce one with `@pytest.mark.expects_log("pattern")` or, where the text is known only
    inside the test, with `expected_logs.expect("pattern")`.
    """
    _send_structlog_through_logging()
    expected = ExpectedLogs()
    for mark in request.node.iter_markers("expects_log"):
        expected.expect(mark.args[0])
    yield expected
    records = caplog.get_records("setup") + caplog.get_records("call")
    surprises = expected.unexpected(records)
    if surprises:
        pytest.fail("unexpected log lines:\n  " + "\n  ".join(surprises), pytrace=False)


def _send_structlog_through_logging() -> None:
    """Let structlog's lines pass through `logging`, where the fixture sees them."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.processors.format_exc_info,
            structlog.stdlib.render_to_log_kwargs,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
