"""Lines with roles and the table of labels in; what the page says of itself, as evidence rows, out.

Evidence is one row a statement: source_id, line_no, field, value (text; dates as YYYY-MM-DD), rank (lower is better), rule. Every other
module here gives the same kind of rows, so that choosing a fact is one sort.
"""

from __future__ import annotations

import polars as pl

from transforms.documents.bodies import ORG_END
from transforms.documents.dates import DATE, parse_date
from transforms.documents.numbers import fold_number
from transforms.line_shapes import without_spaces
from transforms.neighbours import neighbour

EVIDENCE = {
    "source_id": pl.String,
    "line_no": pl.Int32,
    "field": pl.String,
    "value": pl.String,
    "rank": pl.Int32,
    "rule": pl.String,
}
DATE_FIELDS = ("issued_on", "published_on", "effective_on")
_CUT, _VALUE = "\u0001", "\u0002"
# What sites write where they have no source to name.
_NO_SOURCE = r"^(?:本站|本网|本网站|原创|未知|网络|互联网|转载|佚名|其他|暂无|无|管理员|admin|[-—/\\.]+)?$"
_CLOCK = r"[0-2]?[0-9]:[0-5][0-9]"


def find_labelled_facts(lines: pl.DataFrame, document_labels: pl.DataFrame) -> pl.DataFrame:
    """Read `label: value` statements off metadata lines and the lines above the text, and the site's host off any chrome line.

    In: lines (source_id, source_no, line_no, text, role; none blank), document_labels (rule, label, field, rank). Several statements may
    stand on one line; a label with nothing after it takes the next line when that is metadata and no label itself. Out: evidence rows.
    """
    labels = document_labels.with_columns(pl.col("rank").cast(pl.Int32)).unique("label", keep="first", maintain_order=True)
    statement = _label_pattern(labels)
    has_mark = pl.col("text").str.contains(r"[:】\]〗]") | without_spaces(pl.col("text")).is_in(labels.get_column("label").implode())
    said = _select_statements(lines, statement).filter(has_mark)
    is_last = pl.col("part_no") == pl.col("part_no").max().over("source_id", "line_no")
    takes_next = is_last & (pl.col("value") == "") & (pl.col("next_role") == "metadata") & ~pl.col("next_text").str.contains(statement)
    rows = (
        said.with_columns(
            parts=pl.col("text")
            .str.replace_all(statement, "${before}" + _CUT + "${label}${label_2}${label_3}${label_4}" + _VALUE)
            .str.split(_CUT)
        )
        .explode("parts")
        .filter(pl.col("parts").str.contains(_VALUE, literal=True))
        .with_columns(part_no=pl.int_range(pl.len()).over("source_id", "line_no"))
        .with_columns(
            label=pl.col("parts").str.extract(f"^([^{_VALUE}]*)").str.replace_all(r"\s", ""),
            value=_trim_value(pl.col("parts").str.extract(f"{_VALUE}(?s:(.*))$")),
        )
        .with_columns(value=pl.when(takes_next).then(_trim_value(pl.col("next_text"))).otherwise("value"))
        .join(labels.select("label", "field", "rank", "rule"), on="label")
        .filter(pl.col("field") != "ends_value", pl.col("states_facts") | (pl.col("field") == "host"))
    )
    return _check_values(rows).select(EVIDENCE.keys())


def _select_statements(lines: pl.DataFrame, statement: str) -> pl.DataFrame:
    """Keep lines that can state facts, with the next non-blank line's text and role.

    `states_facts`: metadata lines, and above the text also chrome and short lines that open with a label; other chrome may name the host.
    """
    role, n_chars = pl.col("role"), pl.col("text").str.len_chars()
    begins_text = (role == "heading") | ((role == "body") & (n_chars > 60))
    first_text = lines.filter(begins_text).unique("source_no", keep="first", maintain_order=True)
    is_above = (pl.col("line_no") < pl.col("first_text")).fill_null(value=False)
    may_open_with_label = is_above & role.is_in(["title", "body"]) & (n_chars <= 120)
    opens_with_label = pl.col("text").str.find(statement) == 0
    return (
        lines.with_columns(next_text=neighbour(pl.col("text"), -1, "source_no"), next_role=neighbour(role, -1, "source_no"))
        .join(first_text.select("source_no", first_text="line_no"), on="source_no", how="left", maintain_order="left")
        .filter(role.is_in(["metadata", "chrome"]) | may_open_with_label)
        .with_columns(
            states_facts=(role == "metadata") | (is_above & ((role == "chrome") | (role.is_in(["title", "body"]) & opens_with_label)))
        )
        .filter(pl.col("states_facts") | (role == "chrome"))
    )


