"""A message or campaign to its outcome. Knows ports, not HTTP or SQL."""
