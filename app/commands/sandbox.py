"""`ai-buyer sandbox`: the Graph API double on this machine."""

from __future__ import annotations

import argparse


def run(arguments: argparse.Namespace) -> int:
    """Serve until stopped; 1 tells a taken port, 2 a bad scenario."""
    # The sandbox is loaded only where it is asked for: the engine never needs it.
    from sync.sandbox.server import run_sandbox

    return run_sandbox(arguments.port, arguments.seed, arguments.scenario, arguments.clock)
