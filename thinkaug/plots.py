"""Reliability diagrams as pictures: points in, a PNG out, the same bytes for the same points. Knows no measures."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from thinkaug.errors import UserError

Points = Sequence[tuple[float, float, int]]
"""Mean confidence, share that was right, and how many, a bin each."""


def reliability_plot(path: Path, curves: Mapping[str, Points]) -> None:
    """Draw the curves beside the diagonal, where confidence is the share that is right; larger dots are fuller bins.

    Raises:
        UserError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise UserError("calibrate: the picture takes matplotlib: pip install thinkaug[calibrate]") from error
    figure = Figure(figsize=(5, 5), dpi=120, layout="constrained")
    axes = figure.add_subplot(
        xlabel="confidence", ylabel="share that is right", xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), aspect="equal"
    )
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1, linestyle="--")
    for name, points in curves.items():
        whole = sum(count for _, _, count in points)
        confidence, accuracy = [point[0] for point in points], [point[1] for point in points]
        (line,) = axes.plot(confidence, accuracy, linewidth=1.2, label=f"{name} ({whole} claims)")
        sizes = [12 + 160 * count / whole for _, _, count in points]
        axes.scatter(confidence, accuracy, s=sizes, color=line.get_color(), alpha=0.7)
    axes.legend(loc="upper left", frameon=False)
    figure.savefig(path, format="png", metadata={"Software": None})  # without the version of the program that drew it
