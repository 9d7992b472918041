"""The tour for analysts: each of its queries gives the answer shown, and is short."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from flows.docs import DOCS
from flows.terminal import draw_table
from warehouse.query import read_texts, run_query

if TYPE_CHECKING:
    from flows.build import RunSummary

QUESTION = re.compile(r"^### (?P<question>.+?)\n.*?```sql\n(?P<sql>.*?)```\n\n```text\n(?P<answer>.*?)```", re.DOTALL | re.MULTILINE)
QUESTIONS = [match.groupdict() for match in QUESTION.finditer((DOCS / "analysts.md").read_text(encoding="utf-8"))]


def test_there_are_twelve_questions() -> None:
    assert len(QUESTIONS) == 12


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked["question"])
def test_the_query_gives_the_answer_shown(asked: dict[str, str], seeds_run: RunSummary) -> None:
    assert len(asked["sql"].splitlines()) <= 10
    with run_query(seeds_run.folder.warehouse, asked["sql"]) as reader:
        n_more, names, rows = read_texts(reader, 100)
    assert n_more == 0
    assert draw_table(names, rows) + "\n" == asked["answer"]
