"""Hard wraps: which line goes on with the sentence of the previous non-blank line.

In: lines of many sources (with roles, for the public function). Out: the same lines with `joins_previous`.
The idea: a line is continued when it breaks off (no closing punctuation) where the page's own layout (fixed width, paragraphs parted by
blank lines, open brackets) says that a paragraph would not end, and the next line begins no new unit.
"""

import polars as pl

from transforms.line_shapes import (
    ATTACHMENT_ENTRY,
    ATTACHMENT_LABEL,
    DATE_ALONE,
    DECIMAL_HEADING_CHARS,
    FULL_DATE_ALONE,
    GLUED_HEADING,
    GLUED_HEADING_CHARS,
    GLUED_NUMBER,
    LEVEL_ONE,
    LEVELS,
    MARKED_LINE,
    ORGANISATION_END,
    TITLE_END,
    add_unmarked,
    ends_sentence,
    is_decimal_heading,
    without_spaces,
)
from transforms.lines import MAX_LINE_CHARS
from transforms.neighbours import neighbour
from transforms.page_layout import describe_layout
from transforms.rows import put_back, tell_where
from transforms.title_wraps import (
    SPEECH_END,
    SPEECH_START,
    TITLE_PIECE_CHARS,
    completes_cut_title,
    continues_speech_occasion,
    continues_title,
    is_version_of_title,
    read_around_titles,
)

JOINABLE_ROLES = ["title", "recipients", "heading", "body", "signature", "date", "note", "attachment", "metadata"]

# Marks and particles on which no line of an official paper ends: the sentence must go on.
OPEN_MARK = r"[,、(《“‘〈]$"
OPEN_WORD = r"(?:的|和|与|及|以及|或者|并|为|在|对|将|把|以|被|向|由|于)$"
# Words that end in one of those characters and may well end a heading: 研究方向, 规范执法行为, 公众参与.
CLOSED_WORD = (
    "(?:[方导动取走流去志意倾转定双横纵]向|行为|作为|目的|参与|普及|涉及|应对|反对|核对|结对|植被|自由|理由|事由|缘由|共和|饱和|缓和)$"
)
BREAKS_OFF = r"[\u4e00-\u9fffA-Za-z0-9%,、(《“‘〈]$"
CONTINUES_WITH = r"^[是为达的在、,。;:%和与及等以)》”]"
STARTS_UNIT = "|".join([*LEVELS.values(), ATTACHMENT_LABEL, ATTACHMENT_ENTRY, r"^[【\[]", r"^注\d?[:.]", r"^\(此件"])
# Complete by themselves: a date, a document number, an address of the web, a line of the table of contents, a field of the page.
STANDS_ALONE = "|".join(
    [
        DATE_ALONE,
        r"^[(]?[\u4e00-\u9fff]{1,16}[〔\[(【](?:19|20)\d{2}[〕\])】]第?\d{1,5}号[)]?$",
        r"^\(?第\d+号\)?$",
        "^(?:发布|公布|更新|成文|印发)?(?:时间|日期):|^(?:信息|文章)?来源:|^索引号:",
        r"^[\[【<(]?(?:[上下]一?[篇条页则][\]】:]|打印|关闭|分享到|责任编辑|扫一扫|网站地图|主办单位:|版权所有|(?i:copyright|©))",
    ]
)
HOLDS_ADDRESS = "https?://"
ENDS_IN_LEADERS = r"(?:\.{5,}|…{2,}|·{5,})\d{0,4}$"

PROSE_CHARS = 25
PIECE_CHARS = 10
# Names, dates and the rests of titles are no longer.
SHORT_CHARS = 40
DATE_BYTES = 96
MIN_WHOLE_CHARS = 10


def join_wrapped_lines(lines: pl.DataFrame) -> pl.DataFrame:
    """Mark the lines whose text continues the previous non-blank line's sentence.

    In: source_id, line_no, raw_text, text, role; sorted by source_id, line_no. Out: + joins_previous (Boolean, never null; true only
    on lines with a content role, or metadata, that follow a line of the same role).
    """
    content = mark_continuations(lines).filter(pl.col("text") != "")
    previous_role = neighbour(pl.col("role"), 1)
    is_same_element = pl.col("role").is_in(JOINABLE_ROLES) & (pl.col("role") == previous_role)
    by_layout = content.with_columns(joins_previous=pl.col("continues") & is_same_element)
    split_cells = find_split_cells(by_layout)
    by_wording = by_layout.join(split_cells, on=["source_id", "line_no"], how="left", maintain_order="left").with_columns(
        joins_previous=pl.col("joins_previous") | pl.col("is_split_cell").fill_null(value=False)
    )
    bounded = _part_giants(by_wording)
    joined = lines.with_columns(put_back(bounded.select("joins_previous"), lines["text"] != ""))
    return joined.with_columns(pl.col("joins_previous").fill_null(value=False))


