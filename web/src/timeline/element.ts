// SPDX-License-Identifier: MPL-2.0
// <k3-timeline data="id-of-json_script" label="…">: vehicles down, time across, trips as bars. A day at a time, or the whole period.
import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { readFigures } from "../figures";
import { addDays, dayOf, formatClock, formatFullDate, formatNumber, startOfDay } from "../format";
import { words } from "../words";
import { Rows, type TimelineFigures, type Trip } from "./figures";
import { HEAD_PX, paint, ROW_PX, secondsAt, visibleRows, xOf, yOf, type View } from "./painter";

const MAX_HEIGHT_PX = 520;
const NAMES_PX = 176;
const NAMES_NARROW_PX = 96;
const NARROW_PX = 560;
const ZOOM_STEP = 1.6;
const SHORTEST_S = 30 * 60;
const WORKDAY_FROM_S = 6 * 3600;
const WORKDAY_TO_S = 18 * 3600;
const AIR_S = 1800;

export class TimelineElement extends LitElement {
  static override properties = {
    label: { type: String },
    figures: { state: true },
    failed: { state: true },
    chosen: { state: true },
    day: { state: true },
    from: { state: true },
    to: { state: true },
    width: { state: true },
  };

  static override styles = css`
    :host { display: block; font-size: 1.4rem; line-height: 2rem; min-width: 0; }
    .tools { display: flex; flex-wrap: wrap; gap: 0.8rem; align-items: center; margin-bottom: 0.8rem; }
    .tools label { display: flex; align-items: center; gap: 0.8rem; }
    .tools p { margin: 0 0 0 auto; color: var(--k3-ink-soft); font-variant-numeric: tabular-nums; }
    button, input {
      font: inherit; color: var(--k3-ink); background: var(--k3-white); border: 1px solid var(--k3-line-strong); border-radius: 3px;
      min-height: 3.6rem; padding: 0 1.2rem; cursor: pointer;
    }
    button:hover { background: var(--k3-tint); }
    button.binding { background: var(--k3-highlight); border-color: var(--k3-highlight); font-weight: 600; }
    button:focus-visible, input:focus-visible, .frame:focus-visible { outline: 4px solid var(--k3-focus); outline-offset: 2px; }
    .frame { position: relative; overflow: hidden auto; border: 1px solid var(--k3-line); touch-action: pan-y; min-width: 0; }
    canvas { position: sticky; top: 0; display: block; cursor: grab; }
    .detail {
      position: absolute; pointer-events: none; background: var(--k3-ink); color: var(--k3-white); padding: 0.8rem 1.2rem;
      border-radius: 3px; max-width: 26rem; width: max-content; z-index: 2; top: 0; left: 0;
    }
    .detail strong { display: block; font-weight: 600; }
    .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    .note { padding: 1.6rem; background: var(--k3-ground); margin: 0; }
    .outer { position: relative; }
  `;

  declare label: string;
  declare private figures: TimelineFigures | undefined;
  declare private failed: boolean;
  declare private chosen: Trip | undefined;
  declare private day: string;
  declare private from: number;
  declare private to: number;
  declare private width: number;
  private rows = new Rows({ vehicles: [], trips: [] });
  private watcher: ResizeObserver | undefined;
  private dragFrom: { x: number; from: number; to: number } | undefined;
  private frameRequest = 0;

  constructor() {
    super();
    this.label = words.timeline;
    this.failed = false;
    this.day = "";
    this.from = 0;
    this.to = 1;
    this.width = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    readFigures<TimelineFigures>(this).then(
      (figures) => this.receive(figures),
      (error: unknown) => {
        console.error(error);
        this.failed = true;
      },
    );
    this.watcher = new ResizeObserver(([entry]) => (this.width = Math.floor(entry!.contentRect.width)));
    this.watcher.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.watcher?.disconnect();
    cancelAnimationFrame(this.frameRequest);
  }

  override render() {
    if (this.failed) return html`<p class="note">${words.dataUnavailable}</p>`;
    if (!this.figures) return nothing;
    const count = this.rows.count(this.from, this.to);
    return html`
      <div class="tools">
        <button type="button" aria-label=${words.previousDay} @click=${() => this.showDay(addDays(this.day, -1))}>‹</button>
        <label>${words.day} <input type="date" .value=${this.day} @change=${this.pickDay} /></label>
        <button type="button" aria-label=${words.nextDay} @click=${() => this.showDay(addDays(this.day, 1))}>›</button>
        <button type="button" aria-label=${words.zoomIn} @click=${() => this.zoom(1 / ZOOM_STEP)}>+</button>
        <button type="button" aria-label=${words.zoomOut} @click=${() => this.zoom(ZOOM_STEP)}>−</button>
        <button type="button" @click=${() => this.showDay(this.day)}>${words.wholeDay}</button>
        <button type="button" @click=${this.showAll}>${words.wholePeriod}</button>
        ${this.figures.binding
          ? html`<button type="button" class="binding" @click=${this.showBinding}>${words.toBinding}</button>`
          : nothing}
        <p>${count === 0 ? words.noTrips : `${formatNumber(count)} ${words.trips}`} · ${formatNumber(this.figures.vehicles.length)} ${words.vehicles}</p>
      </div>
      <div class="outer">
        <div class="frame" role="application" tabindex="0" aria-label="${this.label}. ${words.timelineHelp}"
          @scroll=${this.paintSoon} @keydown=${this.walk} @wheel=${this.wheel} @blur=${() => (this.chosen = undefined)}
          @pointerdown=${this.grab} @pointermove=${this.move} @pointerup=${this.drop} @pointerleave=${this.drop}>
          <canvas></canvas><div class="filler"></div>
        </div>
        ${this.chosen ? html`<div class="detail" aria-hidden="true">${this.detail(this.chosen)}</div>` : nothing}
      </div>
      <div class="unseen" aria-live="polite">${this.chosen ? this.sentence(this.chosen) : ""}</div>
    `;
  }

