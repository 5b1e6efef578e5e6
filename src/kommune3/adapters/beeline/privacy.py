# SPDX-License-Identifier: MPL-2.0
from kommune3.kernel.inventory import not_personal

not_personal({"beeline.Assumption": "how long a kilometre takes, and who says so"})
