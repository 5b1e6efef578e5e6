// SPDX-License-Identifier: MPL-2.0
// <k3-care-gantt>: carers down, time across. Visits are moved with the pointer or with the keys.
import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { boardOf, type CareBoardElement } from "./element";
import { endOf, rowsOf, startOf, stopBefore, type Row, type Stop, type Times } from "./figures";
import { Keys, ZOOM_STEP } from "./keys";
import { clockOf, colorsOf, HEAD_PX, paint, ROW_PX, secondsAt, xOf, yOf, type Colors, type Overlay, type View } from "./painter";

const NAMES_PX = 168;
const MAX_HEIGHT_PX = 680;
const SHORTEST_S = 30 * 60;
const AIR_S = 900;
const DRAG_PX = 4;
const EDGE_PX = 28;

/** The signs in the bars, each with its word. */
const SIGNS = [
  ["━", "travel"], ["!", "late"], ["●", "locked"], ["2×", "two"], ["↔", "linked"], ["▸", "begun"], ["✓", "finished"], ["┄", "pause"],
] as const;

interface Held {
  /** The stop under the pointer, or undefined where the board itself is dragged. */
  stop: Stop | undefined;
  x: number;
  y: number;
  from: number;
  to: number;
  scroll: number;
  /** Seconds from the stop's start to where it was taken hold of. */
  grip: number;
  isMoving: boolean;
}

export class CareGanttElement extends LitElement {
  static override properties = { width: { state: true }, beat: { state: true } };

  static override styles = css`
    :host { display: block; min-width: 0; font-size: 1.4rem; line-height: 2rem; }
    .tools { display: flex; flex-wrap: wrap; gap: 0.8rem; align-items: center; margin-bottom: 0.8rem; min-height: 3.6rem; }
    .tools p { margin: 0; color: var(--k3-ink-soft); flex: 1 1 16rem; }
    .tools p.bad { color: var(--k3-negative); font-weight: 600; }
    button {
      font: inherit; color: var(--k3-ink); background: var(--k3-white); border: 1px solid var(--k3-line-strong); border-radius: 3px;
      min-height: 3.6rem; min-width: 3.6rem; padding: 0 1.2rem; cursor: pointer;
    }
    button:hover { background: var(--k3-tint); }
    button:disabled { color: var(--k3-ink-soft); background: var(--k3-ground); cursor: default; }
    button:focus-visible, .frame:focus-visible { outline: 4px solid var(--k3-focus); outline-offset: 2px; }
    .outer { position: relative; }
    .frame { position: relative; overflow: hidden auto; border: 1px solid var(--k3-line-strong); touch-action: pan-y; background: var(--k3-ground); }
    canvas { position: sticky; top: 0; display: block; cursor: grab; }
    .cost {
      position: absolute; top: 0; left: 0; z-index: 3; pointer-events: none; width: max-content; max-width: 30rem; padding: 0.8rem 1.2rem;
      background: var(--k3-white); color: var(--k3-ink); border: 2px solid var(--k3-ink); border-radius: 3px;
    }
    .cost strong { display: block; }
    .cost ul { margin: 0.4rem 0 0; padding: 0 0 0 1.6rem; color: var(--k3-negative); }
    .cost dl { display: grid; grid-template-columns: auto auto; gap: 0 1.6rem; margin: 0.4rem 0 0; }
    .cost dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; }
    .cost dd.worse { color: var(--k3-negative); font-weight: 600; }
    .key { display: flex; flex-wrap: wrap; gap: 0.2rem 1.6rem; margin: 0.8rem 0 0; padding: 0; list-style: none; color: var(--k3-ink-soft); }
    .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  `;

  private readonly keys = new Keys(this);
  declare private width: number;
  declare private beat: number;
  rows: Row[] = [];
  private drawn: unknown;
  from = 0;
  private to = 1;
  private held: Held | undefined;
  /** Where the pointer shows what is moved; without a pointer it is shown where the server would put it. */
  private pointer: { row: number; start: number } | undefined;
  private at = { x: 0, y: 0 };
  private frameRequest = 0;
  private colors: Colors | undefined;
  private watcher: ResizeObserver | undefined;

