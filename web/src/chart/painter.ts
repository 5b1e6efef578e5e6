// SPDX-License-Identifier: MPL-2.0
// Draws the marks of a chart on uPlot's canvas. uPlot gives the scales, the axes and the grid; drawing the marks here lets bars, lines
// and scatter share one way of pointing, and lets each series have its own x values.
import type uPlot from "uplot";
import { color, FONT } from "../figures";
import type { ChartFigures, Point, Series } from "./figures";

const SERIES_COLORS = 6;
const MAX_BAR_PX = 72;
/** From here on a line is drawn without a mark at each point. */
const MANY_POINTS = 30;

export interface Mark {
  series: Series;
  seriesIndex: number;
  point: Point;
  pointIndex: number;
}

export function seriesColor(host: Element, series: Series, index: number): string {
  return color(host, series.chosen ? "ink" : `series-${(index % SERIES_COLORS) + 1}`);
}

/** Where a mark is, in canvas pixels: for a bar the middle of its top. */
export function place(plot: uPlot, figures: ChartFigures, mark: Mark): { left: number; top: number } {
  let left = plot.valToPos(mark.point.x, "x", true);
  if (figures.kind === "bar") {
    const { width, shift } = barBox(plot, figures, mark.seriesIndex);
    left += shift + width / 2;
  }
  return { left, top: plot.valToPos(mark.point.y, "y", true) };
}

export function paint(plot: uPlot, host: Element, figures: ChartFigures, chosen: Mark | undefined): void {
  const pen = plot.ctx;
  pen.save();
  pen.beginPath();
  pen.rect(plot.bbox.left, plot.bbox.top, plot.bbox.width, plot.bbox.height);
  pen.clip();
  figures.series.forEach((series, index) => {
    pen.fillStyle = pen.strokeStyle = seriesColor(host, series, index);
    if (figures.kind === "bar") paintBars(plot, figures, series, index);
    else paintPoints(plot, figures, series, index);
  });
  pen.restore();
  for (const bound of figures.bounds ?? []) paintBound(plot, host, bound.axis, bound.value, bound.label);
  if (chosen) paintChosen(plot, host, place(plot, figures, chosen));
}

function barBox(plot: uPlot, figures: ChartFigures, seriesIndex: number): { width: number; shift: number } {
  const ratio = devicePixelRatio;
  const steps = figures.x.categories?.length ?? Math.max(1, ...figures.series.map((series) => series.points.length));
  const group = Math.min((plot.bbox.width / steps) * 0.7, MAX_BAR_PX * ratio * figures.series.length);
  const width = group / figures.series.length;
  return { width: Math.max(1, width - ratio), shift: -group / 2 + seriesIndex * width };
}

function paintBars(plot: uPlot, figures: ChartFigures, series: Series, index: number): void {
  const { width, shift } = barBox(plot, figures, index);
  const ground = plot.valToPos(0, "y", true);
  for (const point of series.points) {
    const top = plot.valToPos(point.y, "y", true);
    plot.ctx.fillRect(plot.valToPos(point.x, "x", true) + shift, Math.min(top, ground), width, Math.abs(ground - top));
  }
}

function paintPoints(plot: uPlot, figures: ChartFigures, series: Series, index: number): void {
  const pen = plot.ctx;
  const ratio = devicePixelRatio;
  const at = series.points.map((point) => [plot.valToPos(point.x, "x", true), plot.valToPos(point.y, "y", true)] as const);
  if (figures.kind === "line" || series.joined) {
    pen.lineWidth = 2 * ratio;
    pen.lineJoin = "round";
    pen.setLineDash(index % 2 === 1 && figures.kind === "line" ? [6 * ratio, 4 * ratio] : []);
    pen.beginPath();
    at.forEach(([left, top], i) => (i === 0 ? pen.moveTo(left, top) : pen.lineTo(left, top)));
    pen.stroke();
    pen.setLineDash([]);
  }
  if (figures.kind === "line" && at.length > MANY_POINTS) return;
  const radius = (series.chosen ? 6 : figures.kind === "line" ? 3 : 4.5) * ratio;
  for (const [left, top] of at) {
    pen.beginPath();
    // Besides its colour each series has its own shape, for those who cannot tell the colours apart.
    if (index % 3 === 1) pen.rect(left - radius * 0.9, top - radius * 0.9, radius * 1.8, radius * 1.8);
    else if (index % 3 === 2) diamond(pen, left, top, radius * 1.3);
    else pen.arc(left, top, radius, 0, 2 * Math.PI);
    pen.fill();
  }
}

function diamond(pen: CanvasRenderingContext2D, left: number, top: number, radius: number): void {
  pen.moveTo(left, top - radius);
  pen.lineTo(left + radius, top);
  pen.lineTo(left, top + radius);
  pen.lineTo(left - radius, top);
  pen.closePath();
}

function paintBound(plot: uPlot, host: Element, axis: "x" | "y", value: number, label: string): void {
  const pen = plot.ctx;
  const ratio = devicePixelRatio;
  const { left, top, width, height } = plot.bbox;
  const at = plot.valToPos(value, axis, true);
  pen.save();
  pen.strokeStyle = pen.fillStyle = color(host, "negative");
  pen.lineWidth = 2 * ratio;
  pen.setLineDash([8 * ratio, 5 * ratio]);
  pen.beginPath();
  if (axis === "y") {
    pen.moveTo(left, at);
    pen.lineTo(left + width, at);
  } else {
    pen.moveTo(at, top);
    pen.lineTo(at, top + height);
  }
  pen.stroke();
  pen.font = `${13 * ratio}px ${FONT}`;
  // The axes, drawn before, have left their own alignment.
  pen.textAlign = "left";
  pen.textBaseline = "alphabetic";
  const text = pen.measureText(label).width;
  const gap = 6 * ratio;
  const textLeft = axis === "y" ? left + width - text - gap : Math.min(at + gap, left + width - text - gap);
  const textTop = axis === "y" ? at - gap : top + 14 * ratio;
  pen.lineWidth = 4 * ratio;
  pen.setLineDash([]);
  pen.strokeStyle = "#fff";
  pen.strokeText(label, textLeft, textTop);
  pen.fillText(label, textLeft, textTop);
  pen.restore();
}

function paintChosen(plot: uPlot, host: Element, at: { left: number; top: number }): void {
  const pen = plot.ctx;
  const ratio = devicePixelRatio;
  pen.save();
  pen.beginPath();
  pen.arc(at.left, at.top, 9 * ratio, 0, 2 * Math.PI);
  pen.lineWidth = 3 * ratio;
  pen.strokeStyle = color(host, "ink");
  pen.stroke();
  pen.restore();
}
