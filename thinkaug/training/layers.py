"""Learning rates by layer: a model -> parameter groups of an optimizer. Knows no data and no loss."""

from typing import Any

from torch import nn

from thinkaug.errors import UserError


def layer_groups(
    model: nn.Module, *, recall_lr: float, reasoning_lr: float, boundary: float = 0.5, weight_decay: float = 0.0
) -> list[dict[str, Any]]:
    """Give lower layers one learning rate and upper layers another.

    Knowledge seems to be retrieved in the lower layers, reasoning adjusted in the upper ones (arXiv 2507.18178). Where
    the border lies differs from model to model, and nobody has shown one that is best to train with: `boundary` is
    there to be tried. To weigh the *tokens* of recall and of reasoning apart, use `pack.style.weights`; these groups
    know nothing of tokens.

    Args:
        model: of blocks in an `nn.ModuleList`, as the text models of transformers; the outermost list is taken.
        recall_lr: of the embeddings and of the lower blocks; of the output layer too where it shares the embeddings'
            weights.
        reasoning_lr: of the upper blocks, of the last norm and of an output layer of its own.
        boundary: the share of blocks that are lower ones, 0 to 1.
        weight_decay: of matrices; vectors (norms, biases) have none.

    Returns:
        Groups for `torch.optim`, each with a `name`; without frozen parameters, and without empty groups.

    Raises:
        UserError: no list of blocks, or a boundary outside 0 to 1.
    """
    if not 0 <= boundary <= 1:
        raise UserError(f"layer_groups: boundary {boundary} is not a share; give one from 0 to 1")
    found = ((name, module) for name, module in model.named_modules() if isinstance(module, nn.ModuleList))
    prefix, blocks = next(found, ("", None))
    if not blocks:
        raise UserError(f"layer_groups: {type(model).__name__} has no nn.ModuleList of blocks; make the groups by hand")
    lower = {parameter for block in blocks[: round(boundary * len(blocks))] for parameter in block.parameters()}
    lower |= {parameter for embedding in _embeddings(model, prefix) for parameter in embedding.parameters()}
    groups: dict[str, dict[str, Any]] = {}
    for parameter in (parameter for parameter in model.parameters() if parameter.requires_grad):
        part, lr = ("recall", recall_lr) if parameter in lower else ("reasoning", reasoning_lr)
        name, decay = (part, weight_decay) if parameter.ndim > 1 else (f"{part}_vectors", 0.0)
        groups.setdefault(name, {"name": name, "params": [], "lr": lr, "weight_decay": decay})["params"].append(
            parameter
        )
    return list(groups.values())


def _embeddings(model: nn.Module, blocks: str) -> list[nn.Module]:
    """The embeddings beside or above the blocks, not those within them."""
    return [
        module
        for name, module in model.named_modules()
        if isinstance(module, nn.Embedding) and not name.startswith(f"{blocks}.")
    ]
