"""Figures for Prometheus: what a worker counts, what several have counted together, and ``/metrics``."""
