"""For the one who trains: weighted loss, shifted weights, learning rates by layer. Knows no shards.

`import thinkaug` does not import it: it takes PyTorch. `thinkaug.training.trainer` holds the Trainer, and takes
transformers too.
"""

from thinkaug.errors import UserError

try:
    import torch as _torch  # noqa: F401
except ImportError as error:
    raise UserError("thinkaug.training takes PyTorch: pip install thinkaug[trainers]") from error

from thinkaug.training.layers import layer_groups
from thinkaug.training.loss import target_weights, weighted_loss
from thinkaug.training.shift import shift_weights

__all__ = ["layer_groups", "shift_weights", "target_weights", "weighted_loss"]
