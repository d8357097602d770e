"""The shapes every room agrees on, one file a shape and version. A new version is a new file; the old one stays."""
