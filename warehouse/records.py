"""A container (JSON lines, CSV, Parquet) in; batches of its records out: number, id, address, text, or what is wrong with it.

The columns are chosen by name, else the text is the longest string column; a container is never held in memory whole.
"""

from __future__ import annotations

import csv
import io
import json
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import polars as pl

from warehouse.formats import MAX_CONTAINER_BYTES, MAX_SOURCE_BYTES, UnusableContentError, open_content, open_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow.parquet as pq

    from warehouse.formats import Format

# Names of columns, the most telling first; compared without case, spaces and underscores.
TEXT_NAMES = (
    *("text", "content", "body", "正文", "全文", "内容", "文本", "fulltext", "rawtext", "maintext", "pagecontent", "contenttext"),
    *(
        "articletext",
        "articlecontent",
        "rawcontent",
        "正文内容",
        "文件内容",
        "政策内容",
        "政策正文",
        "公告内容",
        "article",
        "passage",
        "page",
    ),
    *("html", "rawhtml"),
)
ID_NAMES = ("id", "docid", "documentid", "recordid", "uuid", "guid", "编号", "文档编号", "记录编号", "序号")
URL_NAMES = ("url", "sourceurl", "pageurl", "link", "href", "uri", "网址", "链接", "原文链接", "原文网址", "来源链接", "来源网址", "源链接")
HTML_NAMES = ("html", "rawhtml")

BATCH_RECORDS = 512
BATCH_BYTES = 2**23
FEW_ROWS = 4  # of Parquet, read before their length is looked at
SNIFFED_BYTES = 2**16
DELIMITERS = ",\t;|"
BATCH_SCHEMA = {"number": pl.Int64, "id": pl.String, "url": pl.String, "text": pl.String, "problem": pl.String}

Row = tuple[int, str | None, str | None, str | None, str | None]


class Columns(NamedTuple):
    """The columns of a container that are read, by their own names."""

    text: str
    id: str | None
    url: str | None

    @property
    def media_type(self) -> str | None:
        """Return text/html where the text's name says so, None where its content is to tell."""
        return "text/html" if _plain(self.text) in HTML_NAMES else None


class RecordBatch(NamedTuple):
    """Records on end: `number` (from 1), `id`, `url`, `text`, `problem` (reason and detail, null for records that can be used)."""

    columns: Columns
    records: pl.DataFrame


def choose_columns(lengths: dict[str, float]) -> Columns:
    """Choose the columns to read from the mean lengths of the string columns (0 for columns of other types)."""
    by_plain: dict[str, str] = {}
    for name in lengths:
        by_plain.setdefault(_plain(name), name)
    id_column = next((by_plain[name] for name in ID_NAMES if name in by_plain), None)
    url = next((by_plain[name] for name in URL_NAMES if lengths.get(by_plain.get(name, ""), 0) > 0), None)
    named = (by_plain[name] for name in TEXT_NAMES if lengths.get(by_plain.get(name, ""), 0) > 0)
    others = {name: length for name, length in lengths.items() if name not in (id_column, url) and length > 0}
    text = next(named, None) or max(sorted(others), key=lambda name: others[name], default=None)
    if text is None:
        raise UnusableContentError("no_text_column", f"no column of text among {', '.join(sorted(lengths))[:200] or 'no columns'}")
    return Columns(text, id_column, url)


def read_records(path: bytes, of: Format) -> Iterator[RecordBatch]:
    """Yield the records of a container, in order; raises `UnusableContentError` where it cannot be read on."""
    if of.kind == "parquet":
        with open_file(path) as file:
            yield from _read_parquet(file)
        return
    readers = {"jsonl": _read_jsonl, "csv": _read_csv}
    with open_file(path) as file:
        yield from readers[of.kind](open_content(file, of.compression, MAX_CONTAINER_BYTES))


def _plain(name: str) -> str:
    return "".join(name.strip("\ufeff").lower().replace("_", "").split())


def _read_jsonl(stream: io.BufferedReader) -> Iterator[RecordBatch]:
    columns = None
    for batch in _batch(_parse_lines(stream)):
        dicts = [(number, value) for number, value in batch if isinstance(value, dict)]
        if columns is None:
            if not dicts:
                raise UnusableContentError("not_json", "none of the first lines is a JSON object")
            columns = choose_columns(_mean_lengths([value for _, value in dicts]))
        yield RecordBatch(columns, _frame([_pick(columns, number, value) for number, value in batch]))


def _parse_lines(stream: io.BufferedReader) -> Iterator[tuple[int, Any]]:
    """Yield each line that is not blank: its number and its object, or a string that says what is wrong."""
    number = 0
    while line := stream.readline(MAX_SOURCE_BYTES + 1):
        is_long = len(line) > MAX_SOURCE_BYTES
        while is_long and not line.endswith(b"\n") and (line := stream.readline(2**20)):
            pass
        if line.isspace():
            continue
        number += 1
        yield number, "too_large: the line is longer than any text that can be read" if is_long else _parse_line(line)


def _parse_line(line: bytes) -> Any:
    try:
        try:
            text = line.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = line.decode("gb18030")
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        return f"not_json: {error}"[:200]
    return value if isinstance(value, dict) else f"not_json: a {type(value).__name__}, no object"


