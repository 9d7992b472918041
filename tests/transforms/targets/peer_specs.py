"""Runs the quantity parser over the Chinese specs of a peer's recognisers and counts what it reads the same way.

`python -m tests.transforms.targets.peer_specs` prints passes by spec, and what was left out and why, by kind of case.
The specs are read from ../shared/corpora beside the checkout; nothing of them is kept here.

Ranges (NumberRangeModel) are compared as intervals: our bounds against theirs, all results of a case in order. Whether an end is
open counts too, but for what the project's annotation guidelines fix: a range includes both ends, and 以上, 以下, 以内 include the bound
(theirs: 20到100 is [20,100), 1000以上 is (1000,)). Plain numbers of a case are no ranges; 等于 makes one of a single value.
"""

import json
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from transforms.targets import parse_quantities

ROOT = Path(__file__).parents[3]
SPECS = ROOT.parent / "shared" / "corpora" / "recognizers-text-chinese" / "Specs"
REFERENCE = ROOT / "seeds" / "reference"
SHARES = "Number/Chinese/PercentModel"
RANGES = "Number/Chinese/NumberRangeModel"
# Spec file -> the kinds of our quantities that it is about (None: every number counts by itself, whatever its unit).
SCOPE: dict[str, list[str] | None] = {
    "Number/Chinese/NumberModel": None,
    "Number/Chinese/OrdinalModel": ["ordinal"],
    SHARES: ["percent", "points"],
    RANGES: None,
    "NumberWithUnit/Chinese/CurrencyModel": ["currency"],
    "NumberWithUnit/Chinese/DimensionModel": ["area", "length", "volume", "mass", "energy", "data", "symbol"],
    "NumberWithUnit/Chinese/AgeModel": ["age"],
    "NumberWithUnit/Chinese/TemperatureModel": ["physical"],
}
# What is left out, by kind of case: (reason, test on the case). The first that holds is counted.
PRICE_CUT = re.compile("折|對折")
TWO_UNITS = re.compile("元(?:又)?[0-9一二三四五六七八九]+(?:美分|日本銭|[角毛分])")
OF_MILLIONS = re.compile("[百千万]万分之")
INCLUDING = re.compile("以[上下内]")
LETTER_SCALE = re.compile("[0-9] ?[kKmM](?![a-zA-Z])")


def left_out(case: dict[str, Any]) -> str | None:
    """Name the kind of case that is out of scope, or None."""
    text = fold(case["Input"])
    values = [result["Resolution"].get("value") for result in case["Results"]]
    kinds = [
        ("a unit without a number", any(value is None for value in values)),
        ("a price cut (折), no public quantity", bool(PRICE_CUT.search(text)) and "Percent" in case["spec"]),
        ("a letter for a scale (40k)", bool(LETTER_SCALE.search(text)) and case["spec"].startswith("Number/")),
        ("a power (2^5)", "^" in text),
        ("an amount in two units (五元三毛)", bool(TWO_UNITS.search(text)) and "Currency" in case["spec"]),
        ("a dozen (打)", "打" in text and values != []),
        ("colloquial half (半)", "半" in text),
    ]
    return next((reason for reason, holds in kinds if holds), None)


@dataclass
class Tally:
    """Counts of one spec."""

    passed: int = 0
    failed: list[str] = field(default_factory=list)
    excluded: Counter[str] = field(default_factory=Counter)


def fold(text: str) -> str:
    """Fold full-width ASCII, as ingest does."""
    return text.translate({code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20})


