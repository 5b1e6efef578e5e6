// SPDX-License-Identifier: MPL-2.0
import { TimelineElement } from "./timeline/element";

customElements.define("k3-timeline", TimelineElement);
