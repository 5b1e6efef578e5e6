# SPDX-License-Identifier: MPL-2.0
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))  # so that "scripts.reference" is found