def run_specs(specs: Path = SPECS) -> dict[str, Tally]:
    """Read every spec in scope and compare value by value, in order."""
    units, comparators = pl.read_csv(REFERENCE / "units.csv"), pl.read_csv(REFERENCE / "comparators.csv")
    tallies = {}
    for name, kinds in SCOPE.items():
        cases: list[dict[str, Any]] = [
            {"spec": name, **case} for case in json.loads((specs / f"{name}.json").read_text(encoding="utf-8-sig"))
        ]
        texts = pl.DataFrame({"id": range(len(cases)), "text": [fold(case["Input"]) for case in cases]})
        found = parse_quantities(texts, units, comparators)
        read: dict[int, list[Any]] = {i: [] for i in range(len(cases))}
        for row in found.iter_rows(named=True):
            if name == RANGES:
                read[row["id"]] += as_intervals(row)
            elif kinds is None or row["kind"] in kinds or (name == SHARES and OF_MILLIONS.search(row["text"])):
                read[row["id"]] += [
                    as_share(v, row) if name == SHARES else v for v in (row["value_low"], row["value_high"]) if v is not None
                ]
        tally = tallies[name] = Tally()
        for i, case in enumerate(cases):
            reason = left_out(case)
            wanted = [] if reason else [read_value(result["Resolution"]["value"]) for result in case["Results"]]
            if reason:
                tally.excluded[reason] += 1
            elif len(wanted) == len(read[i]) and all(is_same(w, r) for w, r in zip(wanted, read[i], strict=True)):
                tally.passed += 1
            else:
                tally.failed.append(f"{case['Input']}: read {read[i]}, want {wanted}")
    return tallies


@dataclass(frozen=True)
class Interval:
    """Bounds (None: unbounded), whether each end is open, and whether the guidelines fix that."""

    low: float | None
    high: float | None
    is_open: tuple[bool, bool]
    is_fixed: bool = False


def read_value(value: str) -> float | Interval:
    """Read what a spec wants: a number, a percentage, or an interval such as (20,35] or [30,)."""
    if not str(value).startswith(("(", "[")):
        return float(str(value).rstrip("%"))
    low, high = ((float(end) if end else None) for end in value[1:-1].split(","))
    return Interval(low, high, (value[0] == "(" and low is not None, value[-1] == ")" and high is not None))


def as_intervals(row: dict[str, Any]) -> list[Interval]:
    """Read one of our quantities as an interval; none if it is a plain number."""
    low, text, comparator = row["value_low"], row["text"], row["comparator"]
    fixed = bool(INCLUDING.search(text))
    intervals = {
        "range": Interval(low, row["value_high"], (False, False), is_fixed=True),
        ">": Interval(low, None, (True, False)),
        ">=": Interval(low, None, (False, False), fixed),
        "<": Interval(None, low, (False, True)),
        "<=": Interval(None, low, (False, False), fixed),
    }
    if comparator == "=" and text.startswith("等于"):
        return [Interval(low, low, (False, False))]
    return [intervals[comparator]] if comparator in intervals else []


def is_same(wanted: float | Interval, read: float | Interval) -> bool:
    """Compare numbers to 12 digits, intervals by their bounds and, where not fixed by the guidelines, their ends."""
    if isinstance(wanted, Interval) and isinstance(read, Interval):
        bounds = ((wanted.low, read.low), (wanted.high, read.high))
        same = all((w is None) == (r is None) and (w is None or r is None or is_same(w, r)) for w, r in bounds)
        return same and (read.is_fixed or wanted.is_open == read.is_open)
    if isinstance(wanted, Interval) or isinstance(read, Interval):
        return False
    return abs(wanted - read) <= 1e-12 * max(1.0, abs(wanted))


def as_share(value: float, row: dict[str, Any]) -> float:
    """Turn per mille, per ten thousand and fractions of millions (百万分之五, to us a fraction) into per cent, as the specs have it."""
    return value * (100.0 if row["kind"] == "fraction" else {"‰": 0.1, "‱": 0.01}.get(row["unit"] or "", 1.0))


def main() -> int:
    """Print the counts; 0 if at least 95 % of the cases in scope pass."""
    if not SPECS.is_dir():
        sys.stdout.write(f"no specs at {SPECS}: nothing to compare with\n")
        return 0
    tallies = run_specs()
    passed = sum(t.passed for t in tallies.values())
    total = passed + sum(len(t.failed) for t in tallies.values())
    for name, tally in tallies.items():
        sys.stdout.write(f"{name:40s} {tally.passed:4d} of {tally.passed + len(tally.failed):4d} in scope\n")
        for reason, n in tally.excluded.most_common():
            sys.stdout.write(f"    left out {n:3d}: {reason}\n")
        for note in tally.failed if "--misses" in sys.argv else []:
            sys.stdout.write(f"    {note}\n")
    sys.stdout.write(f"{passed} of {total} in scope pass ({passed / total:.1%})\n")
    return 0 if passed >= 0.95 * total else 1


if __name__ == "__main__":
    sys.exit(main())
