"""The loss of weighted tokens: logits, labels, weights -> one number. Knows no trainer and no kinds of thought."""

from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, pad

IGNORED = -100
"""The label of a token that is no target, here as in PyTorch and transformers."""


def target_weights(labels: Tensor, loss_weights: Tensor) -> Tensor:
    """The weight of each prediction: what position i predicts is token i + 1.

    Args:
        labels: (..., tokens), not shifted; `IGNORED` where a token is no target.
        loss_weights: (..., tokens), `loss_weights[i]` weighs token i as a target.

    Returns:
        (..., tokens), shifted left by one; 0 where the target is ignored, and at the end, where nothing is predicted.
    """
    return pad(loss_weights[..., 1:] * (labels[..., 1:] != IGNORED), (0, 1))


def weighted_loss(
    outputs: Any, labels: Tensor, num_items_in_batch: Tensor | float | None = None, *, loss_weights: Tensor
) -> Tensor:
    """Weighted mean of the tokens' negative log-likelihood, in nats: sum(w * nll) / sum(w).

    It has the signature of transformers' `compute_loss_func` with the weights besides, which `WeightedTrainer` gives.
    With weights that are all 1 it is the loss that transformers computes itself.

    Args:
        outputs: has `logits` (batch, tokens, vocabulary).
        labels: (batch, tokens), not shifted.
        num_items_in_batch: the sum of w to divide by, where it is not that of this batch alone: over all batches that
            are accumulated for one step, and over all devices. A mean of means would give a batch of few trained tokens
            as much say as one of many.
        loss_weights: (batch, tokens), aligned to `labels`.

    Returns:
        A scalar; 0 where nothing of the batch is trained.
    """
    targets = pad(labels[..., 1:], (0, 1), value=IGNORED).to(outputs.logits.device)
    logits = outputs.logits.float().flatten(0, -2)
    nll = cross_entropy(logits, targets.flatten(), ignore_index=IGNORED, reduction="none")
    weights = target_weights(labels, loss_weights).to(nll).flatten()
    total = weights.sum() if num_items_in_batch is None else torch.as_tensor(num_items_in_batch).to(weights)
    return (weights * nll).sum() / total.clamp(min=torch.finfo(total.dtype).tiny)
