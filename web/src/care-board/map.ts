// SPDX-License-Identifier: MPL-2.0
// <k3-care-map land="URL of denmark.geojson" [tiles=… credit=…] roads="whose roads the times come from">: the day's visits on the map.
// The chosen carer's route is drawn as a numbered line; what is left out is marked with a sign. Drawn in the page, not in a shadow.
import { html, LitElement, nothing } from "lit";
import { Map as MapLibreMap, setWorkerUrl, type GeoJSONSource } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { color } from "../figures";
import { boundsOf, type Place } from "../map/figures";
import { mapStyle } from "../map/style";
import { boardOf, type CareBoardElement } from "./element";
import { startOf, type BoardFigures, type Point, type Stop } from "./figures";

setWorkerUrl(new URL(workerUrl, import.meta.url).href);

const CLOSEST = 15;
const FONT = ["IBM Plex Sans", "sans-serif"];

interface Feature {
  type: "Feature";
  properties: Record<string, string | number>;
  geometry: { type: "Point"; coordinates: Point };
}

export class CareMapElement extends LitElement {
  static override properties = { problem: { state: true }, beat: { state: true } };

  declare private problem: string | undefined;
  declare private beat: number;
  private map: MapLibreMap | undefined;
  private isReady = false;
  private shown: unknown[] = [];
  private watcher: ResizeObserver | undefined;

  constructor() {
    super();
    this.beat = 0;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.board.addEventListener("k3-care-change", this.receive);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.watcher?.disconnect();
    this.map?.remove();
    this.map = undefined;
  }

  private get board(): CareBoardElement {
    return boardOf(this);
  }

  private readonly receive = (): void => {
    this.beat++;
  };

  override render() {
    const { words, figures } = this.board;
    if (!figures) return nothing;
    if (this.problem) return html`<p class="k3-map__problem">${this.problem}</p>`;
    const tiles = this.getAttribute("tiles");
    const notes = [tiles ? words.lines : words.schematic, tiles ? this.getAttribute("credit") : "", this.getAttribute("roads")];
    const lost = figures.stops.filter((stop) => !stop.at).length;
    if (lost) notes.push(`${lost} ${words.no_place}`);
    return html`
      <div class="k3-map__frame" role="region" aria-label=${words.map!}></div>
      <div class="k3-map__tools">
        <button type="button" aria-label=${words.zoom_in!} @click=${() => this.map?.zoomIn({ duration: 0 })}>+</button>
        <button type="button" aria-label=${words.zoom_out!} @click=${() => this.map?.zoomOut({ duration: 0 })}>−</button>
        <button type="button" @click=${this.showAll}>${words.show_all}</button>
      </div>
      <p class="k3-map__note">${notes.filter(Boolean).join(" · ")}</p>
    `;
  }

  protected override updated(): void {
    const figures = this.board.figures;
    if (!figures || this.problem) return;
    if (!this.map) this.begin(figures);
    const { chosen, moving } = this.board;
    const shown = [figures, chosen, moving?.shift, moving?.stop];
    // Only what the map shows: while something is dragged along a row nothing here changes.
    if (this.isReady && shown.some((each, position) => each !== this.shown[position])) {
      this.shown = shown;
      this.draw(figures);
    }
  }

  private begin(figures: BoardFigures): void {
    const land = new URL(this.getAttribute("land") ?? "", document.baseURI).href;
    try {
      this.map = new MapLibreMap({
        container: this.querySelector<HTMLElement>(".k3-map__frame")!,
        style: mapStyle(land, this.getAttribute("tiles")),
        bounds: boundsOf(placesOf(figures)),
        fitBoundsOptions: { maxZoom: CLOSEST },
        maxZoom: 18,
        minZoom: 4,
        attributionControl: false,
        trackResize: false,
        dragRotate: false,
        pitchWithRotate: false,
        scrollZoom: false,
      });
    } catch (error) {
      // No WebGL: an old machine or a locked-down browser. The list below the board says the same.
      console.info(error);
      this.problem = this.board.words.map_unavailable;
      return;
    }
    const canvas = this.map.getCanvas();
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", this.board.words.map!);
    this.watcher = new ResizeObserver(() => {
      this.map?.resize();
      this.showAll();
    });
    this.watcher.observe(this.map.getContainer());
    this.map.on("load", () => {
      this.addLayers();
      this.isReady = true;
      this.beat++;
    });
  }

