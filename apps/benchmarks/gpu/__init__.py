"""What a GPU is for: large batches, large images, half precision."""
