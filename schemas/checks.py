"""The checks that a contract asks for, one `Check` each: the list that both engines work off and the reports show.

A check has one name, whichever engine runs it, so that the two verdicts on it can be laid side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandera.polars as pa

    from schemas.table import Contract, ForeignKey, RowRule, Severity, TableRule

Kind = Literal[
    "columns", "type", "not_null", "unique", "values", "pattern", "minimum", "maximum", "length",
    "row_rule", "foreign_key", "table_rule", "not_empty", "handed_over",
]  # fmt: skip
FRAME_KINDS: tuple[Kind, ...] = ("columns", "type", "not_null", "unique", "values", "pattern", "minimum", "maximum", "length", "row_rule")

COLUMNS_NAME = "columns_are_those_agreed"
HANDED_OVER_NAME = "rows_are_those_handed_over"
_FIELD_CHECKS: dict[str, tuple[Kind, str, str]] = {
    "isin": ("values", "allowed_values", "{column}_is_one_of_its_values"),
    "str_matches": ("pattern", "pattern", "{column}_matches_its_pattern"),
    "str_length": ("length", "min_value", "{column}_is_long_enough"),
    "greater_than_or_equal_to": ("minimum", "min_value", "{column}_reaches_its_minimum"),
    "less_than_or_equal_to": ("maximum", "max_value", "{column}_keeps_to_its_maximum"),
}
_IN_WORDS: dict[Kind, str] = {
    "values": "{column} is one of {value}",
    "pattern": "{column} matches {value}",
    "length": "{column} has at least {value} character(s)",
    "minimum": "{column} is at least {value}",
    "maximum": "{column} is at most {value}",
}


@dataclass(frozen=True)
class Check:
    """One thing that must hold of a table: `value` is what the kind needs (the pattern, the bound, the rule, the columns …)."""

    table: str
    name: str
    kind: Kind
    description: str
    column: str | None = None
    severity: Severity = "error"
    value: Any = None

    @property
    def is_of_frames(self) -> bool:
        """Say whether pandera checks it at the hand-over too; the others need the whole table or other tables."""
        return self.kind in FRAME_KINDS


def list_checks(contract: Contract) -> tuple[Check, ...]:
    """List every check of a contract, in a fixed order; names are unique within the table."""
    return (
        Check(contract.name, COLUMNS_NAME, "columns", f"The columns are {', '.join(contract.dtypes)}, in this order"),
        *_column_checks(contract),
        *_key_checks(contract),
        *(_foreign_key_check(contract, key) for key in contract.foreign_keys),
        *(_rule_check(contract, "row_rule", rule) for rule in contract.row_rules),
        *(_rule_check(contract, "table_rule", rule) for rule in contract.table_rules),
        *(() if contract.may_be_empty else (Check(contract.name, "table_is_not_empty", "not_empty", "The table has rows"),)),
    )


def field_check(column: str, check: pa.Check, table: str = "") -> Check:
    """Return the check that a `pa.Field` argument of a column stands for.

    Raises NotImplementedError for an argument that no engine-independent kind exists for yet: add it to `_FIELD_CHECKS`.
    """
    if check.name not in _FIELD_CHECKS:
        raise NotImplementedError(f"{table}.{column}: the field check {check.name} is unknown; add it to schemas/checks.py")
    kind, statistic, name = _FIELD_CHECKS[check.name]
    value = (check.statistics or {})[statistic]
    shown = ", ".join(repr(one) for one in value) if isinstance(value, Sequence) and not isinstance(value, str) else value
    return Check(table, name.format(column=column), kind, _IN_WORDS[kind].format(column=column, value=shown), column, value=value)


def _column_checks(contract: Contract) -> list[Check]:
    checks = []
    for name, column in contract.columns.to_schema().columns.items():
        of_type = Check(contract.name, f"{name}_has_its_type", "type", f"{name} is of type {column.dtype}", name, value=column.dtype.type)
        not_null = Check(contract.name, f"{name}_is_not_null", "not_null", f"{name} is never NULL", name)
        checks += [of_type, *([] if column.nullable else [not_null])]
        checks += [field_check(name, check, contract.name) for check in column.checks]
    return checks


def _key_checks(contract: Contract) -> list[Check]:
    unique = [(name,) for name, column in contract.columns.to_schema().columns.items() if column.unique]
    keys = dict.fromkeys([contract.primary_key, *unique])
    return [
        Check(
            contract.name,
            f"{'_'.join(key)}_is_unique",
            "unique",
            f"No two rows have the same {' and '.join(key)}",
            key[0] if len(key) == 1 else None,
            value=key,
        )
        for key in keys
    ]


def _foreign_key_check(contract: Contract, key: ForeignKey) -> Check:
    description = f"{' and '.join(key.columns)}, where not NULL, stand in {key.table} ({', '.join(key.references)})"
    return Check(contract.name, key.name, "foreign_key", description, key.columns[0] if len(key.columns) == 1 else None, value=key)


def _rule_check(contract: Contract, kind: Kind, rule: RowRule | TableRule) -> Check:
    return Check(contract.name, rule.name, kind, rule.description, severity=rule.severity, value=rule)
