"""`python -m sync.sandbox`: the sandbox from a shell."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sync.sandbox.server import run_sandbox


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the sandbox's options to a parser."""
    parser.add_argument(
        "--port", type=int, default=0, help="port on 127.0.0.1 (default: a free one)"
    )
    parser.add_argument("--seed", type=int, help="overrides the scenario's seed")
    parser.add_argument("--scenario", type=Path, metavar="FILE", help="scenario file (JSON)")
    parser.add_argument(
        "--clock", default="real", metavar="real|manual|xN", help="how simulated time runs"
    )


def main(arguments: list[str] | None = None) -> int:
    """Read the options, serve, and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m sync.sandbox", description="Graph API double on loopback"
    )
    add_arguments(parser)
    options = parser.parse_args(arguments)
    return run_sandbox(options.port, options.seed, options.scenario, options.clock)


if __name__ == "__main__":
    sys.exit(main())
