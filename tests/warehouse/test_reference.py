"""Hand-kept tables are checked when they are read; a slip is said with file, row and remedy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from schemas.errors import ReferenceTableError
from schemas.reference import REFERENCE_TABLES
from warehouse.reference import read_reference

FOLDER = Path(__file__).parents[2] / "seeds" / "reference"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "reference"))


def test_every_table_has_a_contract_and_keeps_it() -> None:
    assert {path.stem for path in FOLDER.glob("*.csv")} == set(REFERENCE_TABLES)
    tables = read_reference()
    for name, table in REFERENCE_TABLES.items():
        assert tables[name].schema == table.contract.dtypes
        assert tables[name].height
    assert len(tables) == len(REFERENCE_TABLES)


def test_codes_stay_text() -> None:
    assert read_reference()["regions"]["region_code"][0] == "100000"


UNITS = "rule,written,unit,kind,why\n"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "units",
            UNITS + "a,个,个,count,x\nb,,个,count,x\n",
            r"units.csv, row 2 \(b\): written is None, but written is never NULL: correct it",
        ),
        ("units", UNITS + "a,个,个,count,x\na,家,家,count,x\n", r"units.csv, row 1 and 2 \(a\): rule is 'a', but No two rows"),
        ("units", UNITS + "A b,个,个,count,x\n", "row 1 .*: rule is 'A b', but rule matches"),
        ("units", "rule,written,unit,kind\na,个,个,count\n", "column why is missing or unknown: the columns are"),
        ("units", UNITS + "a,个,个,count,this, that\n", r"units.csv, row 1 \(a\): 6 fields for 5 columns"),
        ("units", UNITS, "no row"),
        ("units", "", "no CSV file"),
        (
            "document_labels",
            "rule,label,field,rank,why\na,文号,document_number,first,x\n",
            "row 1: rank is 'first', which is not of type Int64",
        ),
        ("document_labels", "rule,label,field,rank,why\na,文号,nonsense,1,x\n", "field is 'nonsense', but field is one of"),
        ("spam_terms", "rule,pattern,weight,topic,why\na,(bet,4,gambling,x\n", "row 1: pattern is no regular expression"),
        ("spam_terms", "rule,pattern,weight,topic,why\na,(?=bet),4,gambling,x\n", "row 1: pattern is no regular expression"),
        ("line_rules", "rule,role,where,max_chars,pattern,why\na,footer,tail,9,x,x\n", "role is 'footer', but role is one of"),
    ],
)
def test_slips_are_named(folder: Path, name: str, text: str, message: str) -> None:
    (folder / f"{name}.csv").write_text(text, "utf-8")
    with pytest.raises(ReferenceTableError, match=message) as slip:
        read_reference(folder)
    assert "\n" not in str(slip.value)


def test_bytes_that_are_no_utf8(folder: Path) -> None:
    (folder / "units.csv").write_bytes((UNITS + "a,个,个,count,x\n").encode("gb18030"))
    with pytest.raises(ReferenceTableError, match=r"units\.csv: this is no CSV file in UTF-8"):
        read_reference(folder)


def test_missing_table(folder: Path) -> None:
    (folder / "units.csv").unlink()
    with pytest.raises(ReferenceTableError, match=r"units\.csv is missing"):
        read_reference(folder)


def test_new_table_can_be_tried_out(folder: Path) -> None:
    (folder / "new_rules.csv").write_text("rule,weight\na,1\n")
    assert read_reference(folder)["new_rules"].rows() == [("a", 1)]
