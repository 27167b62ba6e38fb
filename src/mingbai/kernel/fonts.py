"""The font with Chinese that papers are set in. A path only; who sets a paper finds out whether it is there."""

from __future__ import annotations

import os
from pathlib import Path

# Debian's fonts-noto-cjk; another file, which has to hold Chinese, by MINGBAI_FONT.
FONT = Path(os.environ.get("MINGBAI_FONT", "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"))
FACE = 2 if FONT.suffix == ".ttc" else 0  # in that collection, 2 is “SC”
