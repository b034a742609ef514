"""Keeps a defect of PySide6 6.12 from ending the program on Python 3.11.

PySide6 6.12.0 gives back one reference to ``None`` too many in many calls that
return nothing (``QPainter.fillRect``, ``save``, ``drawRoundedRect``, …): each
lowers its count by one, measured on CPython 3.11.7. After some thousand calls
the interpreter aborts with "deallocating None". From Python 3.12 on ``None`` is
immortal (PEP 683) and the defect has no effect; PySide6 6.11.3 does not have it.
This module gives ``None`` so many references that they cannot run out.
"""

import ctypes
import sys

_SPARE_REFERENCES = 1 << 40


def keep_none_alive() -> bool:
    """Add spare references to None; return whether that was needed.

    Safe to call often. Does nothing where None is immortal already.
    """
    if sys.version_info >= (3, 12) or sys.implementation.name != "cpython":
        return False
    if sys.getrefcount(None) < _SPARE_REFERENCES // 2:
        # The count is the first field of every object (PyObject.ob_refcnt).
        ctypes.c_ssize_t.from_address(id(None)).value += _SPARE_REFERENCES
    return True
