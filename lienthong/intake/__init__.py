"""How events come in: polling of sources, and batching of their pages."""
