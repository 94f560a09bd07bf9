"""`python -m apps.sts_b_dir`."""

from apps.sts_b_dir.train import main

if __name__ == "__main__":
    main()
