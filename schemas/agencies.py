"""Contracts of the bodies in charge: agencies, and which measures name them."""

from __future__ import annotations

import pandera.polars as pa
import polars as pl

from schemas import fields
from schemas.folding import lacks
from schemas.rules import ordinals_without_gaps
from schemas.table import Columns, Contract, ForeignKey, RowRule, TableRule


class AgencyColumns(Columns):
    """One row a body that is in charge of measures."""

    agency_id: pl.String = fields.text("The agency: its region's code and its full name")
    name: pl.String = fields.text(
        "Full official name (省科技厅 in a Zhejiang document is 浙江省科学技术厅); the name as written where none could be told"
    )
    region_code: pl.String = fields.region_code()
    level: pl.String = fields.one_of(fields.LEVELS, "Level of the division that it serves", nullable=True)
    aliases: pl.List(pl.String) = pa.Field(description="The names under which documents mention it, sorted")  # ty: ignore[invalid-type-form]
    is_resolved: pl.Boolean = pa.Field(description="Whether the full official name could be told")


AGENCIES = Contract(
    name="main.agencies",
    columns=AgencyColumns,
    primary_key=("agency_id",),
    foreign_keys=(ForeignKey(("region_code",), "main.regions", ("region_code",)),),
    row_rules=(
        RowRule(
            "id_is_region_and_name",
            "agency_id = COALESCE(region_code, '000000') || '-' || name",
            "An agency's id is the code of its region and its name",
        ),
        RowRule("resolved_agency_has_a_region", "NOT (is_resolved AND region_code IS NULL)", "No full name is told without a region"),
    ),
    table_rules=(
        TableRule(
            "agency_is_in_charge_of_something",
            "SELECT agency_id FROM main.agencies a ANTI JOIN main.measure_agencies m USING (agency_id)",
            "Each agency is named by a measure",
        ),
        TableRule(
            "aliases_are_the_names_written",
            """
            SELECT a.agency_id, a.aliases, names
            FROM main.agencies AS a
            JOIN (
                SELECT agency_id, list_sort(list(DISTINCT name)) AS names
                FROM main.measure_agencies
                GROUP BY agency_id
            ) USING (agency_id)
            WHERE a.aliases <> names
            """,
            "An agency's aliases are the names under which measures mention it",
        ),
        TableRule(
            "unresolved_name_is_as_written",
            "SELECT agency_id, name, aliases FROM main.agencies WHERE NOT is_resolved AND NOT list_contains(aliases, name)",
            "An agency whose full name could not be told goes by a name as written",
        ),
        TableRule(
            "level_is_that_of_the_region",
            """
            SELECT a.agency_id, a.level, r.level AS region_level
            FROM main.agencies AS a
            LEFT JOIN main.regions AS r USING (region_code)
            WHERE a.level IS DISTINCT FROM r.level
            """,
            "An agency's level is that of its region",
        ),
    ),
)


class MeasureAgencyColumns(Columns):
    """One row an agency named as in charge of a measure."""

    measure_id: pl.String = fields.child_id("m", "measure")
    ordinal: pl.Int32 = fields.ordinal("among the measure's agencies")
    agency_id: pl.String = fields.text("The agency")
    name: pl.String = fields.text("The name as written")
    role: pl.String = fields.one_of(fields.AGENCY_ROLES, "In charge how: 牵头, 责任/负责, 配合")


MEASURE_AGENCIES = Contract(
    name="main.measure_agencies",
    columns=MeasureAgencyColumns,
    primary_key=("measure_id", "ordinal"),
    foreign_keys=(
        ForeignKey(("measure_id",), "main.measures", ("measure_id",)),
        ForeignKey(("agency_id",), "main.agencies", ("agency_id",)),
    ),
    table_rules=(
        ordinals_without_gaps("main.measure_agencies", "measure_id"),
        TableRule(
            "name_stands_in_the_measure",
            f"""
            SELECT a.measure_id, a.ordinal, a.name
            FROM main.measure_agencies AS a
            JOIN main.measures AS m USING (measure_id)
            WHERE {lacks("m.text", "a.name")}
            """,
            "An agency's name stands in the measure's text",
            is_of_one_source=True,
        ),
    ),
)
