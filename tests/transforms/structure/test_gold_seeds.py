"""The seed pages' gold answers: with true roles, structure is read without a mistake."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.transforms.structure.pages import SEEDS, read_seed, reference
from transforms.agencies import extract_measure_agencies
from transforms.structure import extract_citations, extract_outline

if TYPE_CHECKING:
    from pathlib import Path


def _fold(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


@pytest.mark.parametrize("gold_path", SEEDS, ids=lambda path: path.name[:3])
def test_seed_structure_is_the_gold_one(gold_path: Path) -> None:
    gold, documents, built = read_seed(gold_path)
    rules = reference("numbering"), reference("measure_rules")
    sections, measures, with_measure = extract_outline(documents, built.paragraphs, *rules)
    found = [(row["first_line"], row["level"], _fold(row["title"])) for row in sections.iter_rows(named=True)]
    assert found == [(row["line"], row["level"], _fold(row["title"])) for row in gold["sections"]]

    assert measures.select("first_line", "last_line", "number").rows() == [
        (row["first_line"], row["last_line"], row["number"]) for row in gold["measures"]
    ]
    titles = [title and _fold(title) for title in measures["title"]]
    assert titles == [row["title"] and _fold(row["title"]) for row in gold["measures"]]

    agencies = extract_measure_agencies(documents, measures, with_measure, reference("agencies"), reference("regions"))
    named = agencies.join(measures.select("measure_id", "first_line"), on="measure_id")
    wanted = [(row["first_line"], _fold(body["name"]), body["role"]) for row in gold["measures"] for body in row["agencies"]]
    assert [(row["first_line"], _fold(row["name"]), row["role"]) for row in named.iter_rows(named=True)] == wanted


@pytest.mark.parametrize("gold_path", SEEDS, ids=lambda path: path.name[:3])
def test_seed_citations_are_the_gold_ones(gold_path: Path) -> None:
    gold, documents, built = read_seed(gold_path)
    doubtful = {number for number, role in enumerate(gold["roles"], start=1) if "|" in role}
    found = extract_citations(documents, built.paragraphs, built.paragraph_lines)
    sure = Counter((line, _fold(title)) for line, title in found.select("line_no", "title").rows() if line not in doubtful)
    assert sure == Counter((row["line"], _fold(row["title"])) for row in gold["citations"] if row["line"] not in doubtful)
