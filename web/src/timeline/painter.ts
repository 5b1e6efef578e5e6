// SPDX-License-Identifier: MPL-2.0
// Draws the part of a timeline that is in view: only those rows and those trips, so its cost does not grow with the fleet.
import { color, FONT } from "../figures";
import { formatClock, formatMonthDay } from "../format";
import type { Rows, TimelineFigures, Trip } from "./figures";

export const ROW_PX = 32;
export const HEAD_PX = 36;
const HOUR_S = 3600;
/** Distances between vertical lines, in seconds. */
const STEPS = [900, 1800, 3600, 2 * HOUR_S, 3 * HOUR_S, 6 * HOUR_S, 12 * HOUR_S, 24 * HOUR_S, 7 * 24 * HOUR_S];
const MIN_STEP_PX = 58;

export interface View {
  width: number;
  height: number;
  /** Pixels of the names' column. */
  names: number;
  /** Seconds since 1970 at the left and right edge of the time area. */
  from: number;
  to: number;
  /** Pixels scrolled down. */
  scroll: number;
}

export function xOf(view: View, seconds: number): number {
  return view.names + ((seconds - view.from) / (view.to - view.from)) * (view.width - view.names);
}

export function secondsAt(view: View, x: number): number {
  return view.from + ((x - view.names) / (view.width - view.names)) * (view.to - view.from);
}

export function visibleRows(view: View, rows: number): [number, number] {
  const first = Math.max(0, Math.floor(view.scroll / ROW_PX));
  return [first, Math.min(rows, Math.ceil((view.scroll + view.height - HEAD_PX) / ROW_PX))];
}

/** Top of a row in the drawing, in pixels. */
export function yOf(view: View, row: number): number {
  return HEAD_PX + row * ROW_PX - view.scroll;
}

export function paint(pen: CanvasRenderingContext2D, host: Element, figures: TimelineFigures, rows: Rows, view: View, chosen?: Trip): void {
  const ratio = devicePixelRatio;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, view.width, view.height);
  const shade = (name: string) => color(host, name);
  const colors = {
    ink: shade("ink"), soft: shade("ink-soft"), line: shade("line"), ground: shade("ground"), white: shade("white"),
    normal: shade("primary"), muted: shade("series-6"), conflict: shade("negative"), unserved: shade("series-2"),
    highlight: shade("highlight"), tint: shade("tint"),
  };
  const [first, last] = visibleRows(view, figures.vehicles.length);

  for (let row = first; row < last; row++) {
    pen.fillStyle = row % 2 ? colors.white : colors.ground;
    pen.fillRect(0, yOf(view, row), view.width, ROW_PX);
  }
  paintGrid(pen, view, colors);
  paintBinding(pen, figures, view, colors, "area");

  pen.save();
  pen.beginPath();
  pen.rect(view.names, HEAD_PX, view.width - view.names, view.height - HEAD_PX);
  pen.clip();
  for (let row = first; row < last; row++) {
    for (const trip of rows.between(row, view.from, view.to)) paintTrip(pen, view, trip, row, colors, trip === chosen);
  }
  pen.restore();

  paintNames(pen, figures, view, first, last, colors);
  paintHead(pen, view, colors);
  paintBinding(pen, figures, view, colors, "label");
}

type Colors = Record<"ink" | "soft" | "line" | "ground" | "white" | "normal" | "muted" | "conflict" | "unserved" | "highlight" | "tint", string>;

function paintTrip(pen: CanvasRenderingContext2D, view: View, trip: Trip, row: number, colors: Colors, chosen: boolean): void {
  const left = Math.max(xOf(view, trip.start), view.names - 4);
  const right = Math.min(xOf(view, trip.end), view.width + 4);
  const width = Math.max(2, right - left - 1);
  const top = yOf(view, row) + 5;
  const height = ROW_PX - 10;
  pen.fillStyle = colors[trip.state];
  pen.beginPath();
  pen.roundRect(left, top, width, height, 3);
  pen.fill();
  if (trip.state === "conflict" || trip.state === "unserved") {
    // A white stripe besides the colour, for those who cannot tell the colours apart.
    pen.fillStyle = colors.white;
    pen.fillRect(left + 2, top + (trip.state === "conflict" ? height - 5 : 3), Math.max(0, width - 4), 2);
  }
  if (width > 44) {
    pen.save();
    pen.beginPath();
    pen.rect(left, top, width - 4, height);
    pen.clip();
    pen.fillStyle = colors.white;
    pen.font = `13px ${FONT}`;
    pen.textBaseline = "middle";
    pen.fillText(trip.label, left + 6, top + height / 2 + 1);
    pen.restore();
  }
  if (chosen) {
    pen.strokeStyle = colors.ink;
    pen.lineWidth = 3;
    pen.beginPath();
    pen.roundRect(left - 2, top - 2, width + 4, height + 4, 5);
    pen.stroke();
  }
}

