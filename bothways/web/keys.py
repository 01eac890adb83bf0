"""Keys that the service signs with, each derived from its secret for one purpose."""

from bothways.keys import Keys, derived

__all__ = ["Keys", "derived"]
