"""Paragraphs in; sections, measures and citations out: the outline that a document's own numbering draws."""

from transforms.structure.citations import extract_citations, link_citations, list_names
from transforms.structure.measures import extract_outline

__all__ = ["extract_citations", "extract_outline", "link_citations", "list_names"]
