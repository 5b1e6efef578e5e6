// SPDX-License-Identifier: MPL-2.0
// <k3-map data="id-of-json_script" land="URL of denmark.geojson" [tiles="https://…/{z}/{x}/{y}.png" credit="whom to name"]
//   [pick="id-of-latitude,id-of-longitude"] label="…">
// Drawn in the page itself, not in a shadow: MapLibre looks for its style sheet in the document.
import { html, LitElement, nothing } from "lit";
import { Map as MapLibreMap, Marker, Popup, setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { readFigures } from "../figures";
import { words } from "../words";
import { boundsOf, type MapFigures, type Place } from "./figures";
import { mapStyle } from "./style";

// A file of its own, so that the content security policy needs no blob: workers.
setWorkerUrl(new URL(workerUrl, import.meta.url).href);

const ZOOM_MS = 300;
const CLOSEST = 14;

export class MapElement extends LitElement {
  static override properties = { label: { type: String }, problem: { state: true } };

  declare label: string;
  declare private problem: string | undefined;
  private map: MapLibreMap | undefined;
  private places: Place[] = [];
  private watcher: ResizeObserver | undefined;

  constructor() {
    super();
    this.label = words.map;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override render() {
    if (this.problem) return html`<p class="k3-map__problem">${this.problem}</p>`;
    const note = this.getAttribute("tiles") ? this.getAttribute("credit") : words.mapSchematic;
    return html`
      <div class="k3-map__frame" role="region" aria-label=${this.label}></div>
      <div class="k3-map__tools">
        <button type="button" aria-label=${words.zoomIn} @click=${() => this.map?.zoomIn(this.motion())}>+</button>
        <button type="button" aria-label=${words.zoomOut} @click=${() => this.map?.zoomOut(this.motion())}>−</button>
        <button type="button" @click=${() => this.showAll(this.motion().duration)}>${words.zoomTo}</button>
      </div>
      ${note ? html`<p class="k3-map__note">${note}</p>` : nothing}
    `;
  }

  protected override firstUpdated(): void {
    readFigures<MapFigures>(this).then(
      (figures) => this.draw(figures.places),
      (error: unknown) => {
        console.error(error);
        this.problem = words.dataUnavailable;
      },
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.watcher?.disconnect();
    this.map?.remove();
    this.map = undefined;
  }

  private draw(places: Place[]): void {
    this.places = places;
    const land = new URL(this.getAttribute("land") ?? "", document.baseURI).href;
    try {
      this.map = new MapLibreMap({
        container: this.querySelector<HTMLElement>(".k3-map__frame")!,
        style: mapStyle(land, this.getAttribute("tiles")),
        bounds: boundsOf(places),
        fitBoundsOptions: { maxZoom: CLOSEST },
        maxZoom: 18,
        minZoom: 4,
        attributionControl: false,
        // MapLibre takes no notice of the first change of size, which is the one that matters when the page is still being laid out.
        trackResize: false,
        dragRotate: false,
        pitchWithRotate: false,
        // A page is scrolled past a map; holding Ctrl (or two fingers) moves the map itself.
        cooperativeGestures: false,
        scrollZoom: false,
      });
    } catch (error) {
      // No WebGL: an old machine or a locked-down browser. The table beside the map says the same.
      console.info(error);
      this.problem = words.mapUnavailable;
      return;
    }
    this.watcher = new ResizeObserver(() => {
      this.map?.resize();
      this.showAll(0);
    });
    this.watcher.observe(this.map.getContainer());
    const canvas = this.map.getCanvas();
    canvas.setAttribute("aria-label", this.label);
    // The region around it has the role; a canvas that only pans needs none of its own.
    canvas.setAttribute("role", "img");
    for (const place of places) this.addMarker(place);
    this.offerToPick();
  }

  // pick="id-of-latitude,id-of-longitude": a click on the map fills these fields in. They can be typed in as well.
  private offerToPick(): void {
    const fields = (this.getAttribute("pick") ?? "").split(",").map((id) => document.getElementById(id));
    const [latitude, longitude] = fields;
    if (!(latitude instanceof HTMLInputElement) || !(longitude instanceof HTMLInputElement)) return;
    const element = document.createElement("span");
    element.className = "k3-map__marker k3-map__marker--warning";
    const picked = new Marker({ element });
    this.map?.on("click", (event) => {
      picked.setLngLat(event.lngLat).addTo(this.map!);
      latitude.value = event.lngLat.lat.toFixed(5);
      longitude.value = event.lngLat.lng.toFixed(5);
      for (const field of [latitude, longitude]) field.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  private showAll(duration: number): void {
    this.map?.fitBounds(boundsOf(this.places), { duration, maxZoom: CLOSEST });
  }

  private addMarker(place: Place): void {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `k3-map__marker k3-map__marker--${place.kind ?? "normal"}`;
    button.textContent = place.figure ?? "";
    const popup = new Popup({ offset: 18, maxWidth: "260px", closeButton: false }).setDOMContent(popupContent(place));
    const marker = new Marker({ element: button }).setLngLat([place.lon, place.lat]).setPopup(popup).addTo(this.map!);
    // MapLibre gives every marker the same name; say what this one is.
    button.setAttribute("aria-label", [place.title, ...(place.lines ?? [])].join(", "));
    button.setAttribute("role", "button");
    button.tabIndex = 0;
    marker.getElement().addEventListener("keydown", (event) => {
      if (event.key === "Escape" && popup.isOpen()) marker.togglePopup();
    });
  }

  private motion(): { duration: number } {
    return { duration: window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : ZOOM_MS };
  }
}

function popupContent(place: Place): HTMLElement {
  const content = document.createElement("div");
  const title = document.createElement("strong");
  title.textContent = place.title;
  content.append(title);
  for (const line of place.lines ?? []) {
    const paragraph = document.createElement("p");
    paragraph.textContent = line;
    content.append(paragraph);
  }
  if (place.href) {
    const link = document.createElement("a");
    link.href = place.href;
    link.textContent = `${words.openLink} ${place.title}`;
    content.append(link);
  }
  return content;
}
