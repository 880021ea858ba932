"""Weights for trainers that align them to predictions: token-aligned weights, lengths -> shifted. Knows no tensors."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from thinkaug.errors import UserError


def shift_weights(
    loss_weights: npt.ArrayLike, seq_lengths: Sequence[int] | npt.NDArray[np.integer]
) -> npt.NDArray[np.float32]:
    """Move each document's weights one to the left, as Levanter (`loss_weight`) and Megatron-Bridge (`loss_mask`) want.

    There, entry i weighs the prediction made at token i, which is token i + 1. The last token of a document predicts
    nothing of it, so it has 0: else the first weight of the next document would weigh a guess across documents.

    Args:
        loss_weights: (tokens), of one row; entry i weighs token i as a target.
        seq_lengths: tokens of each document in the row, padding included, in order.

    Returns:
        (tokens), float32.

    Raises:
        UserError: the lengths do not add up to the row.
    """
    weights, lengths = np.asarray(loss_weights, np.float32), np.asarray(seq_lengths, np.int64)
    if weights.ndim != 1 or (lengths < 0).any() or lengths.sum() != len(weights):
        raise UserError(
            f"shift_weights: seq_lengths cover {lengths.sum()} tokens, loss_weights has the shape {weights.shape}; "
            "give both of one packed row"
        )
    shifted = np.append(weights[1:], np.float32(0))[: len(weights)]
    shifted[np.cumsum(lengths[lengths > 0]) - 1] = 0
    return shifted
