// SPDX-License-Identifier: MPL-2.0
import "./styles/map.scss";
import { MapElement } from "./map/element";

customElements.define("k3-map", MapElement);
