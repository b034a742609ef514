"""The project's own files, read once for the tests of its shape."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("app", "engine", "models", "sync", "ui")

type_of_function = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file: its path from the root, its text and its tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def line_count(self) -> int:
        """Return the number of lines."""
        return len(self.text.splitlines())

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Yield every function and method, inner ones too."""
        return (node for node in ast.walk(self.tree) if isinstance(node, type_of_function))

    def classes(self) -> Iterator[ast.ClassDef]:
        """Yield every class."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef))

    def imports(self) -> set[str]:
        """Return the dotted names of all modules imported anywhere in the file."""
        found: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                found.update(f"{node.module}.{alias.name}" for alias in node.names)
        return found


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Return the Python files of the folders, sorted by path."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    found = []
    for path in paths:
        text = path.read_text("utf-8")
        found.append(Module(path.relative_to(ROOT).as_posix(), text, ast.parse(text)))
    return tuple(found)


@cache
def project_files() -> tuple[str, ...]:
    """Return what git tracks; without git, every file outside hidden folders."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
        ).stdout.decode()
    except (OSError, subprocess.CalledProcessError):
        everything = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
        skipped = ("out", "build", "dist", "site")
        return tuple(
            path.as_posix()
            for path in everything
            if not path.parts[0].startswith(".")
            and path.parts[0] not in skipped
            and "__pycache__" not in path.parts
        )
    return tuple(name for name in listed.split("\0") if name and (ROOT / name).is_file())
