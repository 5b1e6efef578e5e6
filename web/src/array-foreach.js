// SPDX-License-Identifier: MPL-2.0
module.exports = (items, visit) => Array.prototype.forEach.call(items, visit);
