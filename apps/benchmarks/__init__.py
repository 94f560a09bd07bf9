"""Time and memory of the contrastive loss, speed of the text encoder."""