  constructor() {
    super();
    this.width = 0;
    this.beat = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.board.addEventListener("k3-care-change", this.receive);
    this.watcher = new ResizeObserver(([entry]) => (this.width = Math.floor(entry!.contentRect.width)));
    this.watcher.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.watcher?.disconnect();
    cancelAnimationFrame(this.frameRequest);
  }

  get board(): CareBoardElement {
    return boardOf(this);
  }

  private readonly receive = (): void => {
    const figures = this.board.figures;
    if (figures && figures !== this.drawn) {
      const isFirst = this.drawn === undefined;
      this.drawn = figures;
      this.rows = rowsOf(figures);
      if (isFirst) [this.from, this.to] = [figures.from - AIR_S, figures.to + AIR_S];
    }
    if (!this.board.moving) this.pointer = undefined;
    this.beat++;
  };

  override render() {
    const { figures, words, notice, noticeIsBad, moving } = this.board;
    if (!figures) return nothing;
    return html`
      <div class="tools">
        <button type="button" aria-label=${words.zoom_in!} @click=${() => this.zoom(1 / ZOOM_STEP)}>+</button>
        <button type="button" aria-label=${words.zoom_out!} @click=${() => this.zoom(ZOOM_STEP)}>−</button>
        <button type="button" @click=${this.wholeDay}>${words.whole_day}</button>
        ${figures.may_change
          ? html`<button type="button" ?disabled=${!figures.undo} @click=${() => void this.board.undo()}>${words.undo}</button>`
          : nothing}
        <p class=${noticeIsBad ? "bad" : ""} role="status">${notice || (figures.may_change ? "" : words.read_only)}</p>
      </div>
      <div class="outer">
        <div class="frame" role="application" tabindex="0" aria-label="${words.label}. ${words.help}" @scroll=${this.paintSoon}
          @keydown=${this.press} @wheel=${this.wheel} @pointerdown=${this.grab} @pointermove=${this.drag} @pointerup=${this.drop}
          @pointercancel=${this.letGo}>
          <canvas></canvas><div class="filler"></div>
        </div>
        ${moving ? html`<div class="cost">${this.cost()}</div>` : nothing}
      </div>
      <ul class="key">
        ${SIGNS.map(([sign, word]) => html`<li><strong aria-hidden="true">${sign}</strong> ${words[word]}</li>`)}
      </ul>
      <div class="unseen" aria-live="polite">${this.sentence()}</div>
    `;
  }

  protected override updated(_changed: PropertyValues): void {
    this.fit();
    this.paintSoon();
  }

  // --- What is in view ------------------------------------------------------------------------------------------------

  private get frame(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(".frame");
  }

  private get view(): View {
    const frame = this.frame;
    return {
      width: frame?.clientWidth ?? this.width, height: frame?.clientHeight ?? 0, names: NAMES_PX, from: this.from, to: this.to,
      scroll: frame?.scrollTop ?? 0,
    };
  }

