"""A desktop application with which a school's staff run their Learning Management System on its PostgreSQL database."""

__version__ = "0.1.0"
