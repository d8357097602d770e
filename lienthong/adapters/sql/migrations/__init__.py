"""Migrations: the steps that bring database tables to the shape this version needs.

The ledger has its steps here in `versions/`. A project names packages of its own in `config/bus.yaml` (`migrations`).
Each package records the newest applied step in a version table of its own.
"""