  protected override updated(_changed: PropertyValues): void {
    this.fit();
    this.paintSoon();
    this.placeDetail();
  }

  private receive(figures: TimelineFigures): void {
    this.rows = new Rows(figures);
    this.figures = figures;
    const begin = figures.binding?.start ?? (Number.isFinite(this.rows.first) ? this.rows.first : Date.now() / 1000);
    this.showDay(figures.day ?? dayOf(begin));
  }

  // --- What is in view ---------------------------------------------------------------------------------------------

  private get frame(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(".frame");
  }

  private get view(): View {
    const width = this.frame?.clientWidth ?? this.width;
    return {
      width,
      height: this.frame?.clientHeight ?? 0,
      names: width < NARROW_PX ? NAMES_NARROW_PX : NAMES_PX,
      from: this.from,
      to: this.to,
      scroll: this.frame?.scrollTop ?? 0,
    };
  }

  private fit(): void {
    const frame = this.frame;
    if (!frame || !this.figures) return;
    const whole = HEAD_PX + this.figures.vehicles.length * ROW_PX;
    const height = Math.min(whole, MAX_HEIGHT_PX);
    frame.style.height = `${height + 2}px`;
    // The canvas stays in view while this element gives the frame its full height to scroll through.
    frame.querySelector<HTMLElement>(".filler")!.style.height = `${whole - height}px`;
    const canvas = frame.querySelector("canvas")!;
    const [width, ratio] = [frame.clientWidth, devicePixelRatio];
    if (canvas.width !== width * ratio || canvas.height !== height * ratio) {
      canvas.width = width * ratio;
      canvas.height = height * ratio;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
  }

  private paintSoon(): void {
    cancelAnimationFrame(this.frameRequest);
    this.frameRequest = requestAnimationFrame(() => {
      const pen = this.renderRoot.querySelector("canvas")?.getContext("2d");
      if (pen && this.figures) paint(pen, this, this.figures, this.rows, this.view, this.chosen);
      this.placeDetail();
    });
  }

  /** The working day, or as much of the day around it as has trips. */
  private showDay(day: string): void {
    this.day = day;
    const [midnight, next] = [startOfDay(day), startOfDay(addDays(day, 1))];
    const [first, last] = this.rows.extent(midnight, next);
    this.show(
      Math.max(midnight, Math.min(midnight + WORKDAY_FROM_S, first - AIR_S)),
      Math.min(next, Math.max(midnight + WORKDAY_TO_S, last + AIR_S)),
    );
  }

  private showAll(): void {
    if (Number.isFinite(this.rows.first)) this.show(this.rows.first - 3600, this.rows.last + 3600);
  }

  private showBinding(): void {
    const { start, end } = this.figures!.binding!;
    this.day = dayOf(start);
    const air = Math.max(2 * 3600, end - start);
    this.show(start - air, end + air);
  }

  private show(from: number, to: number): void {
    this.from = from;
    this.to = to;
  }

  private zoom(factor: number, around = (this.from + this.to) / 2): void {
    const span = (this.to - this.from) * factor;
    if (span < SHORTEST_S) return;
    const share = (around - this.from) / (this.to - this.from);
    this.show(around - share * span, around + (1 - share) * span);
  }

  private pan(seconds: number): void {
    this.show(this.from + seconds, this.to + seconds);
    this.day = dayOf((this.from + this.to) / 2);
  }

  // --- Hands ------------------------------------------------------------------------------------------------------------

  private pickDay(event: Event): void {
    const { value } = event.target as HTMLInputElement;
    if (value) this.showDay(value);
  }

  private wheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const left = this.renderRoot.querySelector("canvas")!.getBoundingClientRect().left;
    this.zoom(event.deltaY > 0 ? ZOOM_STEP : 1 / ZOOM_STEP, secondsAt(this.view, event.clientX - left));
  }

  private grab(event: PointerEvent): void {
    this.dragFrom = { x: event.clientX, from: this.from, to: this.to };
  }

