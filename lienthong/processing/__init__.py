"""The work of routes and sinks on the events in their queues."""
