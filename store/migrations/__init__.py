"""The steps that create and upgrade the data store's tables. `config/bus.yaml` names this package (`migrations`)."""