  private move(event: PointerEvent): void {
    if (this.dragFrom && event.buttons) {
      const { width, names } = this.view;
      const shift = ((this.dragFrom.x - event.clientX) / (width - names)) * (this.dragFrom.to - this.dragFrom.from);
      this.show(this.dragFrom.from + shift, this.dragFrom.to + shift);
      return;
    }
    const box = this.renderRoot.querySelector("canvas")!.getBoundingClientRect();
    this.chosen = this.tripAt(event.clientX - box.left, event.clientY - box.top);
  }

  private drop(event: PointerEvent): void {
    if (this.dragFrom) this.day = dayOf((this.from + this.to) / 2);
    this.dragFrom = undefined;
    if (event.type === "pointerleave") this.chosen = undefined;
  }

  private tripAt(x: number, y: number): Trip | undefined {
    const view = this.view;
    const row = Math.floor((y - HEAD_PX + view.scroll) / ROW_PX);
    if (y < HEAD_PX || x < view.names || row >= this.rows.trips.length) return undefined;
    const at = secondsAt(view, x);
    const reach = secondsAt(view, x + 3) - at;
    return this.rows.between(row, at - reach, at + reach)[0];
  }

  private walk(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) this.choose(this.beside(step));
    else if (event.key === "ArrowDown") this.choose(this.inRow(1));
    else if (event.key === "ArrowUp") this.choose(this.inRow(-1));
    else if (event.key === "Home") this.choose(this.rows.trips[this.chosen?.vehicle ?? 0]?.[0]);
    else if (event.key === "End") this.choose(this.rows.trips[this.chosen?.vehicle ?? 0]?.at(-1));
    else if (event.key === "+") this.zoom(1 / ZOOM_STEP);
    else if (event.key === "-") this.zoom(ZOOM_STEP);
    else if (event.key === "PageDown") this.pan(this.to - this.from);
    else if (event.key === "PageUp") this.pan(this.from - this.to);
    else if (event.key === "Escape") this.chosen = undefined;
    else return;
    event.preventDefault();
  }

  private beside(step: number): Trip | undefined {
    const now = this.chosen;
    if (!now) return this.inRow(1);
    const row = this.rows.trips[now.vehicle]!;
    return row[row.indexOf(now) + step] ?? now;
  }

  /** The nearest trip in time in the next row (or the one before) that has any; from nowhere, the first one in view. */
  private inRow(step: number): Trip | undefined {
    const near = this.chosen?.start ?? this.from;
    const start = this.chosen ? this.chosen.vehicle + step : visibleRows(this.view, this.rows.trips.length)[0];
    for (let vehicle = start; vehicle >= 0 && vehicle < this.rows.trips.length; vehicle += step) {
      const inView = this.rows.between(vehicle, this.from, this.to);
      const candidates = inView.length > 0 ? inView : this.chosen ? [] : this.rows.trips[vehicle]!;
      const best = candidates.reduce<Trip | undefined>(
        (nearest, trip) => (!nearest || Math.abs(trip.start - near) < Math.abs(nearest.start - near) ? trip : nearest),
        undefined,
      );
      if (best) return best;
    }
    return this.chosen;
  }

  private choose(trip: Trip | undefined): void {
    if (!trip) return;
    this.chosen = trip;
    if (trip.end <= this.from || trip.start >= this.to) this.pan((trip.start + trip.end) / 2 - (this.from + this.to) / 2);
    const frame = this.frame!;
    const top = trip.vehicle * ROW_PX;
    const room = frame.clientHeight - HEAD_PX - ROW_PX;
    if (top < frame.scrollTop) frame.scrollTop = top;
    else if (top > frame.scrollTop + room) frame.scrollTop = top - room;
  }

  // --- What is said about a trip -------------------------------------------------------------------------------------

  private placeDetail(): void {
    const detail = this.renderRoot.querySelector<HTMLElement>(".detail");
    if (!detail || !this.chosen) return;
    const view = this.view;
    const left = (xOf(view, Math.max(this.chosen.start, view.from)) + xOf(view, Math.min(this.chosen.end, view.to))) / 2;
    detail.style.left = `${Math.min(Math.max(0, left - detail.offsetWidth / 2), Math.max(0, view.width - detail.offsetWidth))}px`;
    const top = yOf(view, this.chosen.vehicle);
    detail.style.top = `${top - detail.offsetHeight - 4 < 0 ? top + ROW_PX + 4 : top - detail.offsetHeight - 4}px`;
  }

  private detail(trip: Trip) {
    const special = this.special(trip);
    return html`<strong>${trip.label}</strong>${this.figures!.vehicles[trip.vehicle]!.name}<br />
      ${formatClock(trip.start)}–${formatClock(trip.end)}${special ? html`<br />${special}` : nothing}`;
  }

  private sentence(trip: Trip): string {
    const special = this.special(trip);
    return [
      this.figures!.vehicles[trip.vehicle]!.name, trip.label, formatFullDate(trip.start),
      `${formatClock(trip.start)}–${formatClock(trip.end)}`, ...(special ? [special] : []),
    ].join(", ");
  }

  private special(trip: Trip): string | undefined {
    if (trip.state === "conflict") return words.conflict;
    return trip.state === "unserved" ? words.unserved : undefined;
  }
}
