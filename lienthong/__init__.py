"""The engine of Lienthong. It names no government system: those live in `connectors/` and `config/`."""
