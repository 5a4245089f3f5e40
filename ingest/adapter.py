"""A learned change of the encoder's last layers, for questions only: passages stay as they were indexed.

Low-rank differences of weights (LoRA, Hu et al., ICLR 2022), which `python -m evals train` fits.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import torch

Half = npt.NDArray[np.float16]


@dataclass(frozen=True, eq=False)
class Adapter:
    """`first`: the first layer that changes. `down` (rank, in) and `up` (out, rank) by the name of a linear part within the
    model, as in "9.attention.self.query"; their product is added to its weights."""

    first: int
    down: Mapping[str, Half]
    up: Mapping[str, Half]


def adapted_layers(encoder: "torch.nn.Module", adapter: Adapter) -> "list[torch.nn.Module]":
    """The last layers of a transformer in float32 with the differences added; the encoder itself is left alone."""
    import torch

    layers = [copy.deepcopy(layer).float().eval() for layer in encoder.layer[adapter.first :]]  # type: ignore[index, union-attr]
    for name, down in adapter.down.items():
        number, part = name.split(".", 1)
        weight = layers[int(number) - adapter.first].get_submodule(part).weight
        with torch.no_grad():
            weight += torch.from_numpy(adapter.up[name].astype(np.float32) @ down.astype(np.float32))
    return layers
