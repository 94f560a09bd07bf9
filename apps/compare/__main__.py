"""`python -m apps.compare`."""

from apps.compare.compare import main

if __name__ == "__main__":
    main()
