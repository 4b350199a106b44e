"""A file of the client becomes a table of typed columns, or a list of problems that name file, row and column."""
