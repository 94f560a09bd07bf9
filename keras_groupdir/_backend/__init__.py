"""The only room whose files may import a backend."""
