"""Repaired lines and paragraphs in, `documents` out: what each document is, who issued it, when, and for which division."""

from transforms.documents.extract import extract_documents
from transforms.documents.regions import add_short_names

__all__ = ["add_short_names", "extract_documents"]
