"""The steps of the Bulk screen: a list, its columns, the message, the check."""
