// SPDX-License-Identifier: MPL-2.0
// <k3-chart data="id-of-json_script" label="…">: a line, bar or scatter chart, walked with the arrow keys.
import { css, html, LitElement, nothing, unsafeCSS, type PropertyValues } from "lit";
import uPlot from "uplot";
import uplotCss from "uplot/dist/uPlot.min.css?inline";
import { color, FONT, readFigures } from "../figures";
import { formatClock, formatCompact, formatFullDate, formatMonthDay, formatNumber, TIME_ZONE } from "../format";
import { words } from "../words";
import { range, type Axis, type ChartFigures } from "./figures";
import { paint, place, seriesColor, type Mark } from "./painter";

const NARROW_PX = 480;
const DAY_S = 86_400;
/** Figures from here on are shortened on narrow screens: `1,5 mio.` */
const LONG_FIGURE = 100_000;
/** How near the pointer must be to a point, in CSS pixels. */
const REACH_PX = 36;

export class ChartElement extends LitElement {
  static override properties = {
    label: { type: String },
    height: { type: Number },
    figures: { state: true },
    failed: { state: true },
    chosen: { state: true },
  };

  static override styles = [
    unsafeCSS(uplotCss),
    css`
      :host { display: block; position: relative; font-size: 1.4rem; line-height: 2rem; min-width: 0; }
      .frame { position: relative; min-width: 0; }
      .frame:focus-visible { outline: 4px solid var(--k3-focus); outline-offset: 2px; }
      .frame.leads { cursor: pointer; }
      .uplot { font-family: inherit; }
      ul { display: flex; flex-wrap: wrap; gap: 0.4rem 2rem; list-style: none; margin: 0 0 0.8rem; padding: 0; }
      li { display: flex; align-items: center; gap: 0.8rem; }
      .swatch { width: 1.6rem; height: 1.6rem; flex-shrink: 0; }
      .detail {
        position: absolute; pointer-events: none; background: var(--k3-ink); color: var(--k3-white); padding: 0.8rem 1.2rem;
        border-radius: 3px; max-width: 26rem; width: max-content; z-index: 2; top: 0; left: 0;
      }
      .detail strong { display: block; font-weight: 600; }
      .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
      .failed { padding: 1.6rem; background: var(--k3-ground); }
    `,
  ];

  declare label: string;
  declare height: number;
  declare private figures: ChartFigures | undefined;
  declare private failed: boolean;
  declare private chosen: Mark | undefined;
  private plot: uPlot | undefined;
  private watcher: ResizeObserver | undefined;

  constructor() {
    super();
    this.label = words.chart;
    this.height = 320;
    this.failed = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    readFigures<ChartFigures>(this).then(
      (figures) => (this.figures = figures),
      (error: unknown) => {
        console.error(error);
        this.failed = true;
      },
    );
    this.watcher = new ResizeObserver(() => this.resize());
    this.watcher.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.watcher?.disconnect();
    this.plot?.destroy();
    this.plot = undefined;
  }