def find_bare_dates(lines: pl.DataFrame) -> pl.DataFrame:
    """Take a date without a label on a metadata line as the day of publication: beside a clock time, or at the line's start or end.

    Lines that say what happened on the day (通过, 施行, 会议 …) are left out.
    """
    text = pl.col("text")
    says_what = r"通过|施行|实施|会议|修正|修订|公布|发布$|批准|令|截止|有效|大会|印发|成文|生成"
    # A date after a colon has a label of its own, if an unknown one.
    text = text.str.replace_all(rf":\s*\|?\s*{DATE}(?:\s*{_CLOCK})?(?::[0-5][0-9])?", "")
    beside_clock = text.str.extract(rf"({DATE}\s*{_CLOCK})")
    at_an_end = pl.coalesce(text.str.extract(rf"^({DATE})\s*(?:$|来源|\S{{2,20}}$)"), text.str.extract(rf"({DATE})$"))
    return (
        lines.filter(pl.col("role") == "metadata")
        .filter(~text.str.contains(says_what), text.str.len_chars() <= 120)
        .with_columns(value=parse_date(pl.coalesce(beside_clock, at_an_end)).cast(pl.String))
        .filter(pl.col("value").is_not_null())
        .with_columns(field=pl.lit("published_on"), rank=pl.lit(5, pl.Int32), rule=pl.lit("bare_date"))
        .select(EVIDENCE.keys())
    )


def _label_pattern(labels: pl.DataFrame) -> str:
    """One pattern for all labels, letters spaced or not: before a colon, in 【】, or alone on the line.

    A short label stands at a line's start or after a space, a digit or a sign; those of four letters and more stand anywhere.
    """
    longest_first = labels.sort(pl.col("label").str.len_chars(), "label", descending=True)
    spaced = longest_first.with_columns(pl.col("label").str.split("").list.join(" *"), is_long=pl.col("label").str.len_chars() >= 4)
    any_label = "|".join(spaced.get_column("label"))
    long_label = "|".join(spaced.filter("is_long").get_column("label"))
    return (
        r"(?P<before>^|[ •·;|,()〖【\[丨│0-9])[•· ]*"
        rf"(?:[【\[〖] *(?P<label>{any_label}) *[】\]〗] *:?|(?P<label_2>{any_label}) *:)"
        rf"|^(?P<label_3>{any_label})$|(?P<label_4>{long_label}) *:"
    )


def _trim_value(value: pl.Expr) -> pl.Expr:
    """Cut a value at the next, unknown label, at a wide gap before a control, and strip brackets left over."""
    return (
        value.str.replace(r"\s+[\p{Han}]{1,8}\s*:.*$", "")
        .str.replace(r"[\[【(](?:字|打印|大|关闭|收藏).*$", "")
        .str.strip_chars(" |;,、[]【】〖〗丨│")
    )


def _name_only(value: pl.Expr) -> pl.Expr:
    """Keep the name of a source: what stands before a date, a reporter, a link or a footer's records; null where it names none."""
    follows = rf"{DATE}|记者|通讯员|https?:|www\.|[\p{{Han}}]?ICP|公网安备|备案|承办|电话|地址|[Cc]opyright|All [Rr]ights"
    name = value.str.replace(rf"\s*\(?(?:{follows}).*$", "").str.strip_chars(" |;,、[]【】:")
    return pl.when(~name.str.contains(_NO_SOURCE) & name.str.contains(r"\p{Han}") & (name.str.len_chars() <= 40)).then(name)


def _check_values(rows: pl.DataFrame) -> pl.DataFrame:
    """Keep values that can be what their field says."""
    field, value = pl.col("field"), pl.col("value")
    is_date_field = field.is_in(DATE_FIELDS)
    checked = (
        pl.when(is_date_field)
        .then(parse_date(value).cast(pl.String))
        .when(field == "document_number")
        .then(fold_number(value))
        .when(field.is_in(["publisher", "host"]))
        .then(_name_only(value))
        .when(field.is_in(["issuer", "issuer_hint"]))
        .then(pl.when(value.str.contains(rf"\p{{Han}}{ORG_END}$")).then(value.str.replace_all(r"\s+", "、")))
        .when(value.str.contains(r"\p{Han}"))
        .then(value)
    )
    return rows.with_columns(value=checked).filter(pl.col("value").is_not_null(), pl.col("value").str.len_chars() <= 200)
