"""What no tracked file may say: hosts of package indexes, one machine's paths."""

import pytest

from tests.architecture.source import ROOT, project_files

# Put together here, so that this file does not hold what it looks for.
FORBIDDEN = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs"),
        ("deb", "debian", "org"),
        ("archive", "ubuntu", "com"),
        ("crates", "io"),
    )
] + ["/".join(("", folder, "")) for folder in ("work", "farm")]
BINARY = (".png", ".jpg", ".ttf", ".otf", ".woff2", ".ico", ".icns", ".qm", ".parquet", ".pdf")


@pytest.mark.parametrize("word", FORBIDDEN)
def test_no_file_names_this(word: str) -> None:
    readable = [name for name in project_files() if not name.endswith(BINARY)]
    guilty = [
        name
        for name in readable
        if word in (ROOT / name).read_text("utf-8", errors="replace")
        and not name.startswith("tests/architecture/")
    ]
    assert not guilty, "\n".join(["", *guilty])


def test_the_lock_pins_everything_by_hash() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    pins = [line for line in lock if line and not line.startswith((" ", "#"))]
    assert pins
    assert [line for line in pins if "==" not in line or not line.endswith("\\")] == []