  override render() {
    if (this.failed) return html`<p class="failed">${words.dataUnavailable}</p>`;
    const series = this.figures?.series ?? [];
    return html`
      ${series.length > 1
        ? html`<ul aria-hidden="true">${series.map((one) => html`<li><svg class="swatch" viewBox="0 0 16 16"></svg>${one.name}</li>`)}</ul>`
        : nothing}
      <div class="frame ${this.chosen?.point.href ? "leads" : ""}" role="application" tabindex="0" aria-label="${this.label}. ${words.chartHelp}${this.leads ? ` ${words.chartLeads}` : ""}"
        @keydown=${this.walk} @pointermove=${this.point} @pointerleave=${this.leave} @blur=${this.forget} @click=${this.pick}>
        <div class="drawing"></div>
        ${this.chosen ? html`<div class="detail" aria-hidden="true">${this.detail(this.chosen)}</div>` : nothing}
      </div>
      <div class="unseen" aria-live="polite">${this.chosen ? this.sentence(this.chosen) : ""}</div>
    `;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("figures") && this.figures) {
      this.draw();
      this.paintSwatches();
    }
    if (changed.has("chosen")) {
      this.plot?.redraw(false);
      this.placeDetail();
    }
  }

  private draw(): void {
    this.plot?.destroy();
    const drawing = this.renderRoot.querySelector<HTMLElement>(".drawing")!;
    this.plot = new uPlot(this.options(drawing.clientWidth), [range(this.figures!, "x"), [null, null]], drawing);
  }

  private resize(): void {
    const width = this.renderRoot.querySelector(".drawing")?.clientWidth;
    if (!width || !this.plot || width === this.plot.width) return;
    // Narrow and wide charts have different axes, so they are made anew rather than stretched.
    if (width < NARROW_PX !== this.plot.width < NARROW_PX) this.draw();
    else this.plot.setSize({ width, height: this.height });
  }

  private options(width: number): uPlot.Options {
    const figures = this.figures!;
    const narrow = width < NARROW_PX;
    const axis = {
      stroke: color(this, "ink-soft"),
      font: `13px ${FONT}`,
      labelFont: `13px ${FONT}`,
      labelSize: 22,
      ticks: { show: false },
      border: { show: true, stroke: color(this, "line-strong"), width: 1 },
    };
    const time = figures.x.scale === "time";
    return {
      width: Math.max(width, 1),
      height: this.height,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), TIME_ZONE),
      legend: { show: false },
      cursor: { show: false },
      padding: [16, 12, 0, 0],
      scales: {
        x: { time, range: () => range(figures, "x") },
        y: { range: () => range(figures, "y") },
      },
      series: [{}, { show: true, stroke: "transparent", points: { show: false } }],
      axes: [
        {
          ...axis,
          label: axisLabel(figures.x),
          grid: { show: figures.kind === "scatter", stroke: color(this, "line"), width: 1 },
          space: narrow ? 64 : 80,
          size: 34,
          ...(figures.x.scale === "category"
            ? { splits: () => figures.x.categories!.map((_, index) => index), values: () => this.categoryLabels(width) }
            : { values: (_: uPlot, splits: number[]) => this.xLabels(splits) }),
        },
        {
          ...axis,
          label: axisLabel(figures.y),
          grid: { stroke: color(this, "line"), width: 1 },
          values: (_: uPlot, splits: number[]) => splits.map((value) => (narrow && Math.abs(value) >= LONG_FIGURE ? formatCompact(value) : formatNumber(value))),
          size: (_: uPlot, values: string[] | null) => 14 + 7.6 * Math.max(2, ...(values ?? []).map((text) => text.length)),
        },
      ],
      hooks: { draw: [(plot) => paint(plot, this, figures, this.chosen)] },
    };
  }

  private xLabels(splits: number[]): string[] {
    if (this.figures!.x.scale !== "time") return splits.map((value) => formatNumber(value));
    const step = splits.length > 1 ? splits[1]! - splits[0]! : DAY_S;
    return splits.map((value) => (step < DAY_S ? formatClock(value) : formatMonthDay(value)));
  }

  /** Every label where there is room, else every second, third … */
  private categoryLabels(width: number): string[] {
    const names = this.figures!.x.categories!;
    const longest = Math.max(...names.map((name) => name.length)) * 7.2 + 12;
    const step = Math.max(1, Math.ceil((longest * names.length) / Math.max(1, width - 60)));
    return names.map((name, index) => (index % step === 0 ? name : ""));
  }

  private paintSwatches(): void {
    this.renderRoot.querySelectorAll<SVGElement>(".swatch").forEach((swatch, index) => {
      swatch.style.background = seriesColor(this, this.figures!.series[index]!, index);
    });
  }

  private walk(event: KeyboardEvent): void {
    const series = this.figures?.series.filter((one) => one.points.length > 0);
    if (!series || series.length === 0) return;
    const now = this.chosen;
    let seriesAt = now ? series.indexOf(now.series) : 0;
    let pointAt = now ? now.pointIndex : -1;
    switch (event.key) {
      case "ArrowRight": pointAt += 1; break;
      case "ArrowLeft": pointAt = now ? pointAt - 1 : 0; break;
      case "ArrowDown": seriesAt = (seriesAt + 1) % series.length; break;
      case "ArrowUp": seriesAt = (seriesAt + series.length - 1) % series.length; break;
      case "Home": pointAt = 0; break;
      case "End": pointAt = Infinity; break;
      case "Enter": this.follow(now); return;
      case "Escape": this.chosen = undefined; return;
      default: return;
    }
    event.preventDefault();
    const chosenSeries = series[seriesAt]!;
    const pointIndex = Math.min(Math.max(pointAt, 0), chosenSeries.points.length - 1);
    this.chosen = this.mark(chosenSeries, pointIndex);
  }

  private get leads(): boolean {
    return this.figures?.series.some((one) => one.points.some((point) => point.href)) ?? false;
  }

  private follow(mark: Mark | undefined): void {
    if (mark?.point.href) window.location.assign(mark.point.href);
  }

  /** A click on the point that is shown opens it. A finger has shown nothing yet: its first tap shows, the second opens. */
  private pick(event: MouseEvent): void {
    const nearest = this.nearest(event);
    if (nearest && nearest.point === this.chosen?.point) this.follow(nearest);
    else this.chosen = nearest;
  }

  private point(event: PointerEvent): void {
    if (event.pointerType === "touch") return;
    const nearest = this.nearest(event);
    if (nearest?.point !== this.chosen?.point) this.chosen = nearest;
  }

  private nearest(event: MouseEvent): Mark | undefined {
    if (!this.plot || !this.figures) return undefined;
    const box = this.plot.root.querySelector("canvas")!.getBoundingClientRect();
    const [left, top] = [event.clientX - box.left, event.clientY - box.top];
    let nearest: Mark | undefined;
    let shortest = REACH_PX ** 2;
    for (const series of this.figures.series) {
      for (let index = 0; index < series.points.length; index++) {
        const mark = this.mark(series, index);
        const at = place(this.plot, this.figures, mark);
        const dx = at.left / devicePixelRatio - left;
        const dy = this.figures.kind === "bar" ? 0 : at.top / devicePixelRatio - top;
        const distance = dx ** 2 + dy ** 2;
        if (distance < shortest) [nearest, shortest] = [mark, distance];
      }
    }
    return nearest;
  }

  private leave(event: PointerEvent): void {
    if (event.pointerType !== "touch") this.chosen = undefined;
  }

  private forget(): void {
    this.chosen = undefined;
  }

  private mark(series: Mark["series"], pointIndex: number): Mark {
    return { series, seriesIndex: this.figures!.series.indexOf(series), point: series.points[pointIndex]!, pointIndex };
  }

  private placeDetail(): void {
    const detail = this.renderRoot.querySelector<HTMLElement>(".detail");
    if (!detail || !this.chosen || !this.plot) return;
    const at = place(this.plot, this.figures!, this.chosen);
    const [left, top] = [at.left / devicePixelRatio, at.top / devicePixelRatio];
    const room = this.plot.width - detail.offsetWidth;
    detail.style.left = `${Math.min(Math.max(0, left - detail.offsetWidth / 2), Math.max(0, room))}px`;
    const above = top - detail.offsetHeight - 14;
    detail.style.top = `${above < 0 ? top + 14 : above}px`;
  }

  private detail({ series, point }: Mark) {
    return html`<strong>${point.label ?? (this.figures!.series.length > 1 ? series.name : this.xText(point.x))}</strong>
      ${axisName(this.figures!.x)}${this.xText(point.x)}<br />${axisName(this.figures!.y)}${withUnit(point.y, this.figures!.y)}
      ${point.href ? html`<br /><em>${words.chartOpen}</em>` : nothing}`;
  }

  private sentence({ series, point }: Mark): string {
    const { x, y } = this.figures!;
    const what = [series.name, point.label].filter(Boolean).join(", ");
    const open = point.href ? ` ${words.chartOpen}.` : "";
    return `${what}. ${axisName(x)}${this.xText(point.x)}. ${axisName(y)}${withUnit(point.y, y)}.${open}`;
  }

  private xText(value: number): string {
    const { x } = this.figures!;
    if (x.scale === "category") return x.categories?.[value] ?? String(value);
    if (x.scale === "time") return formatFullDate(value);
    return withUnit(value, x);
  }
}

function axisName(axis: Axis): string {
  return axis.label ? `${axis.label}: ` : "";
}

function axisLabel(axis: Axis): string {
  return axis.unit ? `${axis.label} (${axis.unit})` : axis.label;
}

function withUnit(value: number, axis: Axis): string {
  const figure = formatNumber(value, axis.decimals ?? 2);
  return axis.unit ? `${figure} ${axis.unit}` : figure;
}
