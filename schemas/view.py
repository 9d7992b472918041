"""What a view or table macro of the warehouse is: its SQL, what its columns mean, and a question that it answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class View:
    """A view, or, where it has `parameters`, a table macro: asked as `FROM outline('…')`.

    The SQL is what every DuckDB client since 1.1 understands: it is parsed again wherever the file is opened.
    """

    name: str
    description: str
    columns: dict[str, str]
    sql: str
    example: str
    parameters: str | None = None
    warning: str | None = None

    @property
    def comment(self) -> str:
        """Return what the file itself says about it; a macro's columns too, which can bear no comments of their own."""
        listed = "; ".join(f"{name}: {text}" for name, text in self.columns.items())
        parts = [f"{self.description}.", f"{self.warning}." if self.warning else "", f"Columns: {listed}." if self.parameters else ""]
        return " ".join(part for part in (*parts, f"Example: {self.example}") if part)
