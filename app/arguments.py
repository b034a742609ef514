"""The command line, as a tree of subcommands."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

DEFAULT_PORT = 8000
ROLES = ("owner", "manager", "buyer", "analyst", "client")


class Parser(argparse.ArgumentParser):
    """A parser that answers wrong usage in one line and exit code 2."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where to look."""
        print(f"{self.prog}: {message}. See {self.prog} --help.", file=sys.stderr)
        sys.exit(2)


def build_parser() -> Parser:
    """Return the parser of the whole command line."""
    parser = Parser(prog="ai-buyer", description="A workstation for people who buy ads on Meta.")
    parser.add_argument("--version", action="version", version=version("ai-buyer"))
    parser.add_argument("--verbose", action="store_true", help="show what happens on the screen")
    parser.add_argument("--demo", action="store_true", help="run on the sandbox; needs no token")
    parser.add_argument("--headless", action="store_true", help="with --demo: no window")
    parser.add_argument("--out", type=Path, default=Path("out"), help=argparse.SUPPRESS)
    parser.add_argument("--server", action="store_true", help="the engine without a window")
    parser.add_argument("--host", default="127.0.0.1", help="address of --server")
    parser.add_argument("--port", type=port, default=DEFAULT_PORT, help="port of --server (8000)")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    _sandbox(commands)
    _rules(commands)
    _work(commands)
    _token(commands)
    _login(commands)
    _accounts(commands)
    return parser


Commands = argparse._SubParsersAction  # the only name argparse gives this type


def port(text: str) -> int:
    """Return a port number; 0 lets the system choose one."""
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port (0 to 65535)")
    return int(text)


def day(text: str) -> date:
    """Return a day written like 2026-01-31."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day like 2026-01-31") from error


def _json_flag(parser: argparse.ArgumentParser, *, inner: bool = False) -> None:
    """Add the flag; an inner parser takes back nothing an outer one was given."""
    default = argparse.SUPPRESS if inner else False
    words = "answer as JSON, for machines"
    parser.add_argument("--json", action="store_true", default=default, help=words)


def _sandbox(commands: Commands[Parser]) -> None:
    words = "a Graph API double on this machine"
    sandbox = commands.add_parser("sandbox", help=words, description=f"Runs {words}.")
    sandbox.add_argument("--port", type=port, default=0, help="0, the default, takes a free one")
    sandbox.add_argument("--seed", type=int, default=None, help="the same seed, the same world")
    sandbox.add_argument(
        "--scenario", type=Path, default=None, help="a world of your own, see docs/scenarios.md"
    )
    sandbox.add_argument("--clock", default="real", help="real, manual or xN (N times faster)")


def _rules(commands: Commands[Parser]) -> None:
    rules = commands.add_parser("rules", help="add, list and check rules")
    parts = rules.add_subparsers(dest="part", metavar="PART", required=True)
    add = parts.add_parser("add", help="add the rule in a JSON or YAML file")
    add.add_argument("file", type=Path, help="the rule, see docs/rules.md")
    check = parts.add_parser("check", help="say whether a file holds a valid rule")
    check.add_argument("file", type=Path, help="the rule, see docs/rules.md")
    listing = parts.add_parser("list", help="list all rules")
    for part in (add, check, listing):
        _json_flag(part)


def _work(commands: Commands[Parser]) -> None:
    sync = commands.add_parser("sync", help="read accounts from Meta once, or older days")
    sync.add_argument("--since", type=day, default=None, metavar="DATE", help="older days too")
    sync.add_argument("--account", action="append", metavar="ID", help="only this one; repeatable")
    sync.add_argument("--plan", action="store_true", help="show what is read how often instead")
    _json_flag(sync)
    for name, words in (
        ("evaluate", "run one cycle over all accounts and end"),
        ("doctor", "check folders, databases, token and connection"),
    ):
        _json_flag(commands.add_parser(name, help=words, description=_sentence(words)))
    words = "write a client's report as PDF"
    report = commands.add_parser("report", help=words, description=_sentence(words))
    report.add_argument("--client", default=None, help="the client; the first one when left out")
    report.add_argument(
        "--output", type=Path, default=Path("out") / "report.pdf", help="out/report.pdf by default"
    )
    report.add_argument("--language", choices=("en", "uk"), default="en", help="en by default")
    _json_flag(report)
    importing = commands.add_parser("import", help="take in CSV and XLSX exports of Ads Manager")
    importing.add_argument("files", type=Path, nargs="+", metavar="FILE")
    importing.add_argument("--account", help="the account of files that do not name theirs")
    _json_flag(importing)


def _token(commands: Commands[Parser]) -> None:
    token = commands.add_parser("token", help="keys for the HTTP API")
    parts = token.add_subparsers(dest="part", metavar="PART", required=True)
    create = parts.add_parser("create", help="make a key and print it once")
    create.add_argument("--role", choices=ROLES, required=True, help="what its holder may do")
    create.add_argument("--name", required=True, help="whose it is, for the list of keys")
    _json_flag(create)


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _login(commands: Commands[Parser]) -> None:
    login = commands.add_parser("login", help="log in at Meta with a browser")
    login.add_argument("--paste", action="store_true", help="paste the address by hand")
    login.add_argument("--read-only", action="store_true", help="ask for no right to change")
    login.add_argument("--again", metavar="LOGIN", default="", help="renew this login")
    login.add_argument("--no-browser", action="store_true", help="only print the address")
    _json_flag(login)
    parts = login.add_subparsers(dest="part", metavar="PART")
    token = parts.add_parser("token", help="take in a system user's token from standard input")
    app = parts.add_parser("app", help="name the Meta app; its secret comes from standard input")
    app.add_argument("app_id")
    listing = parts.add_parser("list", help="list all logins and what must be known about them")
    check = parts.add_parser("check", help="ask Meta whether logins still work")
    check.add_argument("login", nargs="?", default="")
    remove = parts.add_parser("remove", help="forget a login and its token")
    remove.add_argument("login")
    for part in (token, app, listing, check, remove):
        _json_flag(part, inner=True)


def _accounts(commands: Commands[Parser]) -> None:
    accounts = commands.add_parser("accounts", help="list, find, add and remove ad accounts")
    _json_flag(accounts)
    parts = accounts.add_subparsers(dest="part", metavar="PART")
    listing = parts.add_parser("list", help="list the accounts and how fresh their data is")
    find = parts.add_parser("find", help="list what a login sees, by business")
    find.add_argument("--login", default="", help="only this login")
    add = parts.add_parser("add", help="work on more accounts")
    add.add_argument("accounts", nargs="*", metavar="ACCOUNT", help="act_1234567890")
    add.add_argument("--business", metavar="ID", default="", help="all accounts of a business")
    add.add_argument("--all", action="store_true", help="all that the login sees, later ones too")
    add.add_argument("--login", default="", help="through this login")
    add.add_argument("--client", default="", help="whose they are")
    remove = parts.add_parser("remove", help="work on accounts no longer; their history stays")
    remove.add_argument("accounts", nargs="+", metavar="ACCOUNT")
    for part in (listing, find, add, remove):
        _json_flag(part, inner=True)
