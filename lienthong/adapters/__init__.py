"""The adapters of the ports: AMQP, SQL, stored files and clocks. No other room of the engine speaks AMQP or SQL."""
