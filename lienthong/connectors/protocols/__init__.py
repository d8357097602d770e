"""What connectors share: HTTP, OAuth 2, tables, XML. A project's own connectors may use it."""
