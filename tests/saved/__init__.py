"""Small files of models by version, which load ever after."""
