"""cz-ship: a release toolkit for Python packages, driven by commitizen."""
