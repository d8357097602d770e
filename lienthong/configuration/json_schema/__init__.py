"""JSON Schemas of the configuration files, for editors: draft-07, with the names of one project.

They are made from the shapes of the files and from the annotations of the project's code, as `lienthong check` is, so
what a schema refuses is refused by `check` too. What a schema cannot see is left to `check`: whether files fit
together, what a condition means, and texts that YAML reads as something else.
"""
