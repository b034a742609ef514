"""The entry point: reads the command line and runs one command.

A user's mistake never prints a traceback: each `UserError` is one sentence
on standard error. Exit codes: 0 done, 1 failed, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from app.arguments import build_parser
from engine.domain.errors import PlatformError, StorageError, UserError


def main(words: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    parser = build_parser()
    arguments = parser.parse_args(words)
    if arguments.headless and not arguments.demo:
        parser.error("--headless goes with --demo; without a window for real work use --server")
    if arguments.demo and arguments.server:
        parser.error("choose one of --demo and --server")
    try:
        code = _run(arguments)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone (`| head`): the rest has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except UserError as error:
        print(f"ai-buyer: {error}", file=sys.stderr)
    except (PlatformError, StorageError) as error:
        print(f"ai-buyer: {error}", file=sys.stderr)
    return 1


def _run(arguments: argparse.Namespace) -> int:
    # Every command loads its own libraries: the window must not wait for databases,
    # and the sandbox needs nothing of the engine.
    match arguments.command:
        case "sandbox":
            from app.commands import sandbox

            return sandbox.run(arguments)
        case "rules" | "sync" | "evaluate" | "accounts" | "login" | "token" | "report" | "import":
            from app.commands import engine_work

            return engine_work.run(arguments)
        case "doctor":
            from app.commands import doctor

            return doctor.run(arguments)
    if arguments.demo:
        from app import demo

        return demo.run(arguments)
    if arguments.server:
        from app import headless

        return headless.run(arguments)
    from app import desktop

    return desktop.run(arguments)


if __name__ == "__main__":
    sys.exit(main())
