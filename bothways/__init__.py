"""Bothways: migration-first schema management for SQLAlchemy and Alembic."""

__version__ = "0.1.0"
