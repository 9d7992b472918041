"""For every check of every contract, a corruption of the sound rows that this check must find: by kind, and by name for the rules."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from tests.warehouse.sound_rows import CONTRACTS, PASSAGES, A, B, C

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.checks import Check
    from schemas.table import ForeignKey

Frames = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Edit:
    """New values in one row of a table (`row` None: the row is taken away)."""

    table: str
    row: int
    values: dict[str, Any] | None


# One edit a rule; the table is the rule's own unless the edit says otherwise.
RULES: dict[tuple[str, str], Edit | tuple[int, dict[str, Any] | None]] = {
    ("lineage.sources", "n_lines_counts_the_ledger"): (0, {"n_lines": 9}),
    ("lineage.sources", "ledger_rebuilds_the_file"): Edit("lineage.lines", 0, {"raw_text": "首页 > 政策法规"}),
    ("lineage.sources", "empty_source_has_no_bytes"): (2, {"n_bytes": 3}),
    ("lineage.lines", "raw_text_has_one_line"): (0, {"raw_text": "首页 >\n政策法规"}),
    ("lineage.lines", "content_feeds_a_paragraph"): (0, {"paragraph_id": f"{A}-p0001"}),
    ("lineage.lines", "blank_lines_join_nothing"): (2, {"joins_previous": True}),
    ("lineage.lines", "paragraph_is_of_the_document"): (11, {"paragraph_id": f"{A}-p0001"}),
    ("lineage.lines", "lines_without_gaps"): (10, {"line_no": 12}),
    ("lineage.lines", "blank_means_blank"): (2, {"raw_text": "\u3000\ufeff。"}),
    ("lineage.lines", "line_belongs_to_its_source_document"): (0, {"document_id": B}),
    ("lineage.lines", "first_line_joins_nothing"): (6, {"joins_previous": False}),
    ("lineage.lines", "rule_gives_one_role"): (0, {"rule": "rule_of_blank"}),
    ("lineage.lines", "duplicate_lines_are_explained"): Edit("lineage.duplicates", 0, {"kind": "exact_document"}),
    ("lineage.repairs", "repair_changes_something"): (0, {"replacement": "bet365"}),
    ("lineage.repairs", "mark_and_space_are_replaced"): (1, {"kind": "stray_space"}),
    ("lineage.repairs", "ids_count_within_the_source"): (0, {"repair_id": f"{A}-r0002"}),
    ("lineage.repairs", "original_stands_at_its_place"): (0, {"start_char": 3}),
    ("lineage.repairs", "replacement_stands_in_the_paragraph"): (0, {"replacement": "财政"}),
    ("lineage.repairs", "original_stands_in_the_line"): (0, {"original": "bet366"}),
    ("lineage.repairs", "undecodable_bytes_are_hex"): (1, {"original": "f"}),
    ("lineage.duplicates", "repeat_runs_forward"): (1, {"first_line": 2}),
    ("lineage.duplicates", "repeated_runs_forward"): (1, {"duplicate_of_first_line": 3}),
    ("lineage.duplicates", "first_copy_stays"): (0, {"duplicate_of_last_line": 10}),
    ("lineage.duplicates", "exact_means_alike"): (0, {"similarity": 0.5}),
    ("lineage.duplicates", "ids_count_within_the_source"): (0, {"duplicate_id": f"{A}-d0002"}),
    ("lineage.duplicates", "exact_source_has_the_same_bytes"): (1, {"kind": "exact_source"}),
    ("lineage.duplicates", "repeat_has_the_same_ends"): (0, {"duplicate_of_first_line": 2}),
    ("lineage.duplicates", "folded_document_has_a_row"): (1, None),
    ("lineage.duplicates", "revision_stays_canonical"): (1, {"kind": "revision"}),
    ("main.regions", "only_the_country_has_no_parent"): (2, {"parent_code": None}),
    ("main.regions", "short_name_starts_the_name"): (2, {"short_name": "州市"}),
    ("main.regions", "level_fits_the_code"): (2, {"level": "province"}),
    ("main.regions", "parent_shares_the_province"): (2, {"parent_code": "100000"}),
    ("main.documents", "n_chars_counts_the_text"): (0, {"n_chars": 3}),
    ("main.documents", "canonical_stands_for_itself"): (1, {"is_canonical": True}),
    ("main.documents", "region_has_name_and_code"): (1, {"region_name": "浙江省"}),
    ("main.documents", "region_has_level_and_code"): (1, {"region_level": "province"}),
    ("main.documents", "in_force_after_issue"): (0, {"effective_on": dt.date(2020, 1, 1)}),
    ("main.documents", "shown_after_issue"): (0, {"published_on": dt.date(2020, 1, 1)}),
    ("main.documents", "document_number_has_brackets"): (0, {"document_number": "浙科发2021-6"}),
    ("main.documents", "text_is_its_paragraphs"): Edit("main.paragraphs", 1, {"text": "一、总体要术"}),
    ("main.documents", "region_is_as_in_regions"): (0, {"region_name": "浙江"}),
    ("main.documents", "title_stands_in_the_source"): (0, {"title": "浙江省科技厅2022年工作要点"}),
    ("main.documents", "plan_title_stands_in_the_source"): (0, {"plan_title": "2022年工作要点"}),
    ("main.documents", "publisher_stands_in_the_source"): (0, {"publisher": "杭州政务网"}),
    ("main.documents", "plan_year_stands_in_the_source"): (0, {"plan_year": 2022}),
    ("main.documents", "document_number_stands_in_the_source"): (0, {"document_number": "浙科发〔2021〕7号"}),
    ("main.documents", "days_stand_in_the_source"): (0, {"effective_on": dt.date(2021, 4, 2)}),
    ("main.documents", "title_comes_first"): (0, {"title": None}),
    ("main.documents", "issuer_is_made_of_the_source"): (0, {"issuer": "浙江省教育厅"}),
    ("main.documents", "plan_year_is_of_the_title"): (0, {"plan_year": 2022}),
    ("main.documents", "kind_is_of_the_title"): (0, {"kind": "通知"}),
    ("main.paragraphs", "section_is_the_one_around_it"): (2, {"section_id": f"{A}-s0001"}),
    ("main.paragraphs", "paragraph_runs_forward"): (3, {"last_line": 5}),
    ("main.paragraphs", "id_names_the_document"): (6, {"paragraph_id": f"{A}-p0009"}),
    ("main.paragraphs", "section_is_of_the_document"): (6, {"section_id": f"{A}-s0001"}),
    ("main.paragraphs", "measure_is_of_the_document"): (6, {"measure_id": f"{A}-m0001"}),
    ("main.paragraphs", "text_has_one_line"): (6, {"text": "关于公布名单\n的通知\ufffd"}),
    ("main.paragraphs", "ordinals_without_gaps"): (5, {"ordinal": 7}),
    ("main.paragraphs", "paragraphs_follow_the_lines"): (4, {"first_line": 7}),
    ("main.paragraphs", "lines_span_the_paragraph"): (3, {"last_line": 6}),
    ("main.paragraphs", "role_is_that_of_its_first_line"): (1, {"role": "body"}),
    ("main.paragraphs", "text_stands_in_the_ledger"): (1, {"text": "一、总体要术"}),
    ("main.sections", "section_runs_forward"): (2, {"last_line": 7}),
    ("main.sections", "id_names_the_document"): (2, {"section_id": f"{B}-s0003"}),
    ("main.sections", "parent_is_of_the_document"): (1, {"parent_section_id": f"{B}-s0001"}),
    ("main.sections", "outermost_has_no_parent"): (1, {"parent_section_id": None}),
    ("main.sections", "marked_sections_have_a_number"): (2, {"number": None}),
    ("main.sections", "ordinals_without_gaps"): (2, {"ordinal": 4}),
    ("main.sections", "lines_are_of_the_document"): (2, {"last_line": 12}),
    ("main.sections", "ordinals_follow_the_lines"): (0, {"ordinal": 4}),
    ("main.sections", "heading_is_marker_and_title"): (2, {"title": "其它工作"}),
    ("main.sections", "marker_says_the_number"): (2, {"number": 3}),
    ("main.sections", "section_ends_with_its_text"): (2, {"last_line": 10}),
    ("main.sections", "child_lies_in_its_parent"): (1, {"last_line": 8}),
    ("main.sections", "numbers_go_up_by_one"): (2, {"number": 4}),
    ("main.measures", "measure_runs_forward"): (1, {"last_line": 8}),
    ("main.measures", "id_names_the_document"): (1, {"measure_id": f"{B}-m0002"}),
    ("main.measures", "section_is_of_the_document"): (1, {"section_id": f"{B}-s0003"}),
    ("main.measures", "ordinals_without_gaps"): (1, {"ordinal": 3}),
    ("main.measures", "lines_are_of_the_document"): (1, {"last_line": 12}),
    ("main.measures", "ordinals_follow_the_lines"): (0, {"ordinal": 3}),
    ("main.measures", "text_says_the_number"): (0, {"number": None}),
    ("main.measures", "section_and_title_are_its_first_paragraphs"): (1, {"section_id": f"{A}-s0001"}),
    ("main.measures", "title_stands_in_its_paragraphs"): (0, {"title": "建立平台"}),
    ("main.measures", "measure_lies_in_its_section"): (1, {"section_id": f"{A}-s0002"}),
    ("main.measures", "text_is_its_paragraphs"): Edit("main.paragraphs", 5, {"measure_id": None}),
    ("main.agencies", "id_is_region_and_name"): (0, {"name": "规划司"}),
    ("main.agencies", "resolved_agency_has_a_region"): (0, {"region_code": None}),
    ("main.agencies", "unresolved_name_is_as_written"): (1, {"name": "综合处"}),
    ("main.agencies", "agency_is_in_charge_of_something"): Edit("main.measure_agencies", 2, None),
    ("main.agencies", "aliases_are_the_names_written"): (0, {"aliases": ["规划处", "规划司"]}),
    ("main.agencies", "level_is_that_of_the_region"): (0, {"level": "city"}),
    ("main.measure_agencies", "ordinals_without_gaps"): (2, {"ordinal": 3}),
    ("main.measure_agencies", "name_stands_in_the_measure"): (2, {"name": "综合处"}),
    ("main.targets", "range_has_two_ends"): (0, {"comparator": "range"}),
    ("main.targets", "range_goes_up"): (1, {"value_high": 1.0}),
    ("main.targets", "paragraph_is_of_the_document"): (0, {"paragraph_id": f"{B}-p0001"}),
    ("main.targets", "id_names_the_document"): (0, {"target_id": f"{B}-t0001"}),
    ("main.targets", "value_is_finite"): (0, {"value_low": 1e19}),
    ("main.targets", "quote_holds_the_unit"): (0, {"unit": "家"}),
    ("main.targets", "quote_says_the_values"): (1, {"value_high": 6e8}),
    ("main.targets", "per_cent_is_a_share"): (0, {"unit": "%"}),
    ("main.targets", "year_is_told_where_the_plan_has_one"): (0, {"target_year": None}),
    ("main.targets", "unit_is_of_the_quote"): (0, {"unit": "家"}),
    ("main.targets", "indicator_is_made_of_its_paragraph"): (0, {"indicator": "基地"}),
    ("main.targets", "quote_stands_in_its_paragraph"): (0, {"quote": "新建平台11个以上"}),
    ("main.targets", "target_lies_in_its_paragraph"): (0, {"line_no": 8}),
    ("main.targets", "indicator_stands_in_its_paragraph"): (0, {"indicator": "基地"}),
    ("main.citations", "paragraph_is_of_the_document"): (0, {"paragraph_id": f"{B}-p0001"}),
    ("main.citations", "id_names_the_document"): (0, {"citation_id": f"{B}-c0001"}),
    ("main.citations", "ids_follow_the_lines"): (1, {"line_no": 1}),
    ("main.citations", "each_title_in_marks_is_a_citation"): (0, {"paragraph_id": f"{A}-p0006"}),
    ("main.citations", "cited_document_bears_the_title"): (0, {"cited_document_id": A}),
    ("main.citations", "title_stands_in_its_paragraph"): (0, {"title": "创新办法"}),
    ("main.reuse", "n_chars_counts_the_text"): (0, {"n_chars": 21}),
    ("main.reuse", "n_documents_counts_the_occurrences"): (0, {"n_documents": 3}),
    ("main.reuse", "text_stands_once"): (0, {"text": PASSAGES[1]}),
    ("main.reuse_occurrences", "passage_runs_forward"): (0, {"end_char": 0}),
    ("main.reuse_occurrences", "id_names_the_document"): (0, {"document_id": C}),
    ("main.reuse_occurrences", "text_stands_at_the_offsets"): (0, {"start_char": 1}),
    ("main.reuse_occurrences", "document_is_canonical"): Edit("main.documents", 2, {"is_canonical": False}),
    ("quality.runs", "run_ends_after_its_start"): (0, {"finished_at": dt.datetime(2025, 1, 1, tzinfo=dt.UTC)}),
    ("quality.runs", "failed_checks_were_run"): (0, {"n_failed": 11}),
    ("quality.runs", "id_is_the_start"): (1, {"started_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}),
    ("quality.runs", "counts_are_those_of_the_tables"): (1, {"n_documents": 2}),
    ("quality.runs", "checks_are_counted"): (1, {"n_checks": 4}),
    ("quality.checks", "engines_speak_of_the_same"): (0, {"severity": "warning"}),
    ("quality.checks", "frames_are_checked_by_both"): (2, {"engine": "pandera"}),
    ("quality.checks", "rows_are_those_of_the_table"): (0, {"n_rows": 12}),
    ("quality.checks", "column_is_of_the_table"): (0, {"column_name": "roles"}),
    ("quality.checks", "name_names_the_column"): (0, {"column_name": "rule"}),
    ("quality.checks", "detail_says_what"): (0, {"detail": "{}"}),
    ("quality.metrics", "subject_is_of_the_table"): (8, {"subject": "papers"}),
    ("quality.metrics", "numbers_of_a_table_agree"): (8, {"n_rows": 4}),
    ("quality.metrics", "shares_add_up"): (10, {"value": 0.91}),
    ("quality.checks", "passed_means_no_row_failed"): (0, {"n_failed": 1}),
    ("quality.checks", "both_engines_check_each_table"): (0, {"table_name": "main.regions"}),
    ("quality.metrics", "bounds_go_up"): (8, {"lower": 9e9}),
    ("quality.metrics", "bounds_come_from_past_runs"): (8, {"n_past_runs": 0}),
    ("quality.metrics", "bounds_come_together"): (8, {"upper": None}),
    ("quality.metrics", "shares_are_shares"): (2, {"value": 1.1}),
    ("quality.metrics", "rows_are_counted"): (8, {"value": 4.0}),
    ("quality.metrics", "rows_keep_to_past_runs"): (8, {"upper": 2.5}),
    ("quality.metrics", "rows_keep_to_past_runs_or_stop"): (9, {"lower": 15.0}),
    ("quality.metrics", "shares_of_lines_keep_to_past_runs"): (10, {"value": 0.2}),
    ("quality.metrics", "shares_of_lines_keep_to_past_runs_or_stop"): (11, {"value": 0.2}),
    ("quality.metrics", "fill_rates_keep_to_past_runs"): (12, {"value": 0.2}),
    ("quality.metrics", "fill_rates_keep_to_past_runs_or_stop"): (13, {"value": 0.2}),
    ("quality.metrics", "rows_per_document_keep_to_past_runs"): (14, {"value": 0.2}),
    ("quality.metrics", "rows_per_document_keep_to_past_runs_or_stop"): (15, {"value": 0.2}),
    ("quality.checks", "published_with_no_failed_error"): (2, {"severity": "error"}),
}
# A type that each type is turned into: near enough to slip through, wrong all the same.
WRONG_TYPES: dict[type, Callable[[pl.Series], pl.Series]] = {
    pl.String: lambda column: column.cast(pl.Binary),
    pl.Int32: lambda column: column.cast(pl.Int64),
    pl.Int64: lambda column: column.cast(pl.Int32),
    pl.Float64: lambda column: column.cast(pl.Float32),
    pl.Boolean: lambda column: column.cast(pl.Int8),
    pl.Date: lambda column: column.cast(pl.Datetime("us")),
    pl.Datetime: lambda column: column.dt.replace_time_zone(None),
    pl.List: lambda column: column.list.join(","),
}
ABSENT_KEYS = {
    "source_id": "absent.txt",
    "duplicate_of_source_id": "absent.txt",
    "document_id": "zzzzzzzzzzzz",
    "canonical_document_id": "zzzzzzzzzzzz",
    "cited_document_id": "zzzzzzzzzzzz",
    "region_code": "999999",
    "parent_code": "999999",
    "agency_id": "330000-无",
    "reuse_id": "zzzzzzzzzzzz",
    "run_id": "20990101T000000Z-zzzz",
    "paragraph_id": f"{A}-p9999",
    "section_id": f"{A}-s9999",
    "parent_section_id": f"{A}-s9999",
    "measure_id": f"{A}-m9999",
}


def corrupt(check: Check, frames: Frames) -> tuple[Frames, set[str]]:
    """Return frames that break a check, and the columns of the check's table that were touched."""
    frame = frames[check.table]
    if check.kind in ("row_rule", "table_rule"):
        return _follow_rule(check, frames)
    if check.kind == "foreign_key":
        return _cut_foreign_key(check.table, check.value, frames)
    if check.kind in ("columns", "type", "not_empty"):
        wrong, columns = _change_shape(check, frame)
        return frames | {check.table: wrong}, columns
    if check.kind == "unique":
        values = {name: frame[name][0] for name in check.value}
        return frames | {check.table: set_values(frame, 1, values)}, set(check.value)
    value: Any = {
        "not_null": lambda: None,
        "values": lambda: "nonsense",
        "pattern": lambda: "!\n!",
        "length": lambda: "",
        "minimum": lambda: _below(check.value),
        "maximum": lambda: _above(check.value),
    }[check.kind]()
    column = check.column or ""
    return frames | {check.table: set_values(frame, 0, {column: value})}, {column}


