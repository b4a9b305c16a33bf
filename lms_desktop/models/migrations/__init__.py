"""Migrations as views see them: where the database stands, what runs, and the lists that are shown of it."""
