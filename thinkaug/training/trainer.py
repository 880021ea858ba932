"""HF Trainer with a weight on every token: rows with `loss_weights` -> a trained model. Knows no kinds."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import torch
from transformers import Trainer

from thinkaug.errors import UserError
from thinkaug.training.loss import target_weights, weighted_loss

_WEIGHTS = "loss_weights"


class WeightedTrainer(Trainer):
    """The stock Trainer, but for two things that it has no place for.

    It calls `compute_loss_func(outputs, labels, num_items_in_batch)`, which never sees the weights, and what it counts
    as `num_items_in_batch` is targets. Here the function is given the weights of its batch, and the sum of the weights
    of all batches that make up one step, on all devices: to accumulate over many small batches is exactly one large
    batch. In evaluation each batch is a weighted mean of its own.

    All arguments are those of `transformers.Trainer`, but `compute_loss_func`. The data set has `input_ids`,
    `labels`, `loss_weights`, and where it is packed `position_ids` and no `attention_mask`; the stock collator serves
    rows of one length.

    Raises:
        UserError: rows without weights; or the model is run by `torch.nn.DataParallel` or with tokens of a row split
            over devices, where the weights would not lie beside their tokens.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.compute_loss_func is not None:
            raise UserError(
                "WeightedTrainer: it brings its own compute_loss_func; use transformers' Trainer for another"
            )
        self.compute_loss_func = weighted_loss
        if self.args.n_gpu > 1 or self.get_cp_size() * self.get_sp_size() > 1:
            raise UserError(
                "WeightedTrainer: one process a GPU, each with whole rows; start it with torchrun or accelerate"
            )
        self.label_names = [*self.label_names, _WEIGHTS]  # else the stock Trainer takes the column for unused

    def compute_loss(self, model: Any, inputs: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """The stock one, with the weights of this batch bound to the loss function."""
        rest = {name: value for name, value in inputs.items() if name != _WEIGHTS}
        self.compute_loss_func = partial(weighted_loss, loss_weights=_weights(inputs))
        if not model.training:
            kwargs.pop("num_items_in_batch", None)  # the stock count of targets
        return super().compute_loss(model, rest, *args, **kwargs)

    def get_batch_samples(self, epoch_iterator: Iterator[Any], num_batches: int, device: Any) -> tuple[list[Any], Any]:
        """The stock one, with the sum of the targets' weights in place of their number."""
        batches, _ = super().get_batch_samples(epoch_iterator, num_batches, device)
        total = torch.zeros((), device=device)
        for batch in batches:
            total += target_weights(batch["labels"], _weights(batch)).sum().to(device)
        if self.args.average_tokens_across_devices and self.args.world_size > 1:
            # Devices that share a row by tensor parallelism each count it.
            total = self.accelerator.gather(total).sum() / self.get_tp_size()
        return batches, total


def _weights(batch: dict[str, Any]) -> torch.Tensor:
    if _WEIGHTS not in batch:
        raise UserError(
            f"WeightedTrainer: rows without `{_WEIGHTS}`; pack with layout `packed`, or use transformers' Trainer"
        )
    weights: torch.Tensor = batch[_WEIGHTS]
    return weights
