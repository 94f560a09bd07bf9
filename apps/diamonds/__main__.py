"""`python -m apps.diamonds`."""

from apps.diamonds.train import main

if __name__ == "__main__":
    main()
