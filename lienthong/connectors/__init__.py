"""Generic connectors: protocols that many systems speak, configured by YAML alone. They name no system.

What speaks to one named system lives in a project's own `connectors/`. See ADR 18.
"""
