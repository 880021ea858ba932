"""What tallies come to."""

import pytest

from thinkaug.findings import finding
from thinkaug.ledger import Ledger

PRUNED = {
    "supported_before": 80, "contradicted_before": 20, "unknown_before": 25, "supported_after": 30,
    "contradicted_after": 0, "unknown_after": 10, "gain_millinats_before": 5000, "target_tokens_before": 10,
    "gain_millinats_after": 0, "target_tokens_after": 0, "thought_tokens_before": 1000, "thought_tokens_after": 200,
    "recall_before": 9, "recall_after": 8, "raw": 1,
}  # fmt: skip
NONE_CHECKED = {"claims": 2, "supported": 0, "contradicted": 0, "unknown": 2}
SCORED = {"gain_millinats": 3000, "matched_millinats": 3000, "mismatched_millinats": -1000, "target_tokens": 10}


@pytest.mark.parametrize(
    ("tally", "line"),
    [
        (
            PRUNED,
            "x: KI 0.800 -> 1.000, coverage 0.800 -> 0.750, IG 0.500 -> none, tokens of thoughts 1,000 -> 200, "
            "passages with recall 9 -> 8; 1 go out raw",
        ),
        ({"claims": 5, "supported": 3, "contradicted": 1, "unknown": 1}, "x: KI 0.750, coverage 0.800, 5 claims"),
        (NONE_CHECKED, "x: KI none, coverage 0.000, 2 claims"),
        (SCORED, "x: IG 0.300 nats a token, 0.400 more than for a stretch not its own"),
        ({"gain_millinats": 0}, "x: IG none nats a token, none more than for a stretch not its own"),
        (
            {
                "cuts_before": 10,
                "cuts_kept": 5,
                "hard_millinats": 9000,
                "hard_tokens": 6,
                "easy_millinats": 1000,
                "easy_tokens": 2,
                "procedural_thousandths": 900,
                "scored": 3,
            },
            "x: 5 of 10 cuts kept; surprisal 1.500 nats a token where thoughts go, 0.500 elsewhere; "
            "procedural 0.300 on average",
        ),
        ({"cuts_before": 10, "cuts_kept": 10}, "x: 10 of 10 cuts kept; procedural none on average"),
        ({"prompt_tokens": 5}, ""),
    ],
)
def test_a_tally_in_a_line(tally: dict[str, int], line: str) -> None:
    assert finding(Ledger("x", 1, 1, 1, {}, {}, tally, 0.0)) == line
