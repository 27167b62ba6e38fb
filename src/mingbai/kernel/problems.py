"""Bad input, told so that its sender can mend it: what, where, how."""

from __future__ import annotations

from typing import Any


class Problem(Exception):
    """Input that cannot be taken.

    `code` is stable and dotted (`room.what`), `what` a sentence, `where` the field, row or line, `mend` what to do.
    Faces turn it into RFC 9457 problem details, a report row or a sentence. No personal data goes in.
    """

    def __init__(
        self, code: str, what: str = "", *, where: str = "", mend: str = "", status: int = 422, **more: Any
    ) -> None:
        self.code, self.what, self.where, self.mend, self.status, self.more = code, what, where, mend, status, more
        super().__init__(": ".join(part for part in (where, what or code, mend) if part))
