"""The flow with a check that no document passes: what a deployment of a test points at."""

from __future__ import annotations

import flows.build
from flows.orchestrated import make_audit_flow, make_flow
from tests.flows.test_build import with_failing_check

setattr(flows.build, "DATA_TABLES", with_failing_check())  # noqa: B010  it has as many tables as before
yaodian = make_flow()
audit = make_audit_flow()