def _read_csv(stream: io.BufferedReader) -> Iterator[RecordBatch]:
    sniffed = stream.peek(SNIFFED_BYTES)
    text = io.TextIOWrapper(stream, encoding=_tell_encoding(sniffed[:SNIFFED_BYTES]), errors="replace", newline="")
    csv.field_size_limit(MAX_SOURCE_BYTES)
    head = sniffed[:SNIFFED_BYTES].decode(text.encoding, "replace").split("\n", 1)[0]
    rows = csv.reader(text, delimiter=max(DELIMITERS, key=head.count))
    columns = None
    try:
        header = next(rows, None)
        if header is None:
            return
        for batch in _batch((number, _name_fields(header, row)) for number, row in enumerate(filter(None, rows), 1)):
            if columns is None:
                columns = choose_columns(_mean_lengths([value for _, value in batch if isinstance(value, dict)]))
            yield RecordBatch(columns, _frame([_pick(columns, number, value) for number, value in batch]))
    except csv.Error as error:
        raise UnusableContentError("not_csv", f"line {rows.line_num}: {error}") from error


def _name_fields(header: list[str], row: list[str]) -> dict[str, str] | str:
    if len(row) > len(header):
        return f"not_csv: {len(row)} fields under {len(header)} names"
    return dict(zip(header, row, strict=False))


def _tell_encoding(head: bytes) -> str:
    """Tell UTF-16 by its mark, UTF-8 by its validity, and take the rest for GB18030, which spreadsheets write in China."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        is_cut = error.reason == "unexpected end of data"
        return "utf-8-sig" if is_cut else "gb18030"
    return "utf-8-sig"


def _read_parquet(container: IO[bytes]) -> Iterator[RecordBatch]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(container, pre_buffer=False, buffer_size=2**20)
        columns = _choose_parquet_columns(file)
        if columns is None:
            return
        number = 1
        for batch in _batch_rows(file, list(dict.fromkeys(filter(None, columns)))):
            yield RecordBatch(columns, _name_columns(batch, columns, number))
            number += batch.height
    except (pa.ArrowException, pl.exceptions.PolarsError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise UnusableContentError("not_parquet", str(error)[:200]) from error


def _choose_parquet_columns(file: pq.ParquetFile) -> Columns | None:
    """Choose columns by the first rows, None where there are none."""
    is_text = {field.name: _holds_strings(field.type) for field in file.schema_arrow}
    first = next(_batch_rows(file, [name for name, text in is_text.items() if text]), None)
    if first is None:
        return None
    means = first.select(pl.all().cast(pl.String).str.len_chars().fill_null(0).mean()).row(0, named=True)
    return choose_columns({name: means.get(name, 0.0) for name in is_text})


def _batch_rows(file: pq.ParquetFile, names: list[str]) -> Iterator[pl.DataFrame]:
    """Yield the rows of some columns in batches of bounded length and bytes: a small file may repeat one long text a million times."""
    import pyarrow as pa

    waiting: list[pa.RecordBatch] = []
    n_bytes = 0
    for few in file.iter_batches(FEW_ROWS, columns=names):
        waiting.append(few)
        n_bytes += few.nbytes
        if n_bytes > BATCH_BYTES or len(waiting) * FEW_ROWS >= BATCH_RECORDS:
            yield pl.DataFrame(pl.from_arrow(pa.Table.from_batches(waiting)))
            waiting, n_bytes = [], 0
    if waiting:
        yield pl.DataFrame(pl.from_arrow(pa.Table.from_batches(waiting)))


def _holds_strings(dtype: Any) -> bool:
    import pyarrow.types as pat

    dtype = dtype.value_type if pat.is_dictionary(dtype) else dtype
    return any(is_of_kind(dtype) for is_of_kind in (pat.is_string, pat.is_large_string, pat.is_string_view))


def _name_columns(batch: pl.DataFrame, columns: Columns, first_number: int) -> pl.DataFrame:
    """Give the columns of a batch the names of `BATCH_SCHEMA`."""

    def column(name: str | None) -> pl.Expr:
        is_usable = name is not None and (batch.schema[name].is_integer() or batch.schema[name] in (pl.String, pl.Categorical))
        return pl.col(name).cast(pl.String) if name is not None and is_usable else pl.lit(None, pl.String)

    return batch.select(
        number=pl.int_range(pl.len(), dtype=pl.Int64) + first_number,
        id=column(columns.id),
        url=column(columns.url),
        text=column(columns.text),
        problem=pl.lit(None, pl.String),
    )


def _batch(values: Iterator[tuple[int, Any]]) -> Iterator[list[tuple[int, Any]]]:
    """Collect values into lists of bounded length and bytes; those before a place that cannot be read come before the error."""
    batch: list[tuple[int, Any]] = []
    n_chars, failure = 0, None
    try:
        for number, value in values:
            batch.append((number, value))
            n_chars += sum(len(part) for part in value.values() if isinstance(part, str)) if isinstance(value, dict) else 0
            if len(batch) >= BATCH_RECORDS or n_chars * 3 > BATCH_BYTES:
                yield batch
                batch, n_chars = [], 0
    except (UnusableContentError, csv.Error) as error:
        failure = error
    if batch:
        yield batch
    if failure is not None:
        raise failure


def _mean_lengths(records: list[dict[str, Any]]) -> dict[str, float]:
    names = dict.fromkeys(name for record in records for name in record)
    return {name: sum(len(v) for r in records if isinstance(v := r.get(name), str)) / len(records) for name in names}


def _pick(columns: Columns, number: int, value: dict[str, Any] | str) -> Row:
    """Pick a record's id, address and text."""
    if isinstance(value, str):
        return number, None, None, None, value
    identifier, url, text = (value.get(name) if name else None for name in (columns.id, columns.url, columns.text))
    is_number = isinstance(identifier, int) and not isinstance(identifier, bool)
    return number, str(identifier) if is_number else _as_text(identifier), _as_text(url), _as_text(text), None


def _as_text(value: Any) -> str | None:
    """Return a string that can be written as UTF-8 (half of a surrogate pair becomes U+FFFD), null for anything else."""
    if not isinstance(value, str):
        return None
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def _frame(rows: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=BATCH_SCHEMA, orient="row")
