"""Attribute dialects: what libraries write into spans, read into one shape.

Each module knows one dialect. ``normalise`` asks those whose keys a span has, in the order of ``DIALECTS``; for each
field the first that says something wins.
"""

from spanglass.formats.dialects.hoisting import Hoisted, Hoists, in_batches
from spanglass.formats.dialects.normalising import DIALECTS, normalise
from spanglass.formats.dialects.reading import Dialect, Reading

__all__ = ["DIALECTS", "Dialect", "Hoisted", "Hoists", "Reading", "in_batches", "normalise"]
