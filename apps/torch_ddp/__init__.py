"""Group-DIR on several processes with torch."""
