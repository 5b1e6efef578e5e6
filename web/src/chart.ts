// SPDX-License-Identifier: MPL-2.0
import { ChartElement } from "./chart/element";

customElements.define("k3-chart", ChartElement);
