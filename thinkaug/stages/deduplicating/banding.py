"""How signatures are cut into bands, and what that finds, for people. Knows the config only."""

from thinkaug.minhash import bands, s_curve
from thinkaug.stages.deduplicating.config import Config

_MISSED_WEIGHT = 0.9  # a missed pair is lost, a false one costs a look


def banded(config: Config) -> tuple[int, int]:
    """How many bands, of how many values."""
    if config.bands == "auto" and config.rows == "auto":
        missed = _MISSED_WEIGHT if config.verify == "exact" else 0.5
        found = bands(
            config.threshold,
            config.permutations,
            false_positive_weight=1 - missed,
            false_negative_weight=missed,
        )
        return found.bands, found.rows
    if config.rows == "auto":
        assert config.bands != "auto"
        return config.bands, config.permutations // config.bands
    return (config.permutations // config.rows if config.bands == "auto" else config.bands), config.rows


def curve(cut: int, width: int, threshold: float) -> str:
    """The S-curve of the bands, for people: how likely a pair of some similarity is found."""
    lines = [f"dedup: {cut} bands of {width} values; a pair is found with a probability of 1 - (1 - s^{width})^{cut}:"]
    for similarity in sorted({0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, round(threshold, 2)}):
        found = s_curve(cut, width, similarity)
        mark = "  <- threshold" if similarity == round(threshold, 2) else ""
        lines.append(f"  s = {similarity:.2f}  {found:.3f}  {'#' * round(30 * found)}{mark}")
    return "\n".join(lines)
