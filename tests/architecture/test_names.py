"""Names of files and folders: they say what is inside, and hide no library."""

import sys

import pytest

from tests.architecture.source import PACKAGES, ROOT, modules, project_files

DRAWERS = {"utils", "util", "helpers", "helper", "misc", "common"}


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = [
        name
        for name in project_files()
        if name.endswith(".py")
        and DRAWERS & {part.removesuffix(".py").strip("_") for part in name.split("/")}
    ]
    assert not drawers, "\n".join(["", *drawers])


def test_no_package_bears_the_name_of_a_standard_module() -> None:
    assert [name for name in PACKAGES if name in sys.stdlib_module_names] == []


@pytest.mark.parametrize("folder", ["packaging", "resources"])
def test_folders_without_python_stay_so(folder: str) -> None:
    """A package called `packaging` would hide the library of that name."""
    assert list((ROOT / folder).rglob("__init__.py")) == []


@pytest.mark.parametrize("package", ["engine", "engine/api"])
def test_package_files_hold_no_code(package: str) -> None:
    """Importing one message must not load the rest of the engine."""
    opening = [module for module in modules(package) if module.path == f"{package}/__init__.py"]
    assert all(len(module.tree.body) <= 1 for module in opening)
