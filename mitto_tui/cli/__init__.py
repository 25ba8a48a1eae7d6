"""The command line: one file per command; each imports what it runs inside the command."""
