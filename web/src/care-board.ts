// SPDX-License-Identifier: MPL-2.0
// The dispatcher's board of home care: carers by time beside the map.
import "./styles/map.scss";
import { CareBoardElement } from "./care-board/element";
import { CareGanttElement } from "./care-board/gantt";
import { CareMapElement } from "./care-board/map";

customElements.define("k3-care-gantt", CareGanttElement);
customElements.define("k3-care-map", CareMapElement);
customElements.define("k3-care-board", CareBoardElement);
