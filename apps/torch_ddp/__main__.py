"""Runs the recipe."""

from apps.torch_ddp.train import main

if __name__ == "__main__":
    main()
