"""Who may do what: users, API keys and sessions, in tables of the engine's own."""