  private fit(): void {
    const frame = this.frame;
    if (!frame) return;
    const whole = HEAD_PX + this.rows.length * ROW_PX;
    frame.style.height = `${Math.min(whole, MAX_HEIGHT_PX) + 2}px`;
    const [width, height, ratio] = [frame.clientWidth, frame.clientHeight, devicePixelRatio];
    frame.querySelector<HTMLElement>(".filler")!.style.height = `${Math.max(0, whole - height)}px`;
    const canvas = frame.querySelector("canvas")!;
    if (canvas.width !== width * ratio || canvas.height !== height * ratio) {
      canvas.width = width * ratio;
      canvas.height = height * ratio;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
  }

  private readonly paintSoon = (): void => {
    cancelAnimationFrame(this.frameRequest);
    this.frameRequest = requestAnimationFrame(() => {
      const pen = this.renderRoot.querySelector("canvas")?.getContext("2d");
      const figures = this.board.figures;
      if (!pen || !figures) return;
      this.colors ??= colorsOf(this);
      paint(pen, this.rows, this.view, this.overlay(figures.now), this.colors, this.board.words);
      this.placeCost();
    });
  };

  private overlay(now: number): Overlay {
    const { moving, chosen } = this.board;
    const changed = new Map<number, Times>((moving?.outcome?.stops ?? []).map((times) => [times.id, times]));
    let moved: Overlay["moved"];
    if (moving) {
      const times = changed.get(moving.stop.id);
      const row = this.pointer?.row ?? this.rowOf(moving.shift);
      const start = this.pointer?.start ?? times?.start ?? startOf(moving.stop);
      moved = { stop: moving.stop, row, start, isBroken: !!moving.outcome?.is_broken || !!moving.problem };
    }
    return { chosen: moving ? undefined : this.board.stopOf(chosen), moved, changed, now };
  }

  rowOf(shift: number | null): number {
    return shift === null ? 0 : this.rows.findIndex((row) => row.shift?.id === shift);
  }

  private readonly wholeDay = (): void => {
    const { from, to } = this.board.figures!;
    this.show(from - AIR_S, to + AIR_S);
  };

  private show(from: number, to: number): void {
    [this.from, this.to] = [from, to];
    this.paintSoon();
  }

  zoom(factor: number, around = (this.from + this.to) / 2): void {
    const span = (this.to - this.from) * factor;
    if (span < SHORTEST_S || span > 3 * 86400) return;
    const share = (around - this.from) / (this.to - this.from);
    this.show(around - share * span, around + (1 - share) * span);
  }

  reveal(row: number, instant: number): void {
    const frame = this.frame!;
    const room = frame.clientHeight - HEAD_PX - ROW_PX;
    const top = row * ROW_PX;
    if (top < frame.scrollTop) frame.scrollTop = top;
    else if (top > frame.scrollTop + room) frame.scrollTop = top - room;
    if (instant < this.from || instant > this.to) {
      const span = this.to - this.from;
      this.show(instant - span / 2, instant + span / 2);
    }
  }

  // --- The pointer ----------------------------------------------------------------------------------------------------

  private readonly wheel = (event: WheelEvent): void => {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.zoom(event.deltaY > 0 ? ZOOM_STEP : 1 / ZOOM_STEP, secondsAt(this.view, event.clientX - this.frame!.getBoundingClientRect().left));
    } else if (event.shiftKey || event.deltaX) {
      event.preventDefault();
      const seconds = ((event.deltaX || event.deltaY) / (this.view.width - NAMES_PX)) * (this.to - this.from);
      this.show(this.from + seconds, this.to + seconds);
    }
  };

  private place(event: PointerEvent): { x: number; y: number } {
    const box = this.frame!.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  private readonly grab = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const { x, y } = this.place(event);
    if (x > this.frame!.clientWidth) return;
    const stop = this.stopAt(x, y);
    const grip = stop ? secondsAt(this.view, x) - startOf(stop) : 0;
    this.held = { stop, x, y, from: this.from, to: this.to, scroll: this.frame!.scrollTop, grip, isMoving: false };
    this.frame!.setPointerCapture(event.pointerId);
  };

  private readonly drag = (event: PointerEvent): void => {
    const held = this.held;
    const { x, y } = this.place(event);
    if (!held) {
      this.frame!.querySelector("canvas")!.style.cursor = this.stopAt(x, y) ? "pointer" : "grab";
      return;
    }
    if (!held.isMoving && Math.hypot(x - held.x, y - held.y) < DRAG_PX) return;
    held.isMoving = true;
    if (!held.stop) {
      const seconds = ((held.x - x) / (this.view.width - NAMES_PX)) * (held.to - held.from);
      this.show(held.from + seconds, held.to + seconds);
      if (event.pointerType === "mouse") this.frame!.scrollTop = held.scroll + held.y - y;
      return;
    }
    if (!this.board.figures!.may_change || held.stop.locked) return;
    this.at = { x, y };
    this.scrollAtEdge(y);
    const row = Math.min(this.rows.length - 1, Math.max(0, Math.floor((y - HEAD_PX + this.view.scroll) / ROW_PX)));
    const start = secondsAt(this.view, x) - held.grip;
    this.pointer = { row, start };
    const target = this.rows[row]!;
    this.board.moveTo(held.stop, { shift: target.shift?.id ?? null, after: target.shift ? stopBefore(target, start, held.stop.id) : null });
    this.paintSoon();
  };