def _part_giants(content: pl.DataFrame) -> pl.DataFrame:
    """Let no paragraph be longer than the longest line that can be read: a file that ends no sentence is none, and takes gigabytes."""
    n_bytes = pl.col("text").str.len_bytes().cast(pl.Int64)
    if content.group_by("source_id").agg(n_bytes.sum()).filter(pl.col("text") > MAX_LINE_CHARS).is_empty():
        return content
    counted = content.with_columns(paragraph=(~pl.col("joins_previous")).cum_sum())
    part = n_bytes.cum_sum().over("paragraph") // MAX_LINE_CHARS
    goes_on = (part == part.shift(1)).fill_null(value=False)
    return counted.with_columns(joins_previous=pl.col("joins_previous") & goes_on).drop("paragraph")


def mark_continuations(lines: pl.DataFrame) -> pl.DataFrame:
    """Add `continues` to lines that do not have it yet: false on blank lines, elsewhere as find_continuations tells."""
    if "continues" in lines.columns:
        return lines
    has_text = lines["text"] != ""
    found = find_continuations(lines.filter(has_text)).select("continues")
    return lines.with_columns(put_back(found, has_text)).with_columns(pl.col("continues").fill_null(value=False))


def merge_continued(content: pl.DataFrame, unit: str, *columns: pl.Expr) -> pl.DataFrame:
    """Merge the lines of each unit into one row: a line and those that continue it.

    In: source_id, line_no, `unit` (its number), sorted; and the columns to join, strings. Out: one row a unit: source_id, unit, first_line,
    last_line and the joined columns. Units of one line, nearly all, are not grouped.
    """
    pieces = content.select("source_id", unit, *columns, first_line="line_no", last_line="line_no")
    is_same = (pl.col("source_id") == pl.col("source_id").shift(1)) & (pl.col(unit) == pl.col(unit).shift(1))
    marked = pieces.with_columns(goes_on=is_same.fill_null(value=False)).with_columns(
        is_begun=~pl.col("goes_on") & pl.col("goes_on").shift(-1).fill_null(value=False)
    )
    heads = marked.filter(~pl.col("goes_on"))
    is_begun = heads["is_begun"]
    names = [column.meta.output_name() for column in columns]
    merged = (
        marked.filter(pl.col("goes_on") | pl.col("is_begun"))
        .group_by("source_id", unit, maintain_order=True)
        .agg(pl.col(names).str.join(""), pl.col("last_line").max())
        .select(*names, "last_line")
    )
    return heads.select(pieces.columns).with_columns(
        pl.when(is_begun).then(whole).otherwise(heads[whole.name]).alias(whole.name) for whole in put_back(merged, is_begun)
    )


def find_continuations(content: pl.DataFrame) -> pl.DataFrame:
    """Tell for each non-blank line, from text and layout alone, whether it continues the one before.

    In: source_id, line_no, raw_text, text of non-blank lines, sorted. Out: + continues (Boolean).
    """
    described = _find_known_wholes(_describe_neighbours(describe_layout(_describe_lines(content))))
    is_inner = pl.col("before").is_not_null() & ~pl.col("stands_alone")
    breaks_off = ~pl.col("before_ends")
    is_short = pl.col("n_chars") <= SHORT_CHARS
    # The ways in which text goes on, each looked for where it can be met.
    ways = {
        "goes_on_full_line": (pl.col("before_full"), _continues_full_line()),
        "goes_on_open": (breaks_off & ~pl.col("starts_unit"), _continues_open_mark() | _continues_open_bracket()),
        "goes_on_inside": (breaks_off, _starts_inside_sentence()),
        "goes_on_broken": (pl.col("before_broken"), _continues_broken_prose() | _is_inline_piece()),
        "goes_on_title": (
            breaks_off & (pl.col("bare").str.starts_with("(") | (pl.col("n_chars") <= 2)),
            is_version_of_title() | completes_cut_title(),
        ),
        "goes_on_speech": (is_short & ~pl.col("ends"), continues_speech_occasion()),
        "signs": (is_short & (pl.col("after").str.len_bytes() <= DATE_BYTES), _signs_above_date()),
    }
    for name, (is_asked, goes_on) in ways.items():
        described = tell_where(described, is_inner & is_asked, **{name: goes_on})
    goes_on = pl.any_horizontal(pl.col("^goes_on_.*$")) | continues_title() | pl.col("is_part_of_known_line")
    found = read_around_titles(described).with_columns(continues=is_inner & ~pl.col("signs") & goes_on)
    pieces = _follow_pieces(found)
    return (
        tell_where(pieces, pl.col("is_airy") & (pl.col("before_chars") <= 3), is_stray_word=_is_stray_word())
        .with_columns(continues=pl.col("continues") | pl.col("follows_piece") | _follows_stray_opening())
        .select(*content.columns, "continues")
    )


