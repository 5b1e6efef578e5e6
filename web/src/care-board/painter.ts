// SPDX-License-Identifier: MPL-2.0
// Draws the part of the board that is in view: only those rows and those visits, so its cost does not grow with the team.
import { color, FONT } from "../figures";
import { formatClock } from "../format";
import { endOf, startOf, type Row, type Shift, type Stop, type Times, type Words } from "./figures";

export const ROW_PX = 40;
export const HEAD_PX = 32;
const BAR_TOP = 6;
const BAR_PX = 28;
const HOUR_S = 3600;
const STEPS = [900, 1800, HOUR_S, 2 * HOUR_S, 3 * HOUR_S];
const MIN_STEP_PX = 56;

export interface View {
  width: number;
  height: number;
  /** Pixels of the names' column. */
  names: number;
  from: number;
  to: number;
  scroll: number;
}

/** What is drawn besides the plan itself. */
export interface Overlay {
  chosen: Stop | undefined;
  /** The stop that is moved, and the row and instant at which it is shown. */
  moved: { stop: Stop; row: number; start: number; isBroken: boolean } | undefined;
  /** New times of other stops, were it put down here. */
  changed: Map<number, Times>;
  now: number;
}

export type Colors = Record<string, string>;

export const xOf = (view: View, seconds: number): number =>
  view.names + ((seconds - view.from) / (view.to - view.from)) * (view.width - view.names);
export const secondsAt = (view: View, x: number): number =>
  view.from + ((x - view.names) / (view.width - view.names)) * (view.to - view.from);
export const yOf = (view: View, row: number): number => HEAD_PX + row * ROW_PX - view.scroll;

export function colorsOf(host: Element): Colors {
  const names = ["ink", "ink-soft", "line", "line-strong", "ground", "white", "primary", "tint", "tint-strong", "negative", "positive",
    "highlight", "series-2", "series-6"];
  return Object.fromEntries(names.map((name) => [name, color(host, name)]));
}

export function paint(pen: CanvasRenderingContext2D, rows: Row[], view: View, overlay: Overlay, colors: Colors, words: Words): void {
  const ratio = devicePixelRatio;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.fillStyle = colors.ground!;
  pen.fillRect(0, 0, view.width, view.height);
  const first = Math.max(0, Math.floor(view.scroll / ROW_PX));
  const last = Math.min(rows.length, Math.ceil((view.scroll + view.height - HEAD_PX) / ROW_PX));

  pen.save();
  pen.beginPath();
  pen.rect(view.names, HEAD_PX, view.width - view.names, view.height - HEAD_PX);
  pen.clip();
  for (let row = first; row < last; row++) paintShift(pen, rows[row]!, row, view, colors, words);
  paintGrid(pen, view, colors);
  for (let row = first; row < last; row++) {
    if (overlay.chosen && rows[row]!.stops.includes(overlay.chosen)) paintWindow(pen, overlay.chosen, row, view, colors);
    for (const stop of rows[row]!.stops) {
      if (endOf(stop) < view.from || startOf(stop) - stop.travel > view.to) continue;
      const isMoved = overlay.moved?.stop === stop;
      pen.globalAlpha = isMoved ? 0.35 : 1;
      paintStop(pen, stop, startOf(stop), endOf(stop), row, view, colors);
      pen.globalAlpha = 1;
      const changed = overlay.changed.get(stop.id);
      if (changed?.start && changed.end && !isMoved && changed.start !== stop.start) paintChanged(pen, changed.start, changed.end, row, view, colors);
    }
  }
  if (overlay.chosen) paintLinks(pen, overlay.chosen, rows, view, colors);
  if (overlay.moved) paintMoved(pen, overlay.moved, view, colors);
  const now = xOf(view, overlay.now);
  if (now > view.names) {
    pen.fillStyle = colors.negative!;
    pen.fillRect(now - 1, HEAD_PX, 2, view.height);
  }
  pen.restore();

  paintNames(pen, rows, view, first, last, colors, words);
  paintHead(pen, view, colors);
}

function paintShift(pen: CanvasRenderingContext2D, row: Row, at: number, view: View, colors: Colors, words: Words): void {
  const top = yOf(view, at);
  if (!row.shift) {
    pen.fillStyle = colors.white!;
    pen.fillRect(view.names, top, view.width, ROW_PX);
    pen.fillStyle = colors.negative!;
    pen.globalAlpha = 0.07;
    pen.fillRect(view.names, top, view.width, ROW_PX);
    pen.globalAlpha = 1;
    return;
  }
  const shift = row.shift;
  const [left, right] = [xOf(view, shift.start), xOf(view, shift.end)];
  pen.fillStyle = shift.absent ? colors.line! : colors.white!;
  pen.fillRect(left, top + 1, right - left, ROW_PX - 2);
  if (shift.absent) {
    pen.fillStyle = colors.ink!;
    pen.font = `13px ${FONT}`;
    pen.fillText(words.absent!, Math.max(left, view.names) + 8, top + ROW_PX / 2 + 4);
  } else if (shift.pause) paintPause(pen, shift, top, view, colors);
  pen.fillStyle = colors.line!;
  pen.fillRect(view.names, top + ROW_PX - 1, view.width, 1);
}

