"""The only rooms of the engine that speak AMQP or SQL."""
