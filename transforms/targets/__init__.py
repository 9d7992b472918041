"""Quantities in official prose, and the targets (量化指标) among them.

`parse_quantities` reads any text column; `extract_targets` keeps the quantities that a plan undertakes to reach.
"""

from transforms.targets.extract import extract_targets
from transforms.targets.quantities import parse_quantities

__all__ = ["extract_targets", "parse_quantities"]
