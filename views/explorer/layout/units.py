"""Units, sizes and types that the parts of a layout share."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SMALL = 600  # nodes: up to here dense numpy, above it compiled kernels
START_PIVOTS = 50  # nodes from which distances are measured for the first picture
SPACING = 2.0  # from a typical node to its nearest, in diameters, so that names have room
GAP = 0.15  # between discs: rounding to 0.1 moves two nodes by at most 0.1·√2 together
