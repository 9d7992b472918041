"""Everything known of a line by its page alone, in order: repeats, roles, joins.

In: clean lines. Out: role, rule, joins_previous of every line, and the repeats. The idea: a page pasted twice is one page, so repeats are
set aside before the document is looked for.
"""

import polars as pl

from transforms.repeats import find_repeats
from transforms.roles.assign import assign_roles
from transforms.wraps import join_wrapped_lines, mark_continuations


def label_lines(lines: pl.DataFrame, line_rules: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Label every line of every page.

    In: source_id, line_no, raw_text, text (source_key too, for ids of duplicates), sorted by source_id, line_no; and line_rules (rule,
    role, where, max_chars, pattern). Out: lines + role, rule, joins_previous; and rows of lineage.duplicates (see find_repeats).
    """
    # Pages are told apart by numbers on the way: names take twice as long to group and compare.
    names = lines["source_id"]
    numbered = lines.with_columns(source_id=names.cast(pl.Enum(names.unique(maintain_order=True))))
    with_repeats, duplicates = find_repeats(mark_continuations(numbered))
    return join_wrapped_lines(assign_roles(with_repeats, line_rules)).drop("continues").with_columns(names), duplicates
