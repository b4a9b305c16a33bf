"""Everything that reads and changes the database for a purpose: one operation, one function. No Qt."""
