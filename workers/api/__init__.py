"""The read-only HTTP API over a store."""
