"""The service: the canonical models, served by the engine. ``bothways serve`` runs ``api.app:app``."""
