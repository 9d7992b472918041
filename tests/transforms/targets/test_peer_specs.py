"""The quantity parser against a peer's specs, where they are at hand."""

import pytest

from tests.transforms.targets import peer_specs


def test_at_least_95_percent_of_the_cases_in_scope_pass() -> None:
    if not peer_specs.SPECS.is_dir():
        pytest.skip(f"the peer's specs are not at {peer_specs.SPECS}")
    tallies = peer_specs.run_specs()
    passed = sum(tally.passed for tally in tallies.values())
    failed = [note for tally in tallies.values() for note in tally.failed]
    assert passed >= 0.95 * (passed + len(failed)), failed


def test_no_case_is_left_out_without_a_reason() -> None:
    case = {"spec": "Number/Chinese/NumberModel", "Input": "199个", "Results": [{"Resolution": {"value": "199"}}]}
    assert peer_specs.left_out(case) is None
    assert peer_specs.left_out({**case, "NotSupported": "javascript, python"}) == "marked by its authors as not supported in Python"
