"""`python -m lms_desktop`, and where a bundle begins."""

import sys

from lms_desktop.cli import main

if __name__ == "__main__":
    sys.exit(main())
