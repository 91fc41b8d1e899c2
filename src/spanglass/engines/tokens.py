"""Page tokens: where a page ended, said by the values it was sorted by.

A token names the last row rather than a number of rows, so rows that come or go between two pages neither
repeat nor hide others. It belongs to one query, and carries what that query had frozen.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import dataclass

from spanglass.engines.base import PageTokenError

SortValue = int | float | str | bool | None


@dataclass(frozen=True, slots=True)
class PageToken:
    """Where a page ended.

    ``keys`` are the last row's sort keys, ``trace_id`` (and, in spans mode, the preorder number ``no``) what
    told it from its equals; ``given`` the rows given so far, for a query with a LIMIT. ``now_ms`` and ``zone``
    are the query's: to resolve the same text to the same query again, give them to the resolver.

    >>> token = PageToken("f", 0, "UTC", [1.5, None, True], "t1", None, 100)
    >>> PageToken.read(token.text()) == token
    True
    """

    fingerprint: str
    now_ms: int
    zone: str
    keys: list[SortValue]
    trace_id: str
    no: int | None
    given: int

    def text(self) -> str:
        """The token as opaque text, fit for a URL."""
        parts = (self.fingerprint, self.now_ms, self.zone, self.keys, self.trace_id, self.no, self.given)
        body = zlib.compress(json.dumps(parts, separators=(",", ":")).encode())
        return base64.urlsafe_b64encode(zlib.crc32(body).to_bytes(4, "big") + body).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> PageToken:
        """The token that this text is. Raises PageTokenError if it is none."""
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            if zlib.crc32(raw[4:]).to_bytes(4, "big") != raw[:4]:
                raise ValueError("checksum")
            return cls(*json.loads(zlib.decompress(raw[4:])))
        except (ValueError, TypeError, binascii.Error, zlib.error) as error:
            raise PageTokenError(
                "this page token is damaged: pass on the token of the page before, or none for the first page"
            ) from error
