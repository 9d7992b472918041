"""The Prefect flow under a fixed name, for deployments: `prefect.yaml` points here."""

from __future__ import annotations

from flows.orchestrated import make_flow

yaodian = make_flow()
