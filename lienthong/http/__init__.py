"""The HTTP interface: what other systems ask and push, and what watches the bus. ASGI over FastAPI."""
