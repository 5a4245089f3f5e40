"""A learned change of the encoder's last layers, for questions only: passages stay as they were indexed.

Low-rank differences of weights (LoRA, Hu et al., ICLR 2022), which `python -m evals train` fits.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Adapter:
    """`first`: the first layer that changes. `down` (rank, in) and `up` (out, rank) by the name of a linear part of the model, as
    in "encoder.layer.9.attention.self.query"; their product is added to its weights."""

    first: int
    down: Mapping[str, Floats]
    up: Mapping[str, Floats]

    def differences(self) -> dict[str, Floats]:
        """What is added to the weights of each part: (out, in)."""
        return {name: np.asarray(self.up[name] @ down, np.float32) for name, down in self.down.items()}
