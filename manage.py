#!/usr/bin/env python
"""Django's command line. `python -m deploy.local exec -- python manage.py …` gives it throw-away services."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "msmebazaar.settings.local")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
