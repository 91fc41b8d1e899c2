"""Traces to eyes: the widget, the answers to its requests, its static picture, and the magics."""

from spanglass.explorer.opening import explore
from spanglass.explorer.widget import Explorer

__all__ = ["Explorer", "explore"]
