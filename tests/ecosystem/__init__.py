"""What people already use around Keras, tried; tables of it for the docs."""
