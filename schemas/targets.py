"""Contract of the numbers that plans undertake to reach: targets."""

from __future__ import annotations

import pandera.polars as pa
import polars as pl  # noqa: TC002  # pandera reads the annotations

from schemas import fields
from schemas.folding import lacks
from schemas.table import Columns, Contract, ForeignKey, RowRule, TableRule

# The first digit of a number, as words begin with it.
_FIRST_WORDS = "['[零〇]', '[一十百千万亿]', '[二两]', '三', '四', '[五半]', '六', '七', '八', '九']"


# 1/3 and 三分之二 (百分之… is as it says); 7万5千 and 3亿零500万, of which each number is told but the sum is not.
_FRACTION = "(^|[^百千万])分之|[0-9] */ *[0-9]"
_SCALED_TWICE = "[0-9] *[十百千万亿]+ *[0-9零〇一二两三四五六七八九]"


def _is_said(value: str) -> str:
    """Return SQL that says whether a value is one of `numbers`, but for a power of ten, or may be in words; NULL where there is none.

    Fractions are taken on trust; a sum (7万5千) begins with one of the numbers.
    """
    shift = f"log10(abs({value} / n))"
    is_same = f"CASE WHEN {value} = 0 OR n = 0 THEN {value} = n ELSE abs({shift} - round({shift})) < 1e-9 END"
    in_words = f"regexp_matches(quote, {_FIRST_WORDS}[left(printf('%e', abs({value})), 1)::INTEGER + 1])"
    begins = f"{value} <> 0 AND n <> 0 AND floor(abs({value}) / pow(10, floor(log10(abs({value}))) - floor(log10(n))) + 1e-9) = floor(n)"
    is_sum = f"regexp_matches(quote, '{_SCALED_TWICE}') AND list_bool_or(list_transform(numbers, lambda n: {begins}))"
    told = f"list_bool_or(list_transform(numbers, lambda n: {is_same})) OR {in_words}"
    return f"CASE WHEN {value} IS NOT NULL THEN {told} OR regexp_matches(quote, '{_FRACTION}') OR ({is_sum}) END"


class TargetColumns(Columns):
    """One row a target (量化指标): a number that a plan undertakes to reach or do."""

    target_id: pl.String = fields.child_id("t", "target", unique=True)
    document_id: pl.String = fields.document_id()
    paragraph_id: pl.String = fields.child_id("p", "paragraph that states it")
    measure_id: pl.String = fields.child_id("m", "measure that states it", nullable=True)
    line_no: pl.Int32 = fields.line_no("The line where the quote starts")
    quote: pl.String = fields.text("The phrase that holds indicator, comparator, number and unit; literal clean text")
    indicator: pl.String = fields.text("What is counted, as in the text, without verb and number", nullable=True)
    comparator: pl.String = fields.one_of(fields.COMPARATORS, "How the number binds")
    value_low: pl.Float64 = pa.Field(description="The number, 万 and 亿 multiplied out (800亿元 = 8e10, 元); of a range the lower end")
    value_high: pl.Float64 = pa.Field(description="The upper end of a range, else NULL", nullable=True)
    unit: pl.String = fields.text("Unit as written, without 万 and 亿; NULL where the page names none", nullable=True)
    basis: pl.String = fields.one_of(fields.BASES, "What the number measures")
    target_year: pl.Int32 = pa.Field(description="Year by which it is to be reached", nullable=True, ge=1949, le=2100)


