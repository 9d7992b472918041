"""The lines about a document's title, and its dates, in; numbers and days, as evidence rows, out.

A document states its number and days outside its sentences: on lines of their own under the title or the text, or in the clause
that puts it in force.
"""

from __future__ import annotations

import polars as pl

from transforms.documents.dates import DATE, parse_date
from transforms.documents.labels import EVIDENCE
from transforms.documents.numbers import CODE_NUMBER, SERIAL, fold_number
from transforms.line_shapes import without_spaces
from transforms.neighbours import neighbour

_IN_FORCE = r"起?(?:正式)?(?:施行|实施|执行|生效)"


def select_heads(lines: pl.DataFrame) -> pl.DataFrame:
    """Keep the lines that stand about a title: all but chrome and repeats down to the first body line, and metadata anywhere.

    In: lines (source_id, source_no, line_no, role, text, joins_previous; none blank). Out: source_id, source_no, line_no, role, text with
    its wrap joined, squeezed: the same without spaces.
    """
    role = pl.col("role")
    first_body = lines.filter(role == "body").unique("source_no", keep="first", maintain_order=True)
    goes_on = pl.col("joins_previous").fill_null(value=False)
    is_above = (pl.col("line_no") <= pl.col("first_body")).fill_null(value=True)
    return (
        lines.filter(~role.is_in(["chrome", "duplicate"]))
        .with_columns(
            wrapped=pl.when(neighbour(goes_on, -1, "source_no")).then(neighbour(pl.col("text"), -1, "source_no")).otherwise(pl.lit(""))
        )
        .join(first_body.select("source_no", first_body="line_no"), on="source_no", how="left", maintain_order="left")
        .filter(~goes_on, (role == "metadata") | is_above)
        .select("source_id", "source_no", "line_no", "role", text=pl.concat_str("text", "wrapped"))
        .with_columns(squeezed=without_spaces(pl.col("text")))
    )


def find_numbers(heads: pl.DataFrame) -> pl.DataFrame:
    """Find lines that are only a number, and orders' serials under their title (X令 / 第16号)."""
    numbered = heads.with_columns(title_above=neighbour(pl.col("squeezed"), 1, "source_no")).filter(
        pl.col("text").str.contains("号", literal=True)
    )
    text, title_above = pl.col("text"), pl.col("title_above")
    alone = pl.when(text.str.contains(rf"^[(]?\s*{CODE_NUMBER}\s*[)]?$")).then(fold_number(text))
    order_line = pl.when(text.str.contains(rf"^[\p{{Han}}\s]{{2,40}}(?:令|公告)\s*[(]?\s*{SERIAL}\s*[)]?$")).then(fold_number(text))
    serial_below = pl.when(text.str.contains(rf"^[(]?\s*{SERIAL}\s*[)]?$")).then(text.str.replace_all(r"[()\s]", ""))
    order_above = pl.when(title_above.str.contains(r"^[\p{Han}]{2,30}(?:令|公告)$")).then(pl.concat_str(title_above, serial_below))
    return pl.concat(
        [
            _evidence(numbered, "document_number", alone, 2, "number_line"),
            _evidence(numbered, "document_number", order_line, 4, "order_line"),
            _evidence(numbered, "document_number", order_above, 4, "order_serial"),
        ]
    )


