"""Paragraphs in; sections, measures and citations out: the outline that a document's own numbering draws."""

from transforms.structure.citations import extract_citations, link_citations
from transforms.structure.measures import extract_measures, extract_outline
from transforms.structure.sections import extract_sections

__all__ = ["extract_citations", "extract_measures", "extract_outline", "extract_sections", "link_citations"]
