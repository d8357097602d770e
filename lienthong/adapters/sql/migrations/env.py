"""Run by Alembic for every command. It works on the connection it is given and leaves its transaction to the giver."""

from alembic import context

from lienthong.adapters.sql.migrations import VERSION_TABLE

context.configure(connection=context.config.attributes["connection"], version_table=VERSION_TABLE)
with context.begin_transaction():
    context.run_migrations()
