"""Imports that the contracts in .importlinter cannot express."""

import sys

import pytest

from tests.architecture.source import PACKAGES, ROOT, Module, modules


def foreign(module: Module, *allowed: str) -> list[str]:
    """Return imports that are neither the standard library nor below an allowed name."""
    return sorted(
        name
        for name in module.imports()
        if name.split(".")[0] not in sys.stdlib_module_names
        and not any(name == prefix or name.startswith(f"{prefix}.") for prefix in allowed)
    )


@pytest.mark.parametrize("module", modules("engine/domain"), ids=lambda module: module.path)
def test_the_domain_imports_the_standard_library_only(module: Module) -> None:
    assert foreign(module, "engine.domain") == []


def test_messages_are_made_of_the_domain_and_the_standard_library() -> None:
    """The window imports them, so they must not draw the engine in."""
    inside = [
        module
        for module in modules("engine/api")
        if module.path in {"engine/api/messages.py", "engine/api/details.py"}
    ]
    strangers = {
        module.path: foreign(module, "engine.domain", "engine.api.messages") for module in inside
    }
    assert len(inside) == 2
    assert {path: names for path, names in strangers.items() if names} == {}


def test_every_top_level_package_is_under_contract() -> None:
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert found == {*PACKAGES, "tests"}