/** A dashed frame in the row: the break lies somewhere in it. */
function paintPause(pen: CanvasRenderingContext2D, shift: Shift, top: number, view: View, colors: Colors): void {
  const [earliest, latest, seconds] = shift.pause!;
  const [left, right] = [xOf(view, earliest), xOf(view, latest + seconds)];
  pen.strokeStyle = colors["ink-soft"]!;
  pen.lineWidth = 1;
  pen.setLineDash([3, 3]);
  pen.strokeRect(left + 0.5, top + 2.5, right - left - 1, ROW_PX - 6);
  pen.setLineDash([]);
}

function paintStop(pen: CanvasRenderingContext2D, stop: Stop, start: number, end: number, row: number, view: View, colors: Colors): void {
  const left = xOf(view, start);
  const width = Math.max(3, xOf(view, end) - left - 1);
  const top = yOf(view, row) + BAR_TOP;
  if (stop.travel > 0) {
    const from = xOf(view, start - stop.travel);
    pen.fillStyle = colors["series-6"]!;
    pen.fillRect(from, top + BAR_PX / 2 - 3, Math.max(1, left - from), 6);
  }
  const ended = stop.said === "FINISHED";
  pen.fillStyle = stop.locked ? colors.primary! : ended ? colors.ground! : stop.acute ? colors.highlight! : colors["tint-strong"]!;
  pen.beginPath();
  pen.roundRect(left, top, width, BAR_PX, 3);
  pen.fill();
  const bad = stop.late > 0 || stop.said === "LATE" || stop.said === "NOT_MADE";
  pen.strokeStyle = bad ? colors.negative! : stop.shift === null ? colors["series-2"]! : colors.primary!;
  pen.lineWidth = bad ? 3 : 1;
  pen.stroke();
  // Signs besides the colours, for those who cannot tell these apart.
  const signs = `${bad ? "!" : ""}${stop.locked ? "●" : ""}${stop.two ? "2×" : ""}${stop.links.length ? "↔" : ""}${ended ? "✓" : ""}${stop.said === "BEGUN" ? "▸" : ""}`;
  if (width < 14) return;
  pen.save();
  pen.beginPath();
  pen.rect(left, top, width - 2, BAR_PX);
  pen.clip();
  pen.fillStyle = stop.locked ? colors.white! : colors.ink!;
  pen.textBaseline = "middle";
  pen.font = `13px ${FONT}`;
  pen.fillText(signs ? `${signs} ${stop.name}` : stop.name, left + 5, top + BAR_PX / 2 + 1);
  pen.restore();
}

/** Where a stop would lie after the change: dashed, below the bar. */
function paintChanged(pen: CanvasRenderingContext2D, start: number, end: number, row: number, view: View, colors: Colors): void {
  const left = xOf(view, start);
  pen.strokeStyle = colors.ink!;
  pen.lineWidth = 1.5;
  pen.setLineDash([4, 3]);
  pen.strokeRect(left, yOf(view, row) + BAR_TOP - 3, Math.max(3, xOf(view, end) - left), BAR_PX + 6);
  pen.setLineDash([]);
}

function paintMoved(pen: CanvasRenderingContext2D, moved: NonNullable<Overlay["moved"]>, view: View, colors: Colors): void {
  const { stop, row, start, isBroken } = moved;
  paintStop(pen, { ...stop, travel: 0 }, start, start + endOf(stop) - startOf(stop), row, view, colors);
  const left = xOf(view, start);
  pen.strokeStyle = isBroken ? colors.negative! : colors.ink!;
  pen.lineWidth = 3;
  pen.beginPath();
  pen.roundRect(left - 2, yOf(view, row) + BAR_TOP - 2, xOf(view, start + endOf(stop) - startOf(stop)) - left + 4, BAR_PX + 4, 4);
  pen.stroke();
  paintWindow(pen, stop, row, view, colors);
}

/** When the visit may begin: a band across the row, with edges that say so without colour. */
function paintWindow(pen: CanvasRenderingContext2D, stop: Stop, row: number, view: View, colors: Colors): void {
  const [left, right] = [xOf(view, stop.earliest), xOf(view, stop.latest)];
  const top = yOf(view, row);
  pen.fillStyle = colors.highlight!;
  pen.globalAlpha = 0.3;
  pen.fillRect(left, top + 1, Math.max(2, right - left), ROW_PX - 2);
  pen.globalAlpha = 1;
  pen.fillStyle = colors.ink!;
  pen.fillRect(left - 1, top + 1, 2, ROW_PX - 2);
  pen.fillRect(right - 1, top + 1, 2, ROW_PX - 2);
}

