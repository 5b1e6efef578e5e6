# SPDX-License-Identifier: MPL-2.0


class BackupFailed(Exception):
    """Nothing was written under the name asked for. ``str()`` tells the operator why, and what to do."""


class RestoreRefused(Exception):
    """Nothing was changed. ``str()`` tells the operator why, and what to do."""
