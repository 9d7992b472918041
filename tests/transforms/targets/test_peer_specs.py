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


def test_at_least_90_percent_of_the_ranges_pass() -> None:
    if not peer_specs.SPECS.is_dir():
        pytest.skip(f"the peer's specs are not at {peer_specs.SPECS}")
    tally = peer_specs.run_specs()[peer_specs.RANGES]
    assert tally.passed >= 0.9 * (tally.passed + len(tally.failed)), tally.failed


def test_a_case_is_left_out_for_its_kind_only() -> None:
    case = {"spec": "Number/Chinese/NumberModel", "Input": "199个", "Results": [{"Resolution": {"value": "199"}}]}
    assert peer_specs.left_out(case) is None
    assert peer_specs.left_out({**case, "NotSupported": "javascript, python"}) is None
    assert peer_specs.left_out({**case, "Input": "2^5"}) == "a power (2^5)"


@pytest.mark.parametrize(
    ("wanted", "read", "same"),
    [
        ("(20,)", (">", "超过20"), True),
        ("[20,)", (">", "超过20"), False),
        ("(20,)", (">=", "20以上"), True),
        ("(,20)", (">", "超过20"), False),
    ],
)
def test_intervals_are_compared_by_bounds_and_ends(wanted: str, read: tuple[str, str], same: bool) -> None:
    intervals = peer_specs.as_intervals({"comparator": read[0], "text": read[1], "value_low": 20.0, "value_high": None})
    assert peer_specs.is_same(peer_specs.read_value(wanted), intervals[0]) is same
