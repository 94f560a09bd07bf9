"""What `apps.compare` draws."""
