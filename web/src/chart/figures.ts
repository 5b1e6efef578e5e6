// SPDX-License-Identifier: MPL-2.0
// What a chart is told. The server decides every figure and every word; nothing is computed here but positions.

export interface Axis {
  label: string;
  /** Written after each figure, e.g. "kr." or "kg CO2e". */
  unit?: string;
  decimals?: number;
}

export interface Point {
  x: number;
  y: number;
  /** What the point stands for, e.g. "12 cars, 4 electric". */
  label?: string;
  /** Where the rows behind the point are. */
  href?: string;
}

export interface Series {
  name: string;
  points: Point[];
  /** Joined by a line (always so in a line chart; the Pareto front of a scatter chart). */
  joined?: boolean;
  /** Drawn in the highlight style, e.g. the chosen solution. */
  chosen?: boolean;
}

export interface Bound {
  axis: "x" | "y";
  value: number;
  label: string;
}

export interface ChartFigures {
  kind: "line" | "bar" | "scatter";
  /** `time`: x is seconds since 1970 (UTC). `category`: x is an index into `categories`. */
  x: Axis & { scale?: "number" | "time" | "category"; categories?: string[] };
  y: Axis & { from_zero?: boolean };
  series: Series[];
  bounds?: Bound[];
}

/** The lowest and highest figure shown on an axis, with a little air around. */
export function range(figures: ChartFigures, axis: "x" | "y"): [number, number] {
  if (axis === "x" && figures.x.scale === "category") {
    return [-0.5, (figures.x.categories?.length ?? 1) - 0.5];
  }
  const values = figures.series.flatMap((series) => series.points.map((point) => point[axis]));
  for (const bound of figures.bounds ?? []) if (bound.axis === axis) values.push(bound.value);
  if (values.length === 0) return [0, 1];
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const fromZero = axis === "y" && (figures.kind === "bar" || figures.y.from_zero === true);
  if (fromZero) {
    low = Math.min(0, low);
    high = Math.max(0, high);
  }
  const air = (high - low || Math.abs(high) || 1) * 0.08;
  if (axis === "x" && figures.kind === "line") return high > low ? [low, high] : [low - air, high + air];
  return [fromZero && low === 0 ? 0 : low - air, fromZero && high === 0 ? 0 : high + air];
}
