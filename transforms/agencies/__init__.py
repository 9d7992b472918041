"""Measures in; the agencies in charge of them out, as written and under their full official names."""

from transforms.agencies.extract import extract_measure_agencies, merge_agencies, resolve_agencies

__all__ = ["extract_measure_agencies", "merge_agencies", "resolve_agencies"]
