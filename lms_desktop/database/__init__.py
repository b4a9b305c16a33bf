"""Everything that knows how to reach PostgreSQL: engine, transactions, migrations, the embedded server."""
