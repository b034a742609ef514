"""Every module, class and public function opens with one plain sentence."""

import ast
from collections.abc import Iterator

from tests.architecture.source import PACKAGES, Module, modules, type_of_function

FIRST_LINE = 72


def documented(module: Module) -> Iterator[tuple[str, str | None]]:
    """Yield (place, docstring) of everything that must carry a docstring."""
    yield module.path, ast.get_docstring(module.tree)
    yield from _members(module.path, module.tree)


def _members(place: str, parent: ast.Module | ast.ClassDef) -> Iterator[tuple[str, str | None]]:
    for node in parent.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield f"{place}: {node.name}", ast.get_docstring(node)
            yield from _members(f"{place}: {node.name}", node)
        elif (
            isinstance(node, type_of_function)
            and not node.name.startswith("_")
            and not _repeats_another(node)
        ):
            yield f"{place}: {node.name}", ast.get_docstring(node)


def _repeats_another(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Say whether the docstring stands elsewhere: a setter, an overload, an override."""
    names = {ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list}
    return bool(names & {"setter", "overload", "override"})


def test_everything_public_says_what_it_is() -> None:
    silent = [
        place
        for module in modules(*PACKAGES)
        for place, docstring in documented(module)
        if not docstring
    ]
    assert not silent, "\n".join(["", *silent])


def test_every_test_module_says_what_it_is_about() -> None:
    silent = [module.path for module in modules("tests") if not ast.get_docstring(module.tree)]
    assert not silent, "\n".join(["", *silent])


def test_the_first_line_is_a_short_sentence() -> None:
    long = [
        f"{place}: {line}"
        for module in modules(*PACKAGES)
        for place, docstring in documented(module)
        for line in (docstring or ".").splitlines()[:1]
        if len(line) > FIRST_LINE or not line.endswith((".", "?", "!"))
    ]
    assert not long, "\n".join(["", *long])
