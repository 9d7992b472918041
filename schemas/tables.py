"""All tables of the warehouse, each after the tables that it refers to."""

from __future__ import annotations

from schemas.agencies import AGENCIES, MEASURE_AGENCIES
from schemas.citations import CITATIONS
from schemas.documents import DOCUMENTS, PARAGRAPHS, REGIONS
from schemas.folding import FOLDED, LETTERS, NARROW
from schemas.lineage import DUPLICATES, LINES, REPAIRS, SOURCES
from schemas.quality import CHECKS, METRICS, QUARANTINE, RUNS
from schemas.reuse import REUSE, REUSE_OCCURRENCES
from schemas.structure import MEASURES, SECTIONS
from schemas.targets import TARGETS

DATA_TABLES = (
    SOURCES,
    REGIONS,
    DOCUMENTS,
    SECTIONS,
    MEASURES,
    PARAGRAPHS,
    AGENCIES,
    MEASURE_AGENCIES,
    TARGETS,
    CITATIONS,
    REUSE,
    REUSE_OCCURRENCES,
    LINES,
    REPAIRS,
    DUPLICATES,
)
QUALITY_TABLES = (RUNS, CHECKS, METRICS, QUARANTINE)
TABLES = DATA_TABLES + QUALITY_TABLES
MACROS = (NARROW, FOLDED, LETTERS)
BY_NAME = {table.name: table for table in TABLES}
SCHEMAS = {
    "main": "What analysts query: documents and what is read out of them",
    "lineage": "Where every character came from: sources, lines, repairs, repeats",
    "quality": "Whether to trust it: runs, checks, quarantined input",
}
