"""Where things are and what the person chose: paths, configuration, profiles, the key, redaction."""
