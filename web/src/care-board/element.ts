// SPDX-License-Identifier: MPL-2.0
// <k3-care-board data="id" words="id" src=… preview=… move=… lock=… undo=… stop=… listed=…>
// Holds the figures, the choice and what is being moved; asks the server what a move costs and saves it. The Gantt, the map and the
// panel inside it only show and ask. Every rule and every figure comes from the server.
import htmx from "htmx.org";
import { readFigures } from "../figures";
import type { BoardFigures, Outcome, Stop, Target, Words } from "./figures";

export interface Moving extends Target {
  stop: Stop;
  outcome: Outcome | undefined;
  problem: string;
}

/** Asks for the board around an element; it is there before its parts are. */
export const boardOf = (part: Element): CareBoardElement => part.closest<CareBoardElement>("k3-care-board")!;

export class CareBoardElement extends HTMLElement {
  figures: BoardFigures | undefined;
  words: Words = {};
  chosen: number | undefined;
  moving: Moving | undefined;
  /** A short notice under the board's tools: what was done, or why not. */
  notice = "";
  noticeIsBad = false;
  private asking = false;
  private panelTimer = 0;

  connectedCallback(): void {
    this.words = JSON.parse(document.getElementById(this.getAttribute("words")!)!.textContent!) as Words;
    void readFigures<BoardFigures>(this).then((figures) => this.receive(figures));
    this.addEventListener("submit", (event) => this.takeForm(event));
    this.addEventListener("click", (event) => this.takeLink(event));
    document.body.addEventListener("htmx:afterSettle", () => this.numberForms());
    const chosen = new URLSearchParams(location.search).get("stop");
    if (chosen) this.chosen = Number(chosen);
  }

  stopOf(id: number | undefined): Stop | undefined {
    return id === undefined ? undefined : this.figures?.stops.find((stop) => stop.id === id);
  }

  /** Shows a stop on the board, on the map and, a moment later, in the panel. */
  choose(id: number | undefined, withPanel = true): void {
    if (this.chosen === id) return;
    this.chosen = id;
    this.tell();
    clearTimeout(this.panelTimer);
    if (id !== undefined && withPanel) this.panelTimer = window.setTimeout(() => this.showPanel(id), 250);
  }

  showPanel(id: number, focus = false): void {
    clearTimeout(this.panelTimer);
    const panel = this.querySelector<HTMLElement>("#chosen")!;
    void htmx.ajax("get", `${this.getAttribute("stop")}?stop=${id}`, { target: panel, swap: "innerHTML" }).then(() => {
      if (focus) panel.focus();
    });
  }

  /** What it is doing, as an attribute that styles and tests can see. */
  private get state(): "ready" | "asking" | "answered" | "refused" {
    if (!this.moving) return "ready";
    if (this.moving.problem || this.moving.outcome?.is_broken) return "refused";
    return this.moving.outcome ? "answered" : "asking";
  }

  // --- Moving ---------------------------------------------------------------------------------------------------------

  /** Begins or goes on moving a stop; asks what it would cost as soon as the last question is answered. */
  moveTo(stop: Stop, target: Target): void {
    const same = this.moving?.stop.id === stop.id && this.moving.shift === target.shift && this.moving.after === target.after;
    if (same) return;
    this.moving = { stop, ...target, outcome: undefined, problem: "" };
    this.tell();
    void this.ask();
  }

  putBack(): void {
    if (!this.moving) return;
    this.moving = undefined;
    this.say(this.words.dropped_back!);
  }

  /** Saves what is being moved. */
  async putDown(): Promise<void> {
    const moving = this.moving;
    if (!moving) return;
    if (moving.outcome?.is_broken) {
      this.moving = undefined;
      this.say(moving.outcome.broken.join(" "), true);
      return;
    }
    await this.save("move", { stop: moving.stop.id, to: toText(moving) });
  }

  async lock(stop: Stop): Promise<void> {
    await this.save("lock", { stop: stop.id, locked: stop.locked ? 0 : 1 });
  }

  async undo(): Promise<void> {
    await this.save("undo", {});
  }

