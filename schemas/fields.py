"""Columns that more than one table has: one definition each, so that a name means the same thing everywhere."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandera.polars as pa

CONTENT_ROLES = ("title", "recipients", "heading", "body", "signature", "date", "note", "attachment")
OTHER_ROLES = ("blank", "chrome", "metadata", "duplicate")
LEVELS = ("country", "province", "city", "county")
REPAIR_KINDS = ("injected_spam", "lost_character", "mismatched_quote", "stray_space", "undecodable_bytes")
DUPLICATE_KINDS = ("exact_source", "within_source", "exact_document", "near_document", "revision")
AGENCY_ROLES = ("lead", "responsible", "supporting")
COMPARATORS = (">=", ">", "<=", "<", "~", "=", "range")
BASES = ("total", "increment", "growth_rate", "share")
RUN_STATUSES = ("published", "rejected", "failed", "died")
ENGINES = ("pandera", "great_expectations")
SEVERITIES = ("error", "warning")
METRICS = ("rows", "share_of_lines", "fill_rate", "rows_per_document")

KEY = r"^[0-9a-z]{12}$"
FIRST_YEAR = dt.date(1949, 10, 1)  # the People's Republic: no document of its governments is older
LAST_YEAR = dt.date(2100, 1, 1)  # GB/T 9704 knows no bound; a year of 22xx is a misread number


def source_id(**options: Any) -> Any:
    """Where a raw text came from."""
    text = "The raw file: POSIX path relative to the input folder (path#ID for a record of a container file)"
    return pa.Field(description=text, str_length={"min_value": 1}, **options)


def run_id() -> Any:
    """Which run."""
    return pa.Field(description="The run: UTC time of its start and a random suffix", str_matches=r"^\d{8}T\d{6}Z-[0-9a-z]{4}$")


def document_id(*, nullable: bool = False, unique: bool = False) -> Any:
    """Which document."""
    text = "The document; derived from its source's id alone, so that cleaning never changes it"
    return pa.Field(description=text, str_matches=KEY, nullable=nullable, unique=unique)


def child_id(letter: str, of: str, *, nullable: bool = False, unique: bool = False) -> Any:
    """Which part of a document or source: its key, a letter and a number."""
    return pa.Field(description=f"The {of}", str_matches=rf"^[0-9a-z]{{12}}-{letter}\d{{4,}}$", nullable=nullable, unique=unique)


def ordinal(of: str) -> Any:
    """Place in a sequence."""
    return pa.Field(description=f"Place {of}, from 1 without gaps", ge=1)


def line_no(which: str = "The physical line of the source, from 1") -> Any:
    """Which physical line."""
    return pa.Field(description=which, ge=1)


def region_code(*, nullable: bool = True, unique: bool = False) -> Any:
    """Which administrative division."""
    return pa.Field(description="Administrative division, GB/T 2260 code", str_matches=r"^\d{6}$", nullable=nullable, unique=unique)


def text(description: str, *, nullable: bool = False) -> Any:
    """Clean text, never empty."""
    return pa.Field(description=description, str_length={"min_value": 1}, nullable=nullable)


def date(description: str) -> Any:
    """Date of a document, or NULL where the page does not say."""
    return pa.Field(description=description, nullable=True, ge=FIRST_YEAR, le=LAST_YEAR)


def one_of(values: tuple[str, ...], description: str, *, nullable: bool = False) -> Any:
    """One of a closed set of words."""
    return pa.Field(description=f"{description} ({', '.join(values)})", isin=list(values), nullable=nullable)


def share(description: str) -> Any:
    """Number from 0 to 1."""
    return pa.Field(description=f"{description}, 0 to 1", ge=0.0, le=1.0)


def count(description: str, *, nullable: bool = False) -> Any:
    """Count that is never negative."""
    return pa.Field(description=description, ge=0, nullable=nullable)
