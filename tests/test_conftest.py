"""The watch every test stands under: logs, home and network."""

import logging
import os
import socket
from pathlib import Path

import pytest
import structlog

from tests.conftest import ExpectedLogs


def record(text: str, level: int = logging.WARNING) -> logging.LogRecord:
    """Return a log record as the standard library makes it."""
    return logging.LogRecord("engine.cycle", level, __file__, 1, text, None, None)


def test_a_warning_nobody_announced_is_named() -> None:
    records = [record("token is about to expire"), record("hello", logging.INFO)]
    assert ExpectedLogs().unexpected(records) == ["WARNING engine.cycle: token is about to expire"]


@pytest.mark.expects_log("rate limit")
def test_an_announced_warning_is_allowed() -> None:
    logging.getLogger("sync.limits").warning("rate limit reached, waiting 3 minutes")


def test_a_warning_may_be_announced_inside_the_test(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("rule-7")
    structlog.get_logger("engine").warning("rule skipped", rule_id="rule-7")
    logging.getLogger("engine").warning("rule-7 skipped")
    expected_logs.expect("rule skipped")


def test_structlog_lines_are_seen_too(
    expected_logs: ExpectedLogs, caplog: pytest.LogCaptureFixture
) -> None:
    expected_logs.expect("disk is full")
    structlog.get_logger("engine.storage").error("disk is full", free_bytes=0)
    assert [entry.getMessage() for entry in caplog.records] == ["disk is full"]


def test_each_test_has_a_home_of_its_own(own_home: Path, tmp_path: Path) -> None:
    assert os.environ["AI_BUYER_HOME"] == str(own_home)
    assert own_home.is_relative_to(tmp_path)


def test_connections_that_leave_this_machine_are_refused() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outside,
        pytest.raises(RuntimeError, match=r"192\.0\.2\.1"),
    ):
        outside.connect(("192.0.2.1", 9))
