// SPDX-License-Identifier: MPL-2.0
// What the board is told, and how its rows follow from it. Instants are seconds since 1970 (UTC), ways seconds.

export type Point = [lon: number, lat: number];

export interface Shift {
  id: number;
  name: string;
  note: string;
  start: number;
  end: number;
  /** Earliest and latest begin of the break, and how long it is. */
  pause: [earliest: number, latest: number, seconds: number] | null;
  absent: boolean;
  home: Point | null;
}

/** The part of a stop that a change moves. */
export interface Times {
  id: number;
  shift: number | null;
  start: number | null;
  end: number | null;
  travel: number;
  late: number;
}

export interface Stop extends Times {
  visit: number;
  locked: boolean;
  name: string;
  service: string;
  earliest: number;
  latest: number;
  minutes: number;
  strict: boolean;
  two: boolean;
  acute: boolean;
  /** Visits that this one hangs together with. */
  links: number[];
  said: "" | "BEGUN" | "FINISHED" | "LATE" | "NOT_MADE";
  at: Point | null;
}

export interface BoardFigures {
  version: number;
  may_change: boolean;
  from: number;
  to: number;
  now: number;
  base: Point | null;
  shifts: Shift[];
  stops: Stop[];
  undo: boolean;
}

/** Where a stop would go: to a shift (null: left out), after another stop of it (null: first). */
export interface Target {
  shift: number | null;
  after: number | null;
}

export interface Outcome {
  verdict: string;
  is_worse: boolean;
  is_broken: boolean;
  lines: { name: string; change: string; is_worse: boolean }[];
  broken: string[];
  stops: Times[];
  version: number;
}

export type Words = Record<string, string>;

/** A row of the board: a carer's shift, or a lane of what is left out. */
export interface Row {
  shift: Shift | null;
  stops: Stop[];
}

/** Where a left-out visit is drawn: at the beginning of its window. */
export const startOf = (stop: Stop): number => stop.start ?? stop.earliest;
export const endOf = (stop: Stop): number => stop.end ?? stop.earliest + stop.minutes * 60;

/** Lanes of what is left out, then the carers, each with its stops in order of time. */
export function rowsOf(figures: BoardFigures): Row[] {
  const byShift = new Map<number, Stop[]>(figures.shifts.map((shift) => [shift.id, []]));
  const out: Stop[] = [];
  for (const stop of figures.stops) (stop.shift === null ? out : (byShift.get(stop.shift) ?? out)).push(stop);
  for (const stops of byShift.values()) stops.sort((a, b) => startOf(a) - startOf(b));
  const lanes = lanesOf(out);
  return [...lanes.map((stops) => ({ shift: null, stops })), ...figures.shifts.map((shift) => ({ shift, stops: byShift.get(shift.id)! }))];
}

/** At least one lane, so that there is always somewhere to put a visit down; none overlaps within a lane. */
function lanesOf(stops: Stop[]): Stop[][] {
  const lanes: Stop[][] = [[]];
  for (const stop of [...stops].sort((a, b) => startOf(a) - startOf(b))) {
    const free = lanes.find((lane) => lane.length === 0 || endOf(lane.at(-1)!) <= startOf(stop));
    if (free) free.push(stop);
    else lanes.push([stop]);
  }
  return lanes;
}

/** The stop after which something put down at `instant` in `row` would come; null where it would be the first. */
export function stopBefore(row: Row, instant: number, moved: number): number | null {
  let before: number | null = null;
  for (const stop of row.stops) {
    if (stop.id === moved) continue;
    if (startOf(stop) > instant) break;
    before = stop.id;
  }
  return before;
}
