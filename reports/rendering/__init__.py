"""Reports as files: one module a file format, each a pure `render(document) -> bytes`."""