/** Lines from the chosen stop to its other half and to what it hangs together with; a frame around itself. */
function paintLinks(pen: CanvasRenderingContext2D, chosen: Stop, rows: Row[], view: View, colors: Colors): void {
  const middle = (stop: Stop, row: number): [number, number] => [
    (xOf(view, startOf(stop)) + xOf(view, endOf(stop))) / 2, yOf(view, row) + ROW_PX / 2,
  ];
  let from: [number, number] | undefined;
  const to: [number, number][] = [];
  rows.forEach((row, at) => {
    for (const stop of row.stops) {
      if (stop === chosen) from = middle(stop, at);
      else if (stop.visit === chosen.visit || chosen.links.includes(stop.visit)) to.push(middle(stop, at));
    }
  });
  if (!from) return;
  pen.strokeStyle = colors.ink!;
  pen.lineWidth = 2;
  for (const [x, y] of to) {
    pen.beginPath();
    pen.moveTo(...from);
    pen.lineTo(x, y);
    pen.stroke();
    pen.beginPath();
    pen.arc(x, y, 4, 0, 2 * Math.PI);
    pen.fillStyle = colors.ink!;
    pen.fill();
  }
  const row = rows.findIndex((each) => each.stops.includes(chosen));
  const left = xOf(view, startOf(chosen));
  pen.lineWidth = 3;
  pen.beginPath();
  pen.roundRect(left - 2, yOf(view, row) + BAR_TOP - 2, xOf(view, endOf(chosen)) - left + 3, BAR_PX + 4, 5);
  pen.stroke();
}

function paintGrid(pen: CanvasRenderingContext2D, view: View, colors: Colors): void {
  pen.fillStyle = colors.line!;
  for (const seconds of gridLines(view)) pen.fillRect(Math.round(xOf(view, seconds)), HEAD_PX, 1, view.height);
}

/** Whole steps counted from Danish midnight. */
function gridLines(view: View): number[] {
  const perPixel = (view.to - view.from) / (view.width - view.names);
  const step = STEPS.find((candidate) => candidate / perPixel >= MIN_STEP_PX) ?? STEPS.at(-1)!;
  const [hours, minutes] = clockOf(view.from).split(/[.:]/).map(Number);
  const midnight = Math.floor(view.from / 60) * 60 - (hours! * HOUR_S + minutes! * 60);
  const lines: number[] = [];
  for (let at = midnight; at <= view.to; at += step) if (at >= view.from) lines.push(at);
  return lines;
}

// Formatting an instant is slow beside drawing it, and the same few come back in every frame of a pan.
const clocks = new Map<number, string>();
export function clockOf(seconds: number): string {
  const minute = Math.floor(seconds / 60) * 60;
  let text = clocks.get(minute);
  if (text === undefined) clocks.set(minute, (text = formatClock(minute)));
  return text;
}

function paintHead(pen: CanvasRenderingContext2D, view: View, colors: Colors): void {
  pen.fillStyle = colors.white!;
  pen.fillRect(0, 0, view.width, HEAD_PX);
  pen.fillStyle = colors["ink-soft"]!;
  pen.font = `13px ${FONT}`;
  pen.textBaseline = "middle";
  pen.textAlign = "center";
  for (const seconds of gridLines(view)) {
    const x = xOf(view, seconds);
    if (x > view.names + 14 && x < view.width - 16) pen.fillText(clockOf(seconds), x, HEAD_PX / 2);
  }
  pen.textAlign = "left";
  pen.fillStyle = colors.line!;
  pen.fillRect(0, HEAD_PX - 1, view.width, 1);
}

function paintNames(pen: CanvasRenderingContext2D, rows: Row[], view: View, first: number, last: number, colors: Colors, words: Words): void {
  pen.fillStyle = colors.white!;
  pen.fillRect(0, HEAD_PX, view.names, view.height);
  pen.save();
  pen.beginPath();
  pen.rect(0, HEAD_PX, view.names - 6, view.height);
  pen.clip();
  pen.textBaseline = "alphabetic";
  const lanes = rows.filter((row) => !row.shift);
  const out = lanes.reduce((sum, row) => sum + row.stops.length, 0);
  for (let row = first; row < last; row++) {
    const top = yOf(view, row);
    const shift = rows[row]!.shift;
    pen.fillStyle = colors.ink!;
    pen.font = `600 13px ${FONT}`;
    if (shift) {
      pen.fillText(shift.name, 8, top + 17);
      pen.fillStyle = colors["ink-soft"]!;
      pen.font = `12px ${FONT}`;
      pen.fillText(`${clockOf(shift.start)}–${clockOf(shift.end)} ${shift.note}`, 8, top + 32);
    } else if (row === 0) pen.fillText(`${words.left_out!} (${out})`, 8, top + 24);
    if (shift || row === lanes.length - 1) {
      pen.fillStyle = colors.line!;
      pen.fillRect(0, top + ROW_PX - 1, view.names, 1);
    }
  }
  pen.restore();
  pen.fillStyle = colors["line-strong"]!;
  pen.fillRect(view.names - 1, HEAD_PX, 1, view.height);
}