  private readonly drop = (event: PointerEvent): void => {
    const held = this.held;
    this.letGo();
    if (!held) return;
    this.frame!.releasePointerCapture(event.pointerId);
    if (held.isMoving && held.stop && this.board.moving) void this.board.putDown();
    else if (!held.isMoving) this.board.choose(held.stop?.id);
  };

  private readonly letGo = (): void => {
    this.held = undefined;
  };

  private scrollAtEdge(y: number): void {
    const frame = this.frame!;
    if (y > frame.clientHeight - EDGE_PX) frame.scrollTop += 12;
    else if (y < HEAD_PX + EDGE_PX) frame.scrollTop -= 12;
  }

  private stopAt(x: number, y: number): Stop | undefined {
    if (x < NAMES_PX || y < HEAD_PX) return undefined;
    const row = this.rows[Math.floor((y - HEAD_PX + this.view.scroll) / ROW_PX)];
    const [from, to] = [secondsAt(this.view, x - 2), secondsAt(this.view, x + 2)];
    return row?.stops.find((stop) => startOf(stop) <= to && endOf(stop) >= from);
  }

  private readonly press = (event: KeyboardEvent): void => {
    if (this.keys.press(event)) event.preventDefault();
  };

  // --- What is said ---------------------------------------------------------------------------------------------------

  private cost() {
    const { words, moving } = this.board;
    const outcome = moving!.outcome;
    if (moving!.problem) return html`<strong>${moving!.problem}</strong>`;
    if (!outcome) return html`${words.asking}`;
    return html`<strong>${outcome.verdict}</strong>
      ${outcome.broken.length ? html`<ul>${outcome.broken.map((text) => html`<li>${text}</li>`)}</ul>` : nothing}
      ${outcome.lines.length
        ? html`<dl>${outcome.lines.map((line) => html`<dt>${line.name}</dt><dd class=${line.is_worse ? "worse" : ""}>${line.change}</dd>`)}</dl>`
        : nothing}`;
  }

  /** The cost stands beside what is moved, never above it and never outside the board. */
  private placeCost(): void {
    const box = this.renderRoot.querySelector<HTMLElement>(".cost");
    const moving = this.board.moving;
    if (!box || !moving) return;
    const view = this.view;
    const moved = this.overlay(0).moved!;
    const x = this.pointer ? this.at.x : xOf(view, moved.start);
    const y = this.pointer ? this.at.y : yOf(view, moved.row);
    const left = Math.min(Math.max(0, x + 16), Math.max(0, view.width - box.offsetWidth - 4));
    const below = y + ROW_PX + 8;
    box.style.left = `${left}px`;
    box.style.top = `${below + box.offsetHeight > view.height ? Math.max(0, y - box.offsetHeight - 12) : below}px`;
  }

  private sentence(): string {
    const { moving, words, figures } = this.board;
    const nameOf = (shift: number | null) => figures?.shifts.find((each) => each.id === shift)?.name ?? words.left_out!;
    if (moving) {
      if (this.pointer) return "";
      const before = this.board.stopOf(moving.after ?? undefined);
      const where = `${nameOf(moving.shift)}, ${before ? `${words.after!} ${before.name}` : words.first!}`;
      const outcome = moving.outcome;
      const told = moving.problem || (outcome ? [outcome.verdict, ...outcome.broken, ...outcome.lines.map((line) => `${line.name} ${line.change}`)].join(" ") : "");
      return told ? `${where}. ${told}` : `${words.lifted!} ${where}`;
    }
    const stop = this.board.stopOf(this.board.chosen);
    if (!stop) return "";
    return [
      stop.name, stop.service, nameOf(stop.shift), stop.start ? `${clockOf(stop.start)}–${clockOf(stop.end!)}` : "",
      `${words.window!} ${clockOf(stop.earliest)}–${clockOf(stop.latest)}`,
      stop.late ? words.late! : "", stop.locked ? words.locked! : "", stop.two ? words.two! : "", stop.acute ? words.acute! : "",
      stop.links.length ? words.linked! : "", this.said(stop),
    ].filter(Boolean).join(", ");
  }

  private said(stop: Stop): string {
    const words = this.board.words;
    return { "": "", BEGUN: words.begun!, FINISHED: words.finished!, LATE: words.said_late!, NOT_MADE: words.not_made! }[stop.said];
  }
}
