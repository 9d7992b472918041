"""Lines in; repairs out: spam taken out and the word it displaced told, lost characters and stray spaces put right.

Order of use: find_spam and count_fillers a shard, infer_displaced_words over the corpus, find_lost_characters and
find_stray_spaces a shard, number_repairs, apply_repairs.
"""

from transforms.repairs.apply import apply_repairs, drop_overlaps, number_repairs
from transforms.repairs.displaced import count_fillers, infer_displaced_words
from transforms.repairs.lost import find_lost_characters
from transforms.repairs.spaces import find_stray_spaces
from transforms.repairs.spam import find_spam

__all__ = [
    "apply_repairs",
    "count_fillers",
    "drop_overlaps",
    "find_lost_characters",
    "find_spam",
    "find_stray_spaces",
    "infer_displaced_words",
    "number_repairs",
]
