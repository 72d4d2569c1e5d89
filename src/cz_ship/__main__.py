"""`python -m cz_ship` is `cz-ship`."""

import sys

from cz_ship.faces.cli import main

if __name__ == "__main__":
    sys.exit(main())
