"""What a mail, a look and a sweep cost while the desk grows, beside a desk of 1,000 cases in the same run; prints JSON.

python bench/flat.py                          # 1,000 to 1,000,000 cases, SQLite and PostgreSQL: an hour
python bench/flat.py --engine sqlite --sizes 1000 10000 100000 --draw ''
python bench/flat.py --keep FOLDER            # desks once filled stay there for the next run (SQLite only)

The two desks take turns, every twenty mails, so that a machine that is busy with other things slows both. A desk has
had one case a minute: a larger one is an older one. A third of its senders has written before.
"""

from __future__ import annotations

import argparse
import json
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import batched
from pathlib import Path
from typing import Any

