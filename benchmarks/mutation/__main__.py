"""How many corruptions of a sound candidate the checks find, as a page of `docs/`; run by `make mutation`, fails below the floors."""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.__main__ import PROJECT
from benchmarks.mutation.candidate import build_candidate
from benchmarks.mutation.score import QUALITY_NAMES, copy_candidate, list_mutants, try_mutants

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.mutation.score import Outcome

PAGE = PROJECT / "docs" / "quality-score.md"
FLOORS = {"all": 0.95, "keys and foreign keys": 0.98}
# Why no rule of a contract can tell, by the name of the mutant; the first that fits.
WHY = (
    (r"quality\.(runs|metrics).*", "a number or date of an earlier run, whose tables are gone, or a bound worked out from them"),
    (r".*engine: swapped", "the results of two engines that agree: nothing was changed"),
    (r"quality\..*", "told once and nowhere else"),
    (r".*\*: lost row", "the last of its kind, and nothing else counts them; reading the page again would tell"),
    (r".*: null( key)?", "NULL is allowed, and whether the page says more only reading it again would tell"),
    (r"lineage\.(repairs|duplicates).*", "a judgement (kind, confidence, likeness, reason), told once and nowhere else"),
    (r".*(role|basis|rule|target_year|plan_year|cited_document_id|issuer).*", "another value that the page allows as well"),
    (r".*", "another value of the same page, in its bounds"),
)


def main() -> int:
    """Run the harness and write the page; 1 where a score in the warehouse is below its floor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--release", type=Path, help="folder of a release to damage a copy of (default: one built from the seed pages)")
    parser.add_argument("--seed", type=int, default=0, help="which rows are damaged")
    parser.add_argument("--page", type=Path, default=PAGE, help="where to write (default: %(default)s)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        connection = copy_candidate(arguments.release or build_candidate(Path(folder)))
        outcomes = list(try_mutants(connection, list_mutants(connection, arguments.seed)))
    groups = group_outcomes(outcomes)
    text = "\n".join(describe_scores(groups)) + "\n"
    arguments.page.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return int(any(share_found(groups[group]) < floor for group, floor in FLOORS.items()))


def group_outcomes(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """Sort outcomes into all, those of keys, those of data and quality tables, and by kind."""
    kinds = dict.fromkeys(outcome.mutant.kind for outcome in outcomes)
    return {
        "all": list(outcomes),
        "keys and foreign keys": [outcome for outcome in outcomes if outcome.mutant.is_of_key],
        "tables of `main` and `lineage`": [outcome for outcome in outcomes if outcome.mutant.table not in QUALITY_NAMES],
        "tables of `quality`": [outcome for outcome in outcomes if outcome.mutant.table in QUALITY_NAMES],
    } | {kind: [outcome for outcome in outcomes if outcome.mutant.kind == kind] for kind in kinds}


def share_found(outcomes: Sequence[Outcome], *, at_hand_over: bool = False) -> float:
    """Return the share of mutants that were found."""
    found = [outcome.is_found_at_hand_over if at_hand_over else outcome.is_found_in_warehouse for outcome in outcomes]
    return sum(found) / max(len(found), 1)


def describe_scores(groups: dict[str, list[Outcome]]) -> Iterator[str]:
    """Write the page: both scores by group, and the mutants that survive, each with the reason."""
    yield from ("# What the checks find", "", "Written by `make mutation`; do not edit.", "")
    yield "A sound candidate (the seed pages, a copy, a new version, a quotation and a broken file) is damaged in one place, the error"
    yield "checks are asked, the damage is undone; so for each column of each table and each kind of damage that can be done to it."
    yield from ("", "| corruptions | tried | found in the warehouse | found by the contracts alone |", "|---|---:|---:|---:|")
    for group, outcomes in groups.items():
        shares = share_found(outcomes), share_found(outcomes, at_hand_over=True)
        yield f"| {group} | {len(outcomes)} | {shares[0]:.3f} | {shares[1]:.3f} |"
    yield ""
    yield "In the warehouse, `rows_are_those_handed_over` compares tables with the Parquet files they were loaded from. By the contracts"
    yield "alone: what was wrong before the hand-over is wrong in both, and only rules can tell; what the tables are later measured by"
    yield "(`quality.metrics`) does not count for them."
    everything = groups["all"]
    yield from _list_survivors("Found by nothing", [one for one in everything if not one.is_found_in_warehouse])
    yield from _list_survivors("Found by no rule of a contract", [one for one in everything if not one.is_found_at_hand_over])


def _list_survivors(title: str, outcomes: Sequence[Outcome]) -> Iterator[str]:
    yield from ("", f"## {title}: {len(outcomes)}", "", "| corruption | why |", "|---|---|")
    for outcome in outcomes:
        name = str(outcome.mutant)
        why = next(reason for pattern, reason in WHY if re.fullmatch(pattern, name))
        yield f"| {name.replace('*', '(a row)')} | {why} |"


if __name__ == "__main__":
    sys.exit(main())
