"""Data that people extend without touching code: tables in TOML, each read by one loader module beside it."""
