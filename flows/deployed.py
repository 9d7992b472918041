"""The Prefect flows under fixed names, for deployments: `prefect.yaml` and `yaodian serve` point here."""

from __future__ import annotations

from flows.orchestrated import make_audit_flow, make_flow

yaodian = make_flow()
audit = make_audit_flow()