  /** One question at a time, and always the newest: what was asked in between is not asked at all. */
  private async ask(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    try {
      for (let asked = this.moving; asked && !asked.outcome && !asked.problem; asked = this.moving) {
        const started = performance.now();
        try {
          const response = await this.post("preview", { stop: asked.stop.id, to: toText(asked) });
          const answer = (await response.json()) as Outcome & { error?: string };
          if (answer.error) asked.problem = answer.error;
          else asked.outcome = answer;
        } catch (error) {
          console.info(error);
          asked.problem = this.words.offline!;
        }
        performance.measure("care-board-preview", { start: started });
        if (asked === this.moving) this.tell();
      }
    } finally {
      this.asking = false;
    }
  }

  private async save(what: "move" | "lock" | "undo", values: Record<string, string | number>): Promise<void> {
    this.say(this.words.saving!);
    await this.send(this.getAttribute(what)!, bodyOf({ ...values, version: this.figures!.version }));
  }

  private async send(address: string, body: FormData): Promise<void> {
    let told = this.words.offline!;
    let isBad = true;
    try {
      const response = await fetch(address, { method: "POST", body, headers: this.headers() });
      const answer = (await response.json()) as { message?: string; error?: string };
      isBad = !response.ok;
      told = answer.error ?? answer.message ?? this.words.failed!;
    } catch (error) {
      console.info(error);
    }
    await this.refresh();
    this.say(told, isBad);
  }

  /** Fetches everything anew: the one way in which the board learns what was saved, by whomever. */
  private async refresh(): Promise<void> {
    try {
      const response = await fetch(this.getAttribute("src")!, { headers: { Accept: "application/json" } });
      if (response.ok) this.receive((await response.json()) as BoardFigures);
    } catch (error) {
      console.info(error);
    }
    if (this.chosen !== undefined && this.stopOf(this.chosen)) this.showPanel(this.chosen);
    const list = this.querySelector<HTMLElement>("#care-list")!;
    const open = [...list.querySelectorAll("details")].map((details) => details.open);
    void htmx.ajax("get", this.getAttribute("listed")!, { target: list, swap: "innerHTML" }).then(() => {
      list.querySelectorAll("details").forEach((details, position) => (details.open = open[position] ?? details.open));
    });
  }

  private receive(figures: BoardFigures): void {
    this.figures = figures;
    this.moving = undefined;
    this.numberForms();
    this.tell();
  }

  // --- The page around it ---------------------------------------------------------------------------------------------

  private takeForm(event: SubmitEvent): void {
    const form = event.target as HTMLFormElement;
    if (!form.matches("[data-k3-care]")) return;
    event.preventDefault();
    void this.send(form.action, new FormData(form));
  }

  private takeLink(event: MouseEvent): void {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-stop]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const id = Number(link.dataset.stop);
    this.choose(id, false);
    this.showPanel(id, true);
  }

  /** A form that was drawn before a change speaks of the plan as it is now, since the board beside it shows that. */
  private numberForms(): void {
    for (const field of this.querySelectorAll<HTMLInputElement>("input[name=version]")) field.value = String(this.figures?.version ?? "");
  }

  private post(what: string, values: Record<string, string | number>): Promise<Response> {
    return fetch(this.getAttribute(what)!, { method: "POST", body: bodyOf(values), headers: this.headers() });
  }

  private headers(): Record<string, string> {
    const given = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}") as Record<string, string>;
    return { Accept: "application/json", ...given };
  }

  private say(text: string, isBad = false): void {
    this.notice = text;
    this.noticeIsBad = isBad;
    this.tell();
  }

  private tell(): void {
    this.dataset.state = this.state;
    this.dispatchEvent(new Event("k3-care-change"));
  }
}

function toText(target: Target): string {
  return `${target.shift ?? ""}:${target.after ?? ""}`;
}

function bodyOf(values: Record<string, string | number>): FormData {
  const body = new FormData();
  for (const [name, value] of Object.entries(values)) body.set(name, String(value));
  return body;
}
