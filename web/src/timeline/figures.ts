// SPDX-License-Identifier: MPL-2.0
// What a timeline is told, and the trips laid out so that any window of it is found without walking through all of them.

/** Position of the vehicle in `vehicles`, start and end (seconds since 1970, UTC), label, and what is special about it. */
export type TripRow = [vehicle: number, start: number, end: number, label: string, state?: "conflict" | "unserved" | "muted"];

export interface TimelineFigures {
  vehicles: { name: string; note?: string }[];
  trips: TripRow[];
  /** The interval to point at, e.g. the instant that proves how many vehicles are needed. */
  binding?: { start: number; end: number; label: string };
  /** First day shown, `2026-03-03`; the day of the binding interval or of the first trip when absent. */
  day?: string;
}

export interface Trip {
  vehicle: number;
  start: number;
  end: number;
  label: string;
  state: "normal" | "conflict" | "unserved" | "muted";
}

/** Trips of each vehicle in order of start, with the longest trip of each, so that a window can be searched from its left edge. */
export class Rows {
  readonly trips: Trip[][];
  readonly first: number;
  readonly last: number;
  private readonly longest: number[];

  constructor(figures: TimelineFigures) {
    this.trips = figures.vehicles.map(() => []);
    let first = Infinity;
    let last = -Infinity;
    for (const [vehicle, start, end, label, state] of figures.trips) {
      this.trips[vehicle]?.push({ vehicle, start, end, label, state: state ?? "normal" });
      first = Math.min(first, start);
      last = Math.max(last, end);
    }
    for (const row of this.trips) row.sort((a, b) => a.start - b.start);
    this.longest = this.trips.map((row) => row.reduce((longest, trip) => Math.max(longest, trip.end - trip.start), 0));
    this.first = first;
    this.last = last;
  }

  /** Trips of `vehicle` that overlap `[from, to)`. */
  between(vehicle: number, from: number, to: number): Trip[] {
    const row = this.trips[vehicle] ?? [];
    const found: Trip[] = [];
    for (let i = this.firstAtOrAfter(row, from - this.longest[vehicle]!); i < row.length && row[i]!.start < to; i++) {
      if (row[i]!.end > from) found.push(row[i]!);
    }
    return found;
  }

  count(from: number, to: number): number {
    return this.trips.reduce((sum, _, vehicle) => sum + this.between(vehicle, from, to).length, 0);
  }

  /** Start of the first and end of the last trip that overlap `[from, to)`; infinite the wrong way round when there are none. */
  extent(from: number, to: number): [number, number] {
    let [first, last] = [Infinity, -Infinity];
    this.trips.forEach((_, vehicle) => {
      for (const trip of this.between(vehicle, from, to)) {
        first = Math.min(first, trip.start);
        last = Math.max(last, trip.end);
      }
    });
    return [first, last];
  }

  private firstAtOrAfter(row: Trip[], instant: number): number {
    let low = 0;
    let high = row.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (row[middle]!.start < instant) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