function paintGrid(pen: CanvasRenderingContext2D, view: View, colors: Colors): void {
  pen.strokeStyle = colors.line;
  pen.lineWidth = 1;
  pen.beginPath();
  for (const seconds of gridLines(view)) {
    const x = Math.round(xOf(view, seconds)) + 0.5;
    pen.moveTo(x, HEAD_PX);
    pen.lineTo(x, view.height);
  }
  pen.stroke();
}

/** Instants of the vertical lines: whole steps counted from Danish midnight, which `from` need not be. */
function gridLines(view: View): number[] {
  const perPixel = (view.to - view.from) / (view.width - view.names);
  const step = STEPS.find((candidate) => candidate / perPixel >= MIN_STEP_PX) ?? STEPS.at(-1)!;
  const [hours, minutes] = formatClock(view.from).split(/[.:]/).map(Number);
  const midnight = view.from - (hours! * HOUR_S + minutes! * 60);
  const lines: number[] = [];
  for (let at = midnight - (midnight % 60); at <= view.to; at += step) if (at >= view.from) lines.push(at);
  return lines;
}

function paintHead(pen: CanvasRenderingContext2D, view: View, colors: Colors): void {
  pen.fillStyle = colors.white;
  pen.fillRect(0, 0, view.width, HEAD_PX);
  pen.fillStyle = colors.soft;
  pen.font = `13px ${FONT}`;
  pen.textBaseline = "middle";
  pen.textAlign = "center";
  const whole = view.to - view.from > 36 * HOUR_S;
  for (const seconds of gridLines(view)) {
    const text = whole ? formatMonthDay(seconds) : formatClock(seconds);
    const x = xOf(view, seconds);
    if (x > view.names + 14 && x < view.width - 16) pen.fillText(text, x, HEAD_PX / 2);
  }
  pen.textAlign = "left";
  pen.strokeStyle = colors.line;
  pen.beginPath();
  pen.moveTo(0, HEAD_PX - 0.5);
  pen.lineTo(view.width, HEAD_PX - 0.5);
  pen.stroke();
}

function paintNames(pen: CanvasRenderingContext2D, figures: TimelineFigures, view: View, first: number, last: number, colors: Colors): void {
  pen.save();
  pen.beginPath();
  pen.rect(0, HEAD_PX, view.names - 8, view.height);
  pen.clip();
  pen.textBaseline = "middle";
  for (let row = first; row < last; row++) {
    const middle = yOf(view, row) + ROW_PX / 2;
    const vehicle = figures.vehicles[row]!;
    pen.fillStyle = colors.ink;
    pen.font = `13px ${FONT}`;
    pen.fillText(vehicle.name, 8, middle);
    if (vehicle.note) {
      const left = 8 + pen.measureText(vehicle.name).width + 8;
      pen.fillStyle = colors.soft;
      pen.font = `12px ${FONT}`;
      pen.fillText(vehicle.note, left, middle);
    }
  }
  pen.restore();
  pen.strokeStyle = colors.line;
  pen.beginPath();
  pen.moveTo(view.names - 0.5, HEAD_PX);
  pen.lineTo(view.names - 0.5, view.height);
  pen.stroke();
}

function paintBinding(pen: CanvasRenderingContext2D, figures: TimelineFigures, view: View, colors: Colors, part: "area" | "label"): void {
  const binding = figures.binding;
  if (!binding || binding.end < view.from || binding.start > view.to) return;
  const left = Math.max(view.names, xOf(view, binding.start));
  const right = Math.max(left + 3, xOf(view, binding.end));
  if (part === "area") {
    pen.fillStyle = colors.highlight;
    pen.globalAlpha = 0.45;
    pen.fillRect(left, HEAD_PX, right - left, view.height - HEAD_PX);
    pen.globalAlpha = 1;
    return;
  }
  pen.fillStyle = colors.highlight;
  pen.font = `600 13px ${FONT}`;
  const width = pen.measureText(binding.label).width + 16;
  const at = Math.min(Math.max(view.names, (left + right - width) / 2), view.width - width);
  pen.beginPath();
  pen.roundRect(at, 4, width, HEAD_PX - 10, 3);
  pen.fill();
  pen.fillStyle = colors.ink;
  pen.textBaseline = "middle";
  pen.fillText(binding.label, at + 8, HEAD_PX / 2);
  pen.fillStyle = colors.highlight;
  pen.fillRect((left + right) / 2 - 1, HEAD_PX - 6, 2, 6);
}
