"""What stands beside the code is in the wheel too."""

import fnmatch
import tomllib

from tests.architecture.source import PACKAGES, ROOT, project_files

SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]


def test_every_package_is_shipped() -> None:
    include = SETUPTOOLS["packages"]["find"]["include"]
    expected = [pattern for name in (*PACKAGES, "resources") for pattern in (name, f"{name}.*")]
    assert sorted(include) == sorted(expected)


def test_data_beside_the_code_is_shipped() -> None:
    patterns = SETUPTOOLS["package-data"]["*"]
    forgotten = [
        name
        for name in project_files()
        if name.split("/")[0] in PACKAGES
        and not name.endswith(".py")
        and not any(fnmatch.fnmatch(name.rsplit("/", 1)[-1], pattern) for pattern in patterns)
    ]
    assert not forgotten, "\n".join(["", *forgotten])


def test_all_resources_are_shipped() -> None:
    assert SETUPTOOLS["package-data"]["resources"] == ["**/*"]
