"""Reading a CSV or XLSX file as rows of cells, whatever wrote it."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

from engine.domain.errors import UserError
from sync.exports.cells import Cell

LARGEST_FILE = 512 * 1024 * 1024
LARGEST_UNPACKED = 2 * 1024 * 1024 * 1024
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Table:
    """A header and rows of cells; `first` is the line of the first row.

    `digest` tells the file's bytes from those of others.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    first: int = 2
    digest: str = ""


def read_table(path: Path) -> Table:
    """Return the table in a CSV or XLSX file.

    Raises UserError with what to do.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise UserError(
                f"The file {path} is larger than {LARGEST_FILE // 1024**2} MB.",
                hint="Export fewer days at a time.",
            )
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"The file {path} can't be read: {error.strerror}.") from error
    if content.startswith(_OLD_EXCEL):
        raise UserError(f"{path} is an old Excel file (.xls).", hint="Save it as XLSX or CSV.")
    rows = _xlsx_rows(content, path) if content.startswith(_ZIP) else _csv_rows(content, path)
    start = next((place for place, row in enumerate(rows) if any(cell != "" for cell in row)), None)
    if start is None:
        raise UserError(f"The file {path} is empty.")
    header = tuple(str(cell).strip() for cell in rows[start])
    digest = hashlib.sha256(content).hexdigest()[:32]
    return Table(header, tuple(rows[start + 1 :]), start + 2, digest)


def _csv_rows(content: bytes, path: Path) -> list[tuple[Cell, ...]]:
    text = _decoded(content, path)
    head = text[: text.find("\n")] if "\n" in text else text
    delimiter = max(",;\t", key=head.count)
    try:
        return [tuple(row) for row in csv.reader(io.StringIO(text), delimiter=delimiter)]
    except csv.Error as error:
        raise UserError(f"The file {path} is no readable CSV: {error}.") from error


def _decoded(content: bytes, path: Path) -> str:
    """Return the text: Unicode, or what Windows writes in Ukraine."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1251"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UserError(f"The file {path} is neither text nor XLSX.", hint="Export it as CSV or XLSX.")


def _xlsx_rows(content: bytes, path: Path) -> list[tuple[Cell, ...]]:
    # Loaded late: nothing else needs the reader of spreadsheets.
    import fastexcel

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
        if unpacked > LARGEST_UNPACKED:
            raise UserError(f"The file {path} unpacks to more than 2 GB.")
        # Columns keep their types: an id that is a number may have lost digits.
        frame = fastexcel.read_excel(content).load_sheet(0, schema_sample_rows=None).to_polars()
    except (zipfile.BadZipFile, fastexcel.FastExcelError) as error:
        raise UserError(
            f"The file {path} is no readable XLSX: {error}.", hint="Export it again."
        ) from error
    rows = [tuple("" if cell is None else cell for cell in row) for row in frame.iter_rows()]
    return [tuple(frame.columns), *rows]
