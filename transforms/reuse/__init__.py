"""Passages that stand in two or more documents that are not duplicates of each other."""

from transforms.reuse.anchors import Paragraphs, lay_paragraphs, locate_anchors, mark_repeated, sample_passages
from transforms.reuse.margins import compare_margins, read_margins, settle_margins
from transforms.reuse.passages import find_passages, settle_passages
from transforms.reuse.rows import deal_out, list_rows, number_rows
from transforms.reuse.segments import arrange_segments, join_segments, survey_anchors
from transforms.reuse.tables import read_passages, tabulate_reuse

__all__ = [
    "Paragraphs",
    "arrange_segments",
    "compare_margins",
    "deal_out",
    "find_passages",
    "join_segments",
    "lay_paragraphs",
    "list_rows",
    "locate_anchors",
    "mark_repeated",
    "number_rows",
    "read_margins",
    "read_passages",
    "sample_passages",
    "settle_margins",
    "settle_passages",
    "survey_anchors",
    "tabulate_reuse",
]
