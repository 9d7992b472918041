"""Contracts of the tables that people keep by hand in `seeds/reference`: one CSV file each, one row a rule.

They are checked when they are read, so that a slip of the pen is found before a run starts, and never ends up in the warehouse.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandera.polars as pa
import polars as pl  # noqa: TC002  # pandera reads the annotations

from schemas import fields
from schemas.table import Columns, Contract, RowRule

_NAME = r"^[a-z0-9]+(_[a-z0-9]+)*$"


def _pattern(description: str, *, nullable: bool = False) -> Any:
    return pa.Field(description=f"Regular expression (Rust syntax): {description}", str_length={"min_value": 1}, nullable=nullable)


def _word(description: str, *, nullable: bool = False) -> Any:
    return pa.Field(description=description, str_length={"min_value": 1}, nullable=nullable)


class RuleColumns(Columns):
    """What every hand-kept table has: a name for the rule, which shows up in results, and the reason for it."""

    rule: pl.String = pa.Field(description="Name of the rule, snake_case", str_matches=_NAME)
    why: pl.String = _word("Why there is this rule, and what kind of page it describes")

    class Config:  # ty: ignore[incompatible-attribute-override]
        """People may order columns as they like."""

        strict = True
        ordered = False


class AgencyColumns(RuleColumns):
    """One row a name under which documents mention a body of government."""

    alias: pl.String = _word("The name as written, without the place")
    level: pl.String = fields.one_of(
        (*fields.LEVELS, "local"), "Level of government at which the name means this body; local: any below the country"
    )
    name: pl.String = _word("Full official name, without the place")


class ComparatorColumns(RuleColumns):
    """One row a word that says how a number binds."""

    written: pl.String = _word("The word as written")
    position: pl.String = fields.one_of(("before", "after", "around"), "Where it stands, seen from the number (around: 比…大)")
    comparator: pl.String = fields.one_of(fields.COMPARATORS, "What it means")


class StopWordColumns(RuleColumns):
    """One row a word that says nothing of what a heading is about."""

    word: pl.String = _word("The word, as a dictionary of Chinese cuts it, lower case")


class DocumentKindColumns(RuleColumns):
    """One row a kind of document."""

    kind: pl.String = _word("The kind, as in documents.kind")
    ending: pl.String = _word("The word that titles of this kind end in")
    group: pl.String = fields.one_of(
        ("carrier", "order", "plan", "text"), "What such a document does: carries another one, orders, plans, other"
    )


class DocumentLabelColumns(RuleColumns):
    """One row a label before a fact about a document."""

    label: pl.String = _word("The label as written, without brackets and colon")
    field: pl.String = fields.one_of(
        (
            "document_number", "effective_on", "ends_value", "host", "issued_on", "issuer", "issuer_hint", "published_on", "publisher",
            "title",
        ),
        "The fact that follows it",
    )  # fmt: skip
    rank: pl.Int64 = pa.Field(description="Whom to believe where labels disagree, 1 first", ge=1)


class DriftBoundColumns(RuleColumns):
    """One row a bound on how far a number of a run may lie from those of past runs; of several that fit, the most particular one holds."""

    metric: pl.String = fields.one_of(fields.METRICS, "What is measured")
    table_name: pl.String = pa.Field(description="The table, with its schema; * for any", str_matches=r"^(\*|[a-z]+\.[a-z_]+)$")
    subject: pl.String = _word("The column or role; * for any")
    tolerance: pl.Float64 = pa.Field(description="Change that is none: a share of the number for rows, else a difference of shares", ge=0.0)
    severity: pl.String = fields.one_of(fields.SEVERITIES, "An error stops publication, a warning does not")


class HostRuleColumns(RuleColumns):
    """One row a place in the page where its host names itself."""

    where: pl.String = fields.one_of(("anywhere", "first"), "In which of the page's lines outside the document")
    pattern: pl.String = _pattern("the line; the first group is the host")
    rank: pl.Int64 = pa.Field(description="Whom to believe where lines disagree, 1 first", ge=1)


class LineRuleColumns(RuleColumns):
    """One row a pattern that tells what a line is in the page."""

    role: pl.String = fields.one_of(fields.OTHER_ROLES + fields.CONTENT_ROLES, "What such a line is")
    where: pl.String = fields.one_of(("anywhere", "edge", "head", "label", "tail"), "Where in the page the rule holds")
    max_chars: pl.Int64 = pa.Field(description="Length in characters beyond which the rule does not hold", ge=1)
    pattern: pl.String = _pattern("what such a line looks like, in clean text")


class LostPatternColumns(RuleColumns):
    """One row a place where a character was lost or replaced."""

    before: pl.String = _pattern("what stands before it", nullable=True)
    original: pl.String = _pattern("the damaged text")
    after: pl.String = _pattern("what stands after it", nullable=True)
    replacement: pl.String = pa.Field(description="The repaired text; empty where none can be told", nullable=True)
    confidence: pl.Float64 = fields.share("How sure the repair is")


class MeasureRuleColumns(RuleColumns):
    """One row a pattern that tells what is no measure, or what is a plan."""

    applies_to: pl.String = fields.one_of(("document", "heading", "paragraph", "unit"), "What the pattern is tried on")
    pattern: pl.String = _pattern("what such a text looks like")
    effect: pl.String = fields.one_of(("closing", "declared", "no_measure", "no_plan", "plan"), "What it means")


class NumberingColumns(RuleColumns):
    """One row a way to number headings and paragraphs."""

    pattern: pl.String = _pattern("the number at the beginning of a line; first group the marker, second the number")
    style: pl.String = pa.Field(description="Name of the style; numbers of one style count on from each other", str_matches=_NAME)
    rank: pl.Int64 = pa.Field(description="Order of styles from the outermost, 1", ge=0)
    use: pl.String = fields.one_of(("article", "box", "division", "heading", "nested", "spoken", "unit"), "What is numbered so")


class RegionAliasColumns(RuleColumns):
    """One row a name of a place that its official name does not give."""

    alias: pl.String = _word("The name as written")
    region_code: pl.String = fields.region_code()
    use: pl.String = fields.one_of(("name", "not_in_text", "number_prefix"), "Where the name means the place")


class RegionLevelWordColumns(RuleColumns):
    """One row a way of speaking that tells the level of the government that speaks."""

    level: pl.String = fields.one_of((*fields.LEVELS, "region_or_district"), "The level it tells")
    used_in: pl.String = fields.one_of(("recipients", "text"), "Where it is said")
    pattern: pl.String = _pattern("the words")
    weight: pl.Int64 = pa.Field(description="How much it tells", ge=1)


class HandKeptRegionColumns(Columns):
    """One row an administrative division of GB/T 2260, down to county."""

    region_code: pl.String = fields.region_code(nullable=False)
    name: pl.String = _word("Full official name")
    level: pl.String = fields.one_of(fields.LEVELS, "Level of the division")
    parent_code: pl.String = fields.region_code()


class SpamTermColumns(RuleColumns):
    """One row a kind of word that advertisers inject into pages."""

    pattern: pl.String = _pattern("the words")
    weight: pl.Int64 = pa.Field(description="How surely it is spam: 1 weak to 4 certain", ge=1, le=4)
    topic: pl.String = pa.Field(description="What is advertised", str_matches=_NAME)


class TargetRuleColumns(RuleColumns):
    """One row a pattern that tells targets from other numbers."""

    use: pl.String = pa.Field(description="What the pattern is used for", str_matches=_NAME)
    pattern: pl.String = _pattern("the words")


class UnitColumns(RuleColumns):
    """One row a unit."""

    written: pl.String = _word("The unit as written")
    unit: pl.String = _word("The unit as the warehouse names it; empty where it is none", nullable=True)
    kind: pl.String = pa.Field(description="What it measures", str_matches=_NAME)


@dataclass(frozen=True)
class ReferenceTable:
    """A hand-kept table: its contract, and which of its columns hold regular expressions."""

    contract: Contract
    patterns: tuple[str, ...] = field(default=())


def _rules(name: str, columns: type[Columns], *patterns: str, row_rules: tuple[RowRule, ...] = ()) -> ReferenceTable:
    return ReferenceTable(Contract(f"reference.{name}", columns, ("rule",), row_rules=row_rules, may_be_empty=False), patterns)


REFERENCE_TABLES = {
    table.contract.table: table
    for table in (
        _rules("agencies", AgencyColumns),
        _rules("comparators", ComparatorColumns),
        _rules("document_kinds", DocumentKindColumns),
        _rules("document_labels", DocumentLabelColumns),
        _rules("drift_bounds", DriftBoundColumns),
        _rules("host_rules", HostRuleColumns, "pattern"),
        _rules("line_rules", LineRuleColumns, "pattern"),
        _rules("lost_patterns", LostPatternColumns, "before", "original", "after"),
        _rules("measure_rules", MeasureRuleColumns, "pattern"),
        _rules("numbering", NumberingColumns, "pattern"),
        _rules("region_aliases", RegionAliasColumns),
        _rules("region_level_words", RegionLevelWordColumns, "pattern"),
        ReferenceTable(Contract("reference.regions", HandKeptRegionColumns, ("region_code",), may_be_empty=False)),
        _rules("spam_terms", SpamTermColumns, "pattern"),
        _rules("stop_words", StopWordColumns),
        _rules("target_rules", TargetRuleColumns, "pattern"),
        _rules("units", UnitColumns),
    )
}
