"""The monthly review of services: per procedure and channel."""
