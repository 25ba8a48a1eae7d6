"""What an SMS is: alphabet, segments, replacements, templates, sender, options, status. Plain Python."""
