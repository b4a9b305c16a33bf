"""The page of migrations: where the database stands, what would be done to it, doing it with everything measured."""

from lms_desktop.spec import N_

MIGRATIONS_PAGE = "migrations"
"""The page's name in addresses and settings."""

MIGRATIONS_LABEL = N_("Migrations")
"""What it is called."""
