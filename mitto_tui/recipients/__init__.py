"""From what people type or keep in files to clean recipients."""
