"""Exports of Ads Manager in their many forms are read to the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from engine.domain.errors import UserError
from engine.domain.objects import Level
from sync.exports.reading import needs_names, read_export

ENGLISH = (
    "Reporting starts,Reporting ends,Campaign name,Campaign ID,Day,Impressions,Reach,Clicks (all),"
    "Link clicks,Amount spent (UAH),Purchases,Purchases conversion value,Results"
)
UKRAINIAN = (
    "Початок звітності;Кінець звітності;Назва кампанії;Ідентифікатор кампанії;День;Покази;"
    "Охоплення;Кліки (усі);Кліки посилання;Витрачена сума (UAH);Покупки;Цінність конверсій покупок"
)
EXPECTED = {
    "level": "campaign",
    "object_id": "120214930552110177",
    "date": "2026-11-20",
    "impressions": 12_345,
    "reach": 9_000,
    "clicks": 210,
    "link_clicks": 160,
    "spend": 1264.35,
    "conversions": {"omni_purchase": 3.0},
    "revenue": {"omni_purchase": 4200.5},
}


def written(folder: Path, *lines: str, encoding: str = "utf-8", name: str = "export.csv") -> Path:
    """Write lines to a file and return its path."""
    path = folder / name
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return path


def english(spend: str = "1264.35", day: str = "2026-11-20") -> str:
    return (
        f'2026-11-20,2026-11-20,"Autumn, sale",120214930552110177,{day},12345,9000,210,160,'
        f"{spend},3,4200.5,3"
    )


def ukrainian() -> str:
    return (
        "20.11.2026;20.11.2026;Осінь;120214930552110177;20.11.2026;12 345;9 000;210;160;"
        "1 264,35;3;4200,5"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_english_csv(tmp_path: Path, encoding: str) -> None:
    export = read_export(written(tmp_path, ENGLISH, english(), encoding=encoding))
    assert export.rows == [EXPECTED]
    assert (export.currency, export.ignored) == ("UAH", ("Results",))
    assert export.days == (date(2026, 11, 20), date(2026, 11, 20))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1251", "utf-16"])
def test_a_ukrainian_csv_with_semicolons_and_commas(tmp_path: Path, encoding: str) -> None:
    export = read_export(written(tmp_path, UKRAINIAN, ukrainian(), encoding=encoding))
    assert export.rows == [EXPECTED]


def test_a_spreadsheet_with_types(tmp_path: Path) -> None:
    path = tmp_path / "export.xlsx"
    pl.DataFrame(
        {
            "Campaign ID": ["120214930552110177"],
            "Day": [date(2026, 11, 20)],
            "Impressions": [12_345],
            "Reach": [9_000],
            "Clicks (all)": [210],
            "Link clicks": [160],
            "Amount spent (UAH)": [1264.35],
            "Purchases": [3],
            "Purchases conversion value": [4200.5],
        }
    ).write_excel(path)
    assert read_export(path).rows == [EXPECTED]


def test_an_id_that_a_spreadsheet_rounded_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "export.xlsx"
    pl.DataFrame(
        {"Campaign ID": [1.2021493055211e17], "Day": ["2026-11-20"], "Impressions": [5]}
    ).write_excel(path)
    (left,) = read_export(path).left
    assert "lost digits" in left.reason


def test_hours_have_no_actions(tmp_path: Path) -> None:
    header = f"{ENGLISH},Time of day (ad account time zone)"
    export = read_export(written(tmp_path, header, f"{english()},13:00:00 - 13:59:59"))
    assert export.rows[0]["hour"] == 13
    assert "conversions" not in export.rows[0]


@pytest.mark.parametrize(
    ("header", "level"),
    [("Ad set ID", Level.ADSET), ("Ad ID", Level.AD), ("Campaign ID", Level.CAMPAIGN)],
)
def test_the_deepest_id_is_the_level(tmp_path: Path, header: str, level: Level) -> None:
    path = written(tmp_path, f"Campaign name,{header},Day,Impressions", "A,120,2026-11-20,5")
    export = read_export(path)
    assert export.level is level
    assert export.rows[0]["object_id"] == "120"


def test_names_stand_for_ids_where_they_are_clear(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "Campaign name,Day,Impressions",
        "Sale,2026-11-20,5",
        "Twice,2026-11-20,5",
        "Nobody,2026-11-20,5",
    )
    assert needs_names(path)
    names = {(Level.CAMPAIGN, "Sale"): ["7"], (Level.CAMPAIGN, "Twice"): ["8", "9"]}
    export = read_export(path, names)
    assert [row["object_id"] for row in export.rows] == ["7"]
    assert [one.line for one in export.left] == [3, 4]
    assert "2 objects are called 'Twice'" in export.left[0].reason


def test_lines_of_sums_and_empty_lines_are_left_out(tmp_path: Path) -> None:
    sums = ",,,,,99999,,,,5000,,,"
    export = read_export(written(tmp_path, ENGLISH, sums, english(), ",,,"))
    assert len(export.rows) == 1
    assert export.totals == 1


def test_a_line_that_cant_be_read_is_left_and_told(tmp_path: Path) -> None:
    lines = (english(), english(spend="lots"), english(day="someday"), english(spend="-3"))
    export = read_export(written(tmp_path, ENGLISH, *lines))
    assert len(export.rows) == 1
    assert [(one.line, one.reason) for one in export.left] == [
        (3, "'lots' is no number"),
        (4, "'someday' is no day"),
        (5, "spend below zero"),
    ]


@pytest.mark.parametrize(
    ("lines", "part"),
    [
        (("Horse,Day", "a,b"), "no export of Ads Manager"),
        (("Campaign name,Impressions", "a,5"), "which day"),
        (("Campaign ID,Day", "1,2026-11-20"), "no numbers"),
        (("",), "is empty"),
        (
            (
                "Campaign ID,Reporting starts,Reporting ends,Impressions",
                "1,2026-11-01,2026-11-20,5",
            ),
            "more than one day",
        ),
        (
            ("Campaign ID,Day,Amount spent (UAH),Cost (USD)", "1,2026-11-20,5,6"),
            "",
        ),
    ],
)
def test_what_is_no_export_is_refused_with_what_to_do(
    tmp_path: Path, lines: Sequence[str], part: str
) -> None:
    path = written(tmp_path, *lines)
    if not part:
        # The second column of money is not ours: the first one counts.
        assert read_export(path).rows[0]["spend"] == 5.0
        return
    with pytest.raises(UserError, match=part):
        read_export(path)


@pytest.mark.parametrize("content", [b"\xd0\xcf\x11\xe0old", b"PK\x03\x04broken", b"\x00\x01\x02"])
def test_files_of_other_kinds_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "export.xlsx"
    path.write_bytes(content)
    with pytest.raises(UserError):
        read_export(path)


def test_a_month_before_the_day_is_told_from_a_day_before_the_month(tmp_path: Path) -> None:
    header = "Campaign ID,Day,Impressions"
    american = read_export(written(tmp_path, header, "1,11/03/2026,5"))
    british = read_export(written(tmp_path, header, "1,03/11/2026,5", "1,23/11/2026,5"))
    assert american.rows[0]["date"] == british.rows[0]["date"] == "2026-11-03"
