// SPDX-License-Identifier: MPL-2.0
// The board from the keyboard: choose a visit, take it up, carry it to another carer or another place in the order.
import type { CareBoardElement } from "./element";
import { startOf, stopBefore, type Row, type Stop } from "./figures";

export const ZOOM_STEP = 1.5;

/** What the keys need of the picture. */
export interface Drawing {
  readonly board: CareBoardElement;
  readonly rows: Row[];
  /** The first instant in sight, in the board's seconds. */
  readonly from: number;
  rowOf(shift: number | null): number;
  reveal(row: number, instant: number): void;
  zoom(factor: number): void;
}

export class Keys {
  private readonly drawing: Drawing;

  constructor(drawing: Drawing) {
    this.drawing = drawing;
  }

  /** Whether the key was one of the board's. */
  press(event: KeyboardEvent): boolean {
    return this.drawing.board.moving ? this.pressMoving(event.key) : this.pressIdle(event);
  }

  private pressIdle(event: KeyboardEvent): boolean {
    const board = this.drawing.board;
    const stop = board.stopOf(board.chosen);
    const key = event.key.toLowerCase();
    const may = board.figures!.may_change;
    if ((event.ctrlKey || event.metaKey) && key === "z") {
      if (may && board.figures!.undo) void board.undo();
      return true;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    if (key === "arrowright") this.step(1);
    else if (key === "arrowleft") this.step(-1);
    else if (key === "arrowdown") this.stepRow(1);
    else if (key === "arrowup") this.stepRow(-1);
    else if (key === "+") this.drawing.zoom(1 / ZOOM_STEP);
    else if (key === "-") this.drawing.zoom(ZOOM_STEP);
    else if (key === "escape") board.choose(undefined);
    else if (key === "enter" && stop) board.showPanel(stop.id, true);
    else if (key === "l" && stop && may && stop.shift !== null) void board.lock(stop);
    else if ((key === "m" || key === " ") && stop && may && !stop.locked) this.lift(stop);
    else return false;
    return true;
  }

  private pressMoving(key: string): boolean {
    if (key === "Enter") void this.drawing.board.putDown();
    else if (key === "Escape") this.drawing.board.putBack();
    else if (key === "ArrowDown") this.shove(1);
    else if (key === "ArrowUp") this.shove(-1);
    else if (key === "ArrowRight") this.nudge(1);
    else if (key === "ArrowLeft") this.nudge(-1);
    else return false;
    return true;
  }

  private step(by: number): void {
    const chosen = this.drawing.board.stopOf(this.drawing.board.chosen);
    if (!chosen) return this.chooseIn(this.drawing.rows.findIndex((row) => row.stops.length > 0), this.drawing.from);
    const row = this.drawing.rows.find((each) => each.stops.includes(chosen))!;
    this.choose(row.stops[row.stops.indexOf(chosen) + by] ?? chosen);
  }

  private stepRow(by: number): void {
    const chosen = this.drawing.board.stopOf(this.drawing.board.chosen);
    let row = chosen ? this.drawing.rows.findIndex((each) => each.stops.includes(chosen)) + by : 0;
    while (this.drawing.rows[row] && this.drawing.rows[row]!.stops.length === 0) row += by;
    if (this.drawing.rows[row]) this.chooseIn(row, chosen ? startOf(chosen) : this.drawing.from);
  }

  private chooseIn(row: number, near: number): void {
    const stops = this.drawing.rows[row]?.stops ?? [];
    const best = stops.reduce<Stop | undefined>(
      (nearest, stop) => (!nearest || Math.abs(startOf(stop) - near) < Math.abs(startOf(nearest) - near) ? stop : nearest), undefined,
    );
    if (best) this.choose(best);
  }

  private choose(stop: Stop): void {
    this.drawing.board.choose(stop.id);
    this.drawing.reveal(this.drawing.rows.findIndex((row) => row.stops.includes(stop)), startOf(stop));
  }

  private lift(stop: Stop): void {
    const row = this.drawing.rows.find((each) => each.stops.includes(stop))!;
    const place = row.stops.indexOf(stop);
    this.drawing.board.moveTo(stop, { shift: stop.shift, after: stop.shift === null ? null : (row.stops[place - 1]?.id ?? null) });
  }

  /** To the next carer up or down who is not absent, at about the same time. */
  private shove(by: number): void {
    const moving = this.drawing.board.moving!;
    const lanes = this.drawing.rows.filter((row) => !row.shift).length;
    let row = moving.shift === null ? (by > 0 ? lanes : -1) : this.drawing.rowOf(moving.shift) + by;
    while (this.drawing.rows[row]?.shift?.absent) row += by;
    const target = this.drawing.rows[row];
    if (!target) return;
    this.drawing.board.moveTo(moving.stop, {
      shift: target.shift?.id ?? null, after: target.shift ? stopBefore(target, startOf(moving.stop), moving.stop.id) : null,
    });
    this.drawing.reveal(row, startOf(moving.stop));
  }

  /** Before or after the neighbour. */
  private nudge(by: number): void {
    const moving = this.drawing.board.moving!;
    if (moving.shift === null) return;
    const others = this.drawing.rows[this.drawing.rowOf(moving.shift)]!.stops.filter((stop) => stop.id !== moving.stop.id);
    const place = moving.after === null ? -1 : others.findIndex((stop) => stop.id === moving.after);
    const next = Math.min(others.length - 1, Math.max(-1, place + by));
    this.drawing.board.moveTo(moving.stop, { shift: moving.shift, after: next < 0 ? null : others[next]!.id });
  }
}
