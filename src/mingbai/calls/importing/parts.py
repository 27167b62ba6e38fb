"""Some rows of a file of call records, before anything is known of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mingbai.calls.importing.judging import Cells, Faults


@dataclass(frozen=True)
class Part:
    """Rows of a file. `rows`: their numbers in it, see `faults.BadRow`; `done`: bytes of the file read so far.

    `raw`: the rows of some places as they stand, each with its line end; None where they are fetched otherwise.
    """

    cells: Cells
    spoiled: Faults
    rows: NDArray[np.int64]
    done: int
    raw: Callable[[NDArray[np.int64]], bytes] | None = None
