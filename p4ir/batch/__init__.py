"""A file or folder of clauses to a file of rules: exactly one result a row, resumable."""
