"""What the apps share: results files, pictures, progress."""
