"""The engine over HTTP: endpoints, errors as problem documents, logs."""
