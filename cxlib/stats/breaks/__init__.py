"""Where a line breaks: exact search, tests, intervals, contests against smooth shapes, power."""
