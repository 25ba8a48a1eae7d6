"""One profile, opened: its store, key, gateway and report receiver, put together and closed together."""
