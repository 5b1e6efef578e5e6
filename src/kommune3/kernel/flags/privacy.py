# SPDX-License-Identifier: MPL-2.0
from kommune3.kernel.inventory import not_personal

not_personal({"flags.Flag": "switches of the platform"})