  private readonly showAll = (): void => {
    const figures = this.board.figures;
    if (figures) this.map?.fitBounds(boundsTight(placesOf(figures)), { duration: 0, maxZoom: CLOSEST, padding: 30 });
  };

  private addLayers(): void {
    const map = this.map!;
    const shade = (name: string) => color(this, name);
    const empty = { type: "FeatureCollection" as const, features: [] };
    map.addSource("lines", { type: "geojson", data: empty });
    map.addSource("stops", { type: "geojson", data: empty });
    map.addLayer({
      id: "lines", type: "line", source: "lines", layout: { "line-join": "round", "line-cap": "round" },
      paint: { "line-color": shade("primary"), "line-width": 3, "line-dasharray": [2, 1.4] },
    });
    map.addLayer({
      id: "stops", type: "circle", source: "stops",
      layout: { "circle-sort-key": ["get", "rank"] },
      paint: {
        "circle-radius": ["match", ["get", "kind"], "plain", 4, "chosen", 12, 9],
        "circle-color": [
          "match", ["get", "kind"], "out", shade("negative"), "chosen", shade("highlight"), "base", shade("ink"), "route", shade("primary"),
          shade("ink-light"),
        ],
        "circle-stroke-color": ["match", ["get", "kind"], "chosen", shade("ink"), shade("white")],
        "circle-stroke-width": ["match", ["get", "kind"], "plain", 1, 2],
      },
    });
    map.addLayer({
      id: "numbers", type: "symbol", source: "stops",
      layout: { "text-field": ["get", "text"], "text-font": FONT, "text-size": 12, "text-allow-overlap": true, "symbol-sort-key": ["get", "rank"] },
      paint: { "text-color": ["match", ["get", "kind"], "chosen", shade("ink"), shade("white")] },
    });
    map.on("click", "stops", (event) => {
      const id = event.features?.map((feature) => Number(feature.properties.id)).find((each) => each > 0);
      if (id) this.board.choose(id);
    });
    map.on("mouseenter", "stops", () => (map.getCanvas().style.cursor = "pointer"));
    map.on("mouseleave", "stops", () => (map.getCanvas().style.cursor = ""));
  }

  private draw(figures: BoardFigures): void {
    const { chosen: id, moving } = this.board;
    const chosen = moving?.stop ?? this.board.stopOf(id);
    const shift = moving ? moving.shift : (chosen?.shift ?? null);
    const route = shift === null ? [] : figures.stops.filter((stop) => stop.shift === shift && stop.at).sort((a, b) => startOf(a) - startOf(b));
    const place = new Map<number, number>(route.map((stop, position) => [stop.id, position + 1]));
    const features = figures.stops.filter((stop) => stop.at).map((stop) => featureOf(stop, stop === chosen, place.get(stop.id)));
    const home = figures.shifts.find((each) => each.id === shift)?.home ?? figures.base;
    if (home) features.push(pointAt(home, { id: 0, kind: "base", text: "⌂", rank: 2 }));
    const line = route.map((stop) => stop.at!);
    const coordinates = home && line.length ? [home, ...line, home] : line;
    (this.map!.getSource("stops") as GeoJSONSource).setData({ type: "FeatureCollection", features });
    (this.map!.getSource("lines") as GeoJSONSource).setData({
      type: "FeatureCollection",
      features: coordinates.length > 1 ? [{ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates } }] : [],
    });
  }
}

function featureOf(stop: Stop, isChosen: boolean, place: number | undefined): Feature {
  const isOut = stop.shift === null;
  const kind = isChosen ? "chosen" : isOut ? "out" : place ? "route" : "plain";
  const rank = { plain: 0, out: 3, route: 4, chosen: 5 }[kind];
  return pointAt(stop.at!, { id: stop.id, kind, rank, text: place ? String(place) : isOut ? "!" : "" });
}

function pointAt(at: Point, properties: Record<string, string | number>): Feature {
  return { type: "Feature", properties, geometry: { type: "Point", coordinates: at } };
}

function placesOf(figures: BoardFigures): Place[] {
  const points = [...figures.stops.map((stop) => stop.at), figures.base].filter((at): at is Point => at !== null);
  return points.map(([lon, lat]) => ({ lon, lat, title: "" }));
}

/** The places themselves; the air around them is the map's padding. */
function boundsTight(places: Place[]): [number, number, number, number] {
  if (places.length === 0) return boundsOf(places);
  const lons = places.map((place) => place.lon);
  const lats = places.map((place) => place.lat);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}
