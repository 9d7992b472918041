"""Runs the quantity parser over the Chinese specs of a peer's recognisers and counts what it reads the same way.

`python -m tests.transforms.targets.peer_specs` prints passes by spec, and what was left out and why, by kind of case.
The specs are read from ../shared/corpora beside the checkout; nothing of them is kept here.
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
# Spec file -> the kinds of our quantities that it is about (None: every number counts by itself, whatever its unit).
SCOPE: dict[str, list[str] | None] = {
    "Number/Chinese/NumberModel": None,
    "Number/Chinese/OrdinalModel": ["ordinal"],
    "Number/Chinese/PercentModel": ["percent", "points"],
    "Number/Chinese/NumberRangeModel": [],
    "NumberWithUnit/Chinese/CurrencyModel": ["currency"],
    "NumberWithUnit/Chinese/DimensionModel": ["area", "length", "volume", "mass", "energy", "data", "symbol"],
    "NumberWithUnit/Chinese/AgeModel": ["age"],
    "NumberWithUnit/Chinese/TemperatureModel": ["physical"],
}
# What is left out, by kind of case: (reason, test on the case). The first that holds is counted.
PRICE_CUT = re.compile("折|對折")
TWO_UNITS = re.compile("元(?:又)?[0-9一二三四五六七八九]+(?:美分|日本銭|[角毛分])")
LETTER_SCALE = re.compile("[0-9] ?[kKmM](?![a-zA-Z])")


def left_out(case: dict[str, Any]) -> str | None:
    """Name the kind of case that is out of scope, or None."""
    text = fold(case["Input"])
    marked = str(case.get("NotSupported", "")) + str(case.get("NotSupportedByDesign", ""))
    values = [result["Resolution"].get("value") for result in case["Results"]]
    kinds = [
        ("marked by its authors as not supported in Python", "python" in marked),
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
        read: dict[int, list[float]] = {i: [] for i in range(len(cases))}
        for row in found.iter_rows(named=True):
            if kinds is None or row["kind"] in kinds:
                read[row["id"]] += [as_share(v, row["unit"]) for v in (row["value_low"], row["value_high"]) if v is not None]
        tally = tallies[name] = Tally()
        for i, case in enumerate(cases):
            reason = left_out(case)
            wanted = [] if reason else [float(str(result["Resolution"]["value"]).rstrip("%")) for result in case["Results"]]
            if reason:
                tally.excluded[reason] += 1
            elif len(wanted) == len(read[i]) and all(abs(w - r) <= 1e-12 * max(1.0, abs(w)) for w, r in zip(wanted, read[i], strict=True)):
                tally.passed += 1
            else:
                tally.failed.append(f"{case['Input']}: read {read[i]}, want {wanted}")
    return tallies


def as_share(value: float, unit: str | None) -> float:
    """Turn per mille and per ten thousand into per cent, as the specs have it."""
    return value * {"‰": 0.1, "‱": 0.01}.get(unit or "", 1.0)


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
