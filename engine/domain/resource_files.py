"""Where the files that ship beside the code are found.

The folder `resources` lies next to the packages in a checkout, in an editable
install, in a wheel and in a bundled program alike, so the position of this
module is enough to find it.
"""

from __future__ import annotations

from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2] / "resources"


def resource(*parts: str) -> Path:
    """Return the path of a shipped file or folder.

    Raises FileNotFoundError naming the path when the install is incomplete.
    """
    path = _ROOT.joinpath(*parts)
    if not path.exists():
        raise FileNotFoundError(f"Missing from this installation: {path}. Install AI-Buyer again.")
    return path
