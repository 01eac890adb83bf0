"""Requests made from the OpenAPI document, sent to the real application in this process by callers of every role."""