def find_split_cells(content: pl.DataFrame) -> pl.DataFrame:
    """Find table cells that were cut in two: two short neighbours whose words stand together elsewhere on the page.

    In: source_id, line_no, text, role of non-blank lines. Out: source_id, line_no of each second half, is_split_cell = true.
    """
    is_cell = (pl.col("role") == "body") & pl.col("text").str.contains(r"^[\u4e00-\u9fff“”]{2,8}$")
    second_is_short = pl.col("text").str.len_chars() == 2
    pairs = (
        content.with_columns(is_cell=is_cell)
        .with_columns(first=neighbour(pl.col("text"), 1), first_is_cell=neighbour(pl.col("is_cell"), 1))
        .filter(pl.col("is_cell") & pl.col("first_is_cell").fill_null(value=False) & second_is_short)
        .select("source_id", "line_no", whole=pl.col("first") + pl.col("text"))
    )
    pages = (
        content.join(pairs.select("source_id").unique(), on="source_id", how="semi")
        .group_by("source_id")
        .agg(page=pl.col("text").str.join("\n"))
    )
    return (
        pairs.join(pages, on="source_id")
        .filter(pl.col("page").str.contains(pl.col("whole"), literal=True))
        .select("source_id", "line_no", is_split_cell=pl.lit(value=True))
    )


def _describe_lines(content: pl.DataFrame) -> pl.DataFrame:
    trimmed = add_unmarked(content).with_columns(bare=without_spaces(pl.col("unmarked")), trimmed=pl.col("raw_text").str.strip_chars_end())
    bare = pl.col("bare")
    counted = trimmed.with_columns(
        n_chars=bare.str.len_chars().cast(pl.Int32),
        raw_chars=pl.col("trimmed").str.len_chars().cast(pl.Int32),
        is_marked=pl.col("text").str.contains(MARKED_LINE),
        is_numbered=bare.str.contains(STARTS_UNIT),
        is_whole=_stands_alone(bare),
        is_closed=ends_sentence(bare),
    )
    end = bare.str.tail(GLUED_HEADING_CHARS)
    open_ended = tell_where(counted, ~pl.col("is_closed"), holds_number=end.str.contains(GLUED_NUMBER))
    glued = tell_where(open_ended, pl.col("holds_number"), is_glued=end.str.contains(GLUED_HEADING))
    may_be_decimal = ~pl.col("is_numbered") & (pl.col("n_chars") <= DECIMAL_HEADING_CHARS)
    return (
        tell_where(glued, may_be_decimal, is_decimal=is_decimal_heading(bare))
        .with_columns(
            # A CJK character takes three bytes of UTF-8 and two cells of the page, an ASCII character one and one.
            cells=(pl.col("trimmed").str.len_bytes().cast(pl.Int32) + pl.col("raw_chars")) // 2,
            is_indented=pl.col("raw_text").str.contains(r"^(?:[ \x{3000}\x{00a0}]{2,}|\t)"),
            ends=pl.col("is_closed") | pl.col("is_glued"),
            starts_unit=pl.col("is_numbered") | pl.col("is_decimal") | pl.col("is_marked"),
            stands_alone=pl.col("is_whole") | pl.col("is_marked"),
            gap=pl.col("line_no") - neighbour(pl.col("line_no"), 1),
        )
        .drop("trimmed", "unmarked", "is_marked", "is_numbered", "is_closed", "holds_number", "is_glued", "is_decimal")
    )


def _stands_alone(bare: pl.Expr) -> pl.Expr:
    # Patterns anchored alike go together, which keeps each of them fast.
    return bare.str.contains(STANDS_ALONE) | bare.str.contains(HOLDS_ADDRESS) | bare.str.contains(ENDS_IN_LEADERS)


