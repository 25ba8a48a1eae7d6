"""Reading recipient lists: any file, stream or pasted text to rows of text cells, and what was understood of it.

``list_file.open_list`` is the door, ``model`` has the types, ``columns.guess_columns`` finds the telephone numbers and
``writing.writer_like`` writes rows back. Cells are as the file has them: reading numbers is left to others.
"""