TARGETS = Contract(
    name="main.targets",
    columns=TargetColumns,
    primary_key=("target_id",),
    foreign_keys=(
        ForeignKey(("document_id",), "main.documents", ("document_id",)),
        ForeignKey(("paragraph_id",), "main.paragraphs", ("paragraph_id",)),
        ForeignKey(("measure_id",), "main.measures", ("measure_id",)),
    ),
    row_rules=(
        RowRule("range_has_two_ends", "(comparator = 'range') = (value_high IS NOT NULL)", "A range, and only a range, has an upper end"),
        RowRule("range_goes_up", "value_low <= value_high", "The lower end of a range is not above the upper"),
        RowRule("paragraph_is_of_the_document", "STARTS_WITH(paragraph_id, document_id)", "A target's paragraph is part of its document"),
        RowRule("id_names_the_document", "STARTS_WITH(target_id, document_id)", "A target's id begins with its document's"),
        RowRule(
            "value_is_finite",
            "value_low BETWEEN -1e18 AND 1e18 AND COALESCE(value_high, 0) BETWEEN -1e18 AND 1e18",
            "No plan of any state undertakes more than 1e18 of anything",
        ),
        RowRule("per_cent_is_a_share", "unit <> '%' OR basis IN ('share', 'growth_rate')", "What is told in per cent is a share or growth"),
        RowRule(
            "quote_holds_the_unit",
            "unit IS NULL OR SPLIT_PART(quote, unit, 1) <> quote OR (unit = '%' AND SPLIT_PART(quote, '百分之', 1) <> quote)"
            " OR (unit = '‰' AND SPLIT_PART(quote, '千分之', 1) <> quote)",
            "A target's quote holds its unit (a share may be written as 百分之… or 千分之…)",
            severity="warning",
        ),
    ),
    table_rules=(
        TableRule(
            "quote_says_the_values",
            f"""
            SELECT target_id, quote, value_low, value_high
            FROM (
                SELECT *, list_transform(
                    regexp_extract_all(regexp_replace(quote, '[,，]', '', 'g'), '[0-9]+(?:[.][0-9]+)?'), lambda n: n::DOUBLE
                ) AS numbers
                FROM main.targets
            )
            WHERE len(numbers) > 0 AND NOT ({_is_said("value_low")} AND coalesce({_is_said("value_high")}, TRUE))
            """,
            "Each value of a target is a number of its quote, but for the power of ten of 万 or 亿 (in words and sums: its first digits)",
            is_of_one_source=True,
        ),
        TableRule(
            "year_is_told_where_the_plan_has_one",
            """
            SELECT t.target_id, t.target_year, d.plan_year
            FROM main.targets AS t
            JOIN main.documents AS d USING (document_id)
            WHERE t.target_year IS NULL AND d.plan_year IS NOT NULL
            """,
            "A target of a plan has a year, the plan's if no other",
            is_of_one_source=True,
        ),
        TableRule(
            "unit_is_of_the_quote",
            """
            SELECT target_id, quote, unit
            FROM main.targets
            WHERE unit NOT IN ('%', '‰', '‱') AND length(translate(lower(unit), lower(quote), '')) = length(unit)
                AND NOT (unit = '元' AND contains(quote, '人民币'))
            """,
            "A unit has a character of the quote at least (平方公尺 becomes 平方米, 500万人民币 元); shares are written in many ways",
            is_of_one_source=True,
        ),
        TableRule(
            "quote_stands_in_its_paragraph",
            """
            SELECT t.target_id, t.quote
            FROM main.targets AS t
            JOIN main.paragraphs AS p USING (paragraph_id)
            WHERE NOT contains(p.text, t.quote)
            """,
            "A target's quote stands in its paragraph",
            is_of_one_source=True,
        ),
        TableRule(
            "target_lies_in_its_paragraph",
            """
            SELECT t.target_id, t.line_no, t.measure_id
            FROM main.targets AS t
            JOIN main.paragraphs AS p USING (paragraph_id)
            WHERE t.line_no NOT BETWEEN p.first_line AND p.last_line OR t.measure_id IS DISTINCT FROM p.measure_id
            """,
            "A target's line and measure are those of its paragraph",
            is_of_one_source=True,
        ),
        TableRule(
            "indicator_is_made_of_its_paragraph",
            """
            SELECT t.target_id, t.indicator
            FROM main.targets AS t
            JOIN main.paragraphs AS p USING (paragraph_id)
            WHERE NOT contains(p.text, t.indicator) AND translate(lineage.folded(t.indicator), p.text, '') <> ''
            """,
            "Each character of a target's indicator stands in its paragraph",
            is_of_one_source=True,
        ),
        TableRule(
            "indicator_stands_in_its_paragraph",
            f"""
            SELECT t.target_id, t.indicator
            FROM main.targets AS t
            JOIN main.paragraphs AS p USING (paragraph_id)
            WHERE {lacks("p.text", "t.indicator")}
            """,
            "A target's indicator stands in its paragraph",
            severity="warning",
            is_of_one_source=True,
        ),
    ),
)