def _describe_neighbours(described: pl.DataFrame) -> pl.DataFrame:
    bare = pl.col("bare")
    may_be_plain = ~pl.col("ends") & ~pl.col("starts_unit") & (pl.col("n_chars") <= TITLE_PIECE_CHARS)
    plain = tell_where(described, may_be_plain, is_plain=~bare.str.contains("[。;:]"))
    # 关于适用《…法》 names the matter only: 若干问题的解释 is still to come.
    ends_in_cited_title = bare.str.contains("关于[^《]*《[^》]*》$")
    ended = tell_where(plain, pl.col("is_plain"), is_title_end=bare.str.contains(TITLE_END) & ~ends_in_cited_title)
    may_begin_title = pl.col("is_plain") & ~pl.col("is_title_end") & (pl.col("n_chars") >= 8)
    begun = tell_where(ended, may_begin_title, begins_title=bare.str.contains("关于|印发|转发") & ~bare.str.starts_with("关于我们"))
    headed = tell_where(begun, pl.col("starts_unit"), is_heading_shaped=~bare.str.contains("。", literal=True))
    may_be_broken = ~pl.col("ends") & (pl.col("n_chars") >= PROSE_CHARS) & ~pl.col("is_heading_shaped")
    named = tell_where(headed, may_be_broken, is_broken_prose=bare.str.contains("[,。]") & bare.str.contains(BREAKS_OFF))
    shifted = [
        neighbour(pl.col(name), 1).alias(alias)
        for name, alias in {
            "bare": "before",
            "n_chars": "before_chars",
            "ends": "before_ends",
            "is_full": "before_full",
            "is_whole": "before_whole",
            "is_broken_prose": "before_broken",
            "begins_title": "before_begins_title",
            "is_heading_shaped": "before_heading",
            "gap": "before_gap",
        }.items()
    ]
    return named.with_columns(
        *shifted,
        after=neighbour(pl.col("bare"), -1),
        after_starts_unit=neighbour(pl.col("starts_unit"), -1),
    )


def _find_known_wholes(described: pl.DataFrame) -> pl.DataFrame:
    """Find two or three short lines that together are another line of the page, word for word: + is_part_of_known_line.

    A page shows its title on one line of its frame and on several above the text.
    """
    is_short = (pl.col("n_chars") <= TITLE_PIECE_CHARS) & ~pl.col("ends") & ~pl.col("starts_unit")
    short = described.select("source_id", "bare", "before", is_short=is_short, row=pl.int_range(pl.len())).with_columns(
        two_are_short=pl.col("is_short") & neighbour(pl.col("is_short"), 1).fill_null(value=False),
        before_both=neighbour(pl.col("before"), 1),
    )
    three_are_short = pl.col("two_are_short") & neighbour(pl.col("two_are_short"), 1).fill_null(value=False)
    pairs = short.with_columns(three_are_short=three_are_short).filter("two_are_short")
    two = pairs.select("source_id", "row", whole=pl.col("before") + pl.col("bare"))
    three = pairs.filter("three_are_short").select("source_id", "row", whole=pl.col("before_both") + pl.col("before") + pl.col("bare"))
    may_be_known = pl.col("n_chars").is_between(MIN_WHOLE_CHARS, 3 * TITLE_PIECE_CHARS)
    known = described.filter(may_be_known).select("source_id", whole="bare").join(two, on="source_id", how="semi")
    known_two = two.join(known, on=["source_id", "whole"], how="semi")["row"]
    known_three = three.join(known, on=["source_id", "whole"], how="semi")["row"]
    parts = pl.concat([known_two, known_three, known_three - 1])
    return described.with_columns(is_part_of_known_line=pl.int_range(pl.len()).is_in(parts.implode()))


def _continues_full_line() -> pl.Expr:
    before = pl.col("before").str
    is_whole_title = before.contains("关于|印发") & before.contains(TITLE_END)
    is_whole = (before.contains(SPEECH_END) & before.contains(SPEECH_START)) | is_whole_title | pl.col("before_whole")
    breaks_off = ~pl.col("before_ends") & ~is_whole & ~(pl.col("starts_unit") & before.contains("[)》”]$"))
    # A heading of the first level that fills its line stands alone when a full line of text follows.
    is_full_heading = before.contains(LEVEL_ONE) & ~before.contains("。") & pl.col("is_full")
    begins_at_margin = ~(pl.col("page_indents") & pl.col("is_indented"))
    wraps_after_sentence = pl.col("before_ends") & pl.col("page_indents") & ~pl.col("starts_unit")
    stands_close = (pl.col("gap") == 1) | ~pl.col("page_wraps_close")
    goes_on = pl.col("before_full") & ~is_full_heading & begins_at_margin & stands_close & (breaks_off | wraps_after_sentence)
    return goes_on.fill_null(value=False)


