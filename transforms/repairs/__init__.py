"""Lines in; repairs out: spam taken out and the word it displaced told, lost characters and stray spaces put right.

Order of use: find_spam a shard, count_fillers a shard, list_candidates over the corpus, count_words a shard,
infer_displaced_words over the corpus (without spam these return at once), find_lost_characters and
find_stray_spaces a shard, number_repairs, apply_repairs.
"""

from transforms.repairs.apply import apply_repairs, drop_overlaps, number_repairs
from transforms.repairs.displaced import count_fillers, count_words, infer_displaced_words, list_candidates
from transforms.repairs.lost import find_lost_characters
from transforms.repairs.spaces import find_stray_spaces
from transforms.repairs.spam import find_spam

__all__ = [
    "apply_repairs",
    "count_fillers",
    "count_words",
    "drop_overlaps",
    "find_lost_characters",
    "find_spam",
    "find_stray_spaces",
    "infer_displaced_words",
    "list_candidates",
    "number_repairs",
]
