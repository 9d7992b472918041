"""Passages that stand in two or more documents that are not duplicates of each other."""

from transforms.reuse.anchors import Paragraphs, lay_paragraphs, locate_anchors, mark_repeated, sample_passages
from transforms.reuse.passages import deal_out, find_passages, read_margins, settle_passages
from transforms.reuse.segments import join_segments, survey_anchors
from transforms.reuse.tables import read_passages, tabulate_reuse

__all__ = [
    "Paragraphs",
    "deal_out",
    "find_passages",
    "join_segments",
    "lay_paragraphs",
    "locate_anchors",
    "mark_repeated",
    "read_margins",
    "read_passages",
    "sample_passages",
    "settle_passages",
    "survey_anchors",
    "tabulate_reuse",
]