def find_days_and_orders(heads: pl.DataFrame, paragraphs: pl.DataFrame) -> pl.DataFrame:
    """Find the days a document was made, promulgated and put in force, outside labels, and the order that promulgated it.

    Made: the date line under the text, the date in a signature or in brackets under the title, the day of adoption or last revision
    under a law's title, the day a report was given. In force: 自2020年6月15日起施行, said of this document and never of another.
    """
    placed = paragraphs.with_columns(line_no=pl.col("first_line"))
    first_day = parse_date(pl.col("text")).cast(pl.String)
    dates = placed.filter(pl.col("role") == "date")
    says_published = pl.col("text").str.contains(r"[发公]布\)?$")
    dated, published = dates.filter(~says_published), dates.filter(says_published)
    signed = placed.filter(pl.col("role") == "signature").filter(~pl.col("text").str.contains(r"印发\s*[)]?$"))
    text = pl.col("squeezed")
    opens = rf"^[(—-]*(?:根据|经)?{DATE}"
    heads = heads.filter(text.str.contains(opens))
    under_title = heads.filter(text.str.contains(rf"^\({DATE}(?:印发|发布|公布)?\)$"))
    # 修正 changes single articles and leaves the day in force; 修订 and the first 通过 make the text anew.
    is_adoption = text.str.contains(rf"{opens}.{{2,60}}(?:通过|修订)") & ~text.str.contains("决定》|修正")
    in_force = _find_in_force(heads, placed)
    adopted = heads.filter(is_adoption, pl.col("text").str.len_chars() <= 160).with_columns(day=first_day)
    is_promulgation = text.str.contains(rf"{opens}.{{2,40}}令.{{0,12}}(?:公布|发布|修订)") & ~text.str.contains("决定》|修正")
    promulgated = _last_before(heads.filter(is_promulgation).with_columns(day=first_day), in_force)
    order = text.str.extract(r"日([\p{Han}、]{2,40}令第?[0-9]{1,4}号)")
    delivered = heads.filter(text.str.contains(rf"{opens},?在.{{2,60}}(?:代表大会|会议)"))
    return pl.concat(
        [
            _evidence(dated, "issued_on", first_day, 2, "date_line"),
            _evidence(published, "published_on", first_day, 4, "publication_date_line"),
            _evidence(signed, "issued_on", first_day, 3, "signature_date"),
            _evidence(under_title, "issued_on", first_day, 4, "bracketed_date"),
            _evidence(_last_before(adopted, in_force), "issued_on", pl.col("day"), 5, "adopted_on"),
            _evidence(delivered, "issued_on", first_day, 5, "delivered_on"),
            _evidence(promulgated, "published_on", pl.col("day"), 6, "promulgated_on"),
            _evidence(promulgated, "document_number", order, 5, "promulgating_order"),
            in_force,
        ]
    )


def _find_in_force(heads: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    """Find the day in force: a line under the title, or the clause that says it of this document (本办法自…, 现予公布,自…)."""
    line = heads.filter(pl.col("squeezed").str.contains(rf"^[(]?{DATE}(?:起)?(?:施行|实施)[)]?$"))
    opening = r"本[\p{Han}()]{1,24}?|(?:现予|予以)(?:公布|发布|印发),?|现印发[\p{Han}]{0,6},|^"
    clause = parse_date(without_spaces(pl.col("text")).str.extract(rf"(?:{opening})自({DATE}){_IN_FORCE}")).cast(pl.String)
    # few paragraphs hold this much of a clause
    told = placed.filter(pl.col("role") == "body").filter(pl.col("text").str.contains("自 *[12一二]"))
    return pl.concat(
        [
            _evidence(line, "effective_on", parse_date(pl.col("text")).cast(pl.String), 2, "in_force_line"),
            _evidence(told, "effective_on", clause, 3, "in_force_clause"),
        ]
    )


def _last_before(adopted: pl.DataFrame, in_force: pl.DataFrame) -> pl.DataFrame:
    """Keep each source's last of such lines that is no later than the day in force: later ones changed single articles only."""
    first_in_force = in_force.sort("source_id", "rank", "line_no").unique("source_id", keep="first").select("source_id", in_force="value")
    return (
        adopted.join(first_in_force, on="source_id", how="left")
        .filter((pl.col("day") <= pl.col("in_force")).fill_null(value=True))
        .sort("source_id", "day", descending=[False, True])
        .unique("source_id", keep="first", maintain_order=True)
    )


def _evidence(rows: pl.DataFrame, field: str, value: pl.Expr, rank: int, rule: str) -> pl.DataFrame:
    return (
        rows.with_columns(field=pl.lit(field), value=value, rank=pl.lit(rank, pl.Int32), rule=pl.lit(rule))
        .filter(pl.col("value").is_not_null())
        .select(EVIDENCE.keys())
    )
