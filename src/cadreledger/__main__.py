"""``python -m cadreledger``."""

from cadreledger.cli import main

if __name__ == "__main__":
    main()
