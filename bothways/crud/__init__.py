"""CRUD over every canonical table on every configured database, made from the models at start."""
