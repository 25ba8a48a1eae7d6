"""What an SMS is, in plain Python: alphabet, segments, sender, options, status. Standard library only."""