def _change_shape(check: Check, frame: pl.DataFrame) -> tuple[pl.DataFrame, set[str]]:
    if check.kind == "columns":
        return frame.with_columns(surplus=pl.lit(1)), set()
    if check.kind == "not_empty":
        return frame.clear(), set(frame.columns)
    column = frame[check.column or ""]
    return frame.with_columns(WRONG_TYPES[column.dtype.base_type()](column)), {column.name}


def set_values(frame: pl.DataFrame, row: int, values: dict[str, Any]) -> pl.DataFrame:
    """Return a frame with other values in one row."""
    is_meant = pl.int_range(pl.len()) == row
    return frame.with_columns(
        pl.when(is_meant).then(pl.lit(value, dtype=frame.schema[name])).otherwise(name).alias(name) for name, value in values.items()
    )


def _follow_rule(check: Check, frames: Frames) -> tuple[Frames, set[str]]:
    edit = RULES[check.table, check.name]
    if isinstance(edit, tuple):
        edit = Edit(check.table, *edit)
    frame = frames[edit.table]
    if edit.values is None:
        return frames | {edit.table: frame.filter(pl.int_range(pl.len()) != edit.row)}, set(frame.columns)
    touched = set(edit.values) if edit.table == check.table else set(CONTRACTS[check.table].dtypes)
    return frames | {edit.table: set_values(frame, edit.row, edit.values)}, touched


def _cut_foreign_key(table: str, key: ForeignKey, frames: Frames) -> tuple[Frames, set[str]]:
    name = key.columns[-1]
    row = next(i for i, value in enumerate(frames[table][name]) if value is not None)
    return frames | {table: set_values(frames[table], row, {name: ABSENT_KEYS.get(name, 9999)})}, {name}


def _below(value: Any) -> Any:
    return value - (dt.timedelta(days=1) if isinstance(value, dt.date) else 1)


def _above(value: Any) -> Any:
    return value + (dt.timedelta(days=1) if isinstance(value, dt.date) else 1)