def _continues_open_mark() -> pl.Expr:
    ends_on_mark = pl.col("before").str.contains(OPEN_MARK)
    ends_on_word = _ends_on_open_word("before") & (pl.col("before_chars") >= 8)
    names_matter_next = pl.col("before").str.contains("关于$") & (pl.col("before_chars") >= 4)
    return (ends_on_mark | ends_on_word | names_matter_next) & ~pl.col("starts_unit")


def _continues_open_bracket() -> pl.Expr:
    def is_left_open(opening: str, closing: str) -> pl.Expr:
        n_open = pl.col("before").str.count_matches(opening, literal=True)
        n_closed = pl.col("before").str.count_matches(closing, literal=True)
        is_closed_here = pl.col("bare").str.contains(closing, literal=True)
        return (n_open > n_closed) & is_closed_here

    is_inside = is_left_open("《", "》") | is_left_open("(", ")")
    return (is_inside & (pl.col("before_chars") >= 6)).fill_null(value=False)


def _starts_inside_sentence() -> pl.Expr:
    """No line begins with a closing mark: it goes on with the sentence above."""
    begins_with_mark = pl.col("bare").str.contains("^[,。;:、)》”!?][^》>]") | pl.col("bare").str.contains("^[,。;、)》”]$")
    return begins_with_mark & ~pl.col("before_ends")


def _continues_broken_prose() -> pl.Expr:
    goes_on = ~pl.col("starts_unit") & pl.col("bare").str.contains("[,。;:!?]") & ~pl.col("bare").str.contains("^各位.{1,8}[:!]$")
    return pl.col("before_broken") & goes_on & ((pl.col("gap") == 1) | ~pl.col("is_airy"))


def _is_inline_piece() -> pl.Expr:
    is_piece = (pl.col("n_chars") <= PIECE_CHARS) & ~pl.col("starts_unit") & ~pl.col("ends")
    goes_on_after = ~pl.col("after_starts_unit") & (
        pl.col("after").str.contains(CONTINUES_WITH) | pl.col("before").str.contains("[A-Za-z0-9]$")
    )
    return pl.col("before_broken") & is_piece & goes_on_after.fill_null(value=False)


def _follow_pieces(found: pl.DataFrame) -> pl.DataFrame:
    """Add follows_piece: the sentence goes on below a piece of it that stands on a line of its own."""
    is_piece = pl.col("continues") & (pl.col("n_chars") <= PIECE_CHARS) & ~pl.col("ends") & ~pl.col("is_title_end")
    placed = found.with_columns(
        before_is_piece=neighbour(is_piece, 1), above=neighbour(pl.col("before"), 1), above_broken=neighbour(pl.col("before_broken"), 1)
    )
    had_prose = pl.col("above_broken") | _ends_on_open_word("above")
    goes_on = had_prose & pl.col("bare").str.contains("[,。;:!?]")
    return tell_where(placed, pl.col("before_is_piece") & ~pl.col("starts_unit"), follows_piece=goes_on)


def _follows_stray_opening() -> pl.Expr:
    # On an airy page with other wraps, a word or two alone right above a paragraph are its beginning, cut off.
    n_adjacent_wraps = (pl.col("continues") & pl.col("before_broken") & (pl.col("gap") == 1)).sum().over("source_id")
    is_stray = (pl.col("before_chars") <= 3) & (pl.col("before_gap") > 1) & pl.col("is_stray_word")
    goes_on = (pl.col("gap") == 1) & ~pl.col("starts_unit") & pl.col("ends")
    return (pl.col("is_airy") & (n_adjacent_wraps >= 2) & is_stray & goes_on).fill_null(value=False)


def _is_stray_word() -> pl.Expr:
    return pl.col("before").str.contains(r"^[\u4e00-\u9fff]+$") & pl.col("bare").str.contains(",", literal=True)


def _signs_above_date() -> pl.Expr:
    """The issuer's short name between a line and the closing date signs the paper."""
    is_name = pl.col("bare").str.contains(ORGANISATION_END) & (pl.col("n_chars") <= 20) & ~pl.col("bare").str.contains("^[、,。;)》”]")
    has_date_below = pl.col("after").str.contains(FULL_DATE_ALONE).fill_null(value=False)
    return is_name & has_date_below & ~pl.col("before").str.contains(OPEN_MARK) & ~_ends_on_open_word("before")


def _ends_on_open_word(line: str) -> pl.Expr:
    return pl.col(line).str.contains(OPEN_WORD) & ~pl.col(line).str.contains(CLOSED_WORD)
