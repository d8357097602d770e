"""Who may do what: clients, their keys, their scopes, their rates. No I/O."""
