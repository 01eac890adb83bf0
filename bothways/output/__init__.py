"""Show a report: each format is a function of the report's data alone."""
