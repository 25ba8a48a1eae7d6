"""The only room with SQL: schema, migrations, and named queries per subject."""
