// SPDX-License-Identifier: MPL-2.0

/** A place on the map. Longitude and latitude in degrees (WGS84). */
export interface Place {
  lon: number;
  lat: number;
  title: string;
  /** Lines of the popup, e.g. "12 cars". */
  lines?: string[];
  href?: string;
  /** Written in the marker, e.g. the number of cars. */
  figure?: string;
  kind?: "normal" | "warning" | "muted";
}

export interface MapFigures {
  places: Place[];
}

/** West, south, east, north of the places with some air; all of Denmark when there are none. */
export function boundsOf(places: Place[]): [number, number, number, number] {
  if (places.length === 0) return [8.0, 54.5, 15.2, 57.8];
  const lons = places.map((place) => place.lon);
  const lats = places.map((place) => place.lat);
  const [west, south, east, north] = [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
  const [dx, dy] = [Math.max((east - west) * 0.15, 0.05), Math.max((north - south) * 0.15, 0.03)];
  return [west - dx, south - dy, east + dx, north + dy];
}
