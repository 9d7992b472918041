"""Documents that stand in several sources: exact copies, near copies and versions, and which of them is canonical."""

from transforms.duplicates.candidates import find_candidates
from transforms.duplicates.canonical import choose_canonical, describe_duplicates, number_duplicates
from transforms.duplicates.overlap import SIDES, TEXTS, cut_pairs, measure_overlap, name_pairs, read_letters
from transforms.duplicates.relations import judge_pairs
from transforms.duplicates.sketches import Sketches, pool_sketches, sketch_documents

__all__ = [
    "SIDES",
    "TEXTS",
    "Sketches",
    "choose_canonical",
    "cut_pairs",
    "describe_duplicates",
    "find_candidates",
    "judge_pairs",
    "measure_overlap",
    "name_pairs",
    "number_duplicates",
    "pool_sketches",
    "read_letters",
    "sketch_documents",
]
