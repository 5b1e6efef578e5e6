# SPDX-License-Identifier: MPL-2.0
from kommune3.kernel.inventory import not_personal

not_personal(
    {
        "metrics.Tally": "counts under names of measurements",
        "metrics.Milestone": "when something of the platform last happened; identifiers and counts",
    }
)
