// SPDX-License-Identifier: MPL-2.0
// The plain map: sea, land and the names of towns from the bundled schematic file, or the municipality's own tiles above it.
import type { StyleSpecification } from "maplibre-gl";

const SEA = "#dfeaed";
const LAND = "#f8f7f3";
const COAST = "#b4c3c4";
const TOWN = "#3a4a4d";
const FONT = ["IBM Plex Sans", "sans-serif"];

/**
 * @param land address of the GeoJSON with `kind=land` polygons and `kind=town` points (`name`, `rank`: 1 is largest)
 * @param tiles raster tile address with {z}/{x}/{y}, or null
 */
export function mapStyle(land: string, tiles: string | null): StyleSpecification {
  const style: StyleSpecification = {
    version: 8,
    sources: { denmark: { type: "geojson", data: land } },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": SEA } },
      { id: "land", type: "fill", source: "denmark", filter: ["==", ["get", "kind"], "land"], paint: { "fill-color": LAND } },
      {
        id: "coast", type: "line", source: "denmark", filter: ["==", ["get", "kind"], "land"],
        paint: { "line-color": COAST, "line-width": 1.2 },
      },
    ],
  };
  if (tiles) {
    style.sources.tiles = { type: "raster", tiles: [tiles], tileSize: 256 };
    style.layers.push({ id: "tiles", type: "raster", source: "tiles" });
    return style;
  }
  style.layers.push(
    {
      id: "town-dots", type: "circle", source: "denmark", filter: ["==", ["get", "kind"], "town"],
      paint: { "circle-radius": 2.5, "circle-color": TOWN, "circle-opacity": 0.6 },
    },
    {
      id: "towns", type: "symbol", source: "denmark", filter: ["==", ["get", "kind"], "town"],
      layout: {
        "text-field": ["get", "name"], "text-font": FONT, "text-size": 13, "text-offset": [0, 1.1], "text-anchor": "top",
        "symbol-sort-key": ["get", "rank"], "text-optional": true,
      },
      paint: { "text-color": TOWN, "text-halo-color": LAND, "text-halo-width": 1.5 },
    },
  );
  return style;
}
