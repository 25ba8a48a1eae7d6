"""mitto-tui: compose, send and follow SMS through Mitto, from a terminal."""

__version__ = "0.1.0"
