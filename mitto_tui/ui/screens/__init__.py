"""One screen a mode, and the dialogs that several share."""
