"""Files, classes and functions stay small: past a limit a concept is missing."""

import ast

import pytest

from tests.architecture.source import PACKAGES, Module, modules, type_of_function

FILE_LINES = 400
CLASS_PUBLIC_METHODS = 15
FUNCTION_LINES = 40

CODE = modules(*PACKAGES)
TESTS = modules("tests")


def public_methods(node: ast.ClassDef) -> list[str]:
    """Return the names of methods without a leading underscore, properties among them."""
    return sorted(
        {
            part.name
            for part in node.body
            if isinstance(part, type_of_function) and not part.name.startswith("_")
        }
    )


def code_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a function from `def` to its end, its docstring left out."""
    first = node.body[0]
    total = (node.end_lineno or node.lineno) - node.lineno + 1
    if ast.get_docstring(node) is None:
        return total
    return total - ((first.end_lineno or first.lineno) - first.lineno + 1)


@pytest.mark.parametrize("module", CODE + TESTS, ids=lambda module: module.path)
def test_a_file_stays_short(module: Module) -> None:
    assert module.line_count < FILE_LINES, "which concept is missing?"


def test_a_class_offers_few_methods() -> None:
    large = [
        f"{module.path}: {node.name} has {len(public_methods(node))}"
        for module in CODE
        for node in module.classes()
        if len(public_methods(node)) >= CLASS_PUBLIC_METHODS
    ]
    assert not large, "\n".join(["", *large])


def test_a_function_fits_on_a_screen() -> None:
    long = [
        f"{module.path}:{node.lineno} {node.name} has {code_lines(node)} lines"
        for module in CODE
        for node in module.functions()
        if code_lines(node) >= FUNCTION_LINES
    ]
    assert not long, "\n".join(["", *long])
