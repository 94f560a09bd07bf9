"""`python -m apps.age`."""

from apps.age.train import main

if __name__ == "__main__":
    main()
