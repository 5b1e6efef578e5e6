// SPDX-License-Identifier: MPL-2.0
// <k3-progress>: follows a job. The server has already drawn its state; this element keeps it fresh.
//   events="URL"  server-sent events, each a State as JSON      poll="URL"  the same State as JSON, asked every two seconds
//   reload        load the page anew when the job has ended

interface State {
  state: "QUEUED" | "RUNNING" | "DONE" | "FAILED" | "CANCELLED";
  /** 0-100, or null when the length of the work is not known. */
  percent: number | null;
  message: string;
  /** Name of the state in the reader's language. */
  state_label: string;
  /** Where to go when it is done, or null. */
  next?: string | null;
}

const ENDED = new Set(["DONE", "FAILED", "CANCELLED"]);
const POLL_MS = 2000;
/** Screen readers hear every tenth percent, not each. */
const ANNOUNCE_STEP = 10;

class Progress extends HTMLElement {
  private stream: EventSource | undefined;
  private timer: number | undefined;
  private announced = -1;

  connectedCallback(): void {
    if (ENDED.has(this.dataset.state ?? "")) return;
    const events = this.getAttribute("events");
    if (events && "EventSource" in window) this.listen(events);
    else this.poll();
  }

  disconnectedCallback(): void {
    this.stream?.close();
    window.clearTimeout(this.timer);
  }

  private listen(address: string): void {
    this.stream = new EventSource(address, { withCredentials: true });
    this.stream.onmessage = (event: MessageEvent<string>) => this.show(JSON.parse(event.data) as State);
    this.stream.onerror = () => {
      // A proxy that cuts streams: asking now and then still works.
      if (this.stream?.readyState === EventSource.CLOSED || this.hasAttribute("poll")) {
        this.stream?.close();
        this.poll();
      }
    };
  }

  private poll(): void {
    const address = this.getAttribute("poll");
    if (!address) return;
    this.timer = window.setTimeout(async () => {
      try {
        const response = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
        if (response.ok) this.show((await response.json()) as State);
      } catch {
        // The network is away for a moment: the next round asks again.
      }
      if (!ENDED.has(this.dataset.state ?? "")) this.poll();
    }, POLL_MS);
  }

  private show(state: State): void {
    this.dataset.state = state.state;
    this.classList.add("k3-progress");
    const bar = this.querySelector("progress");
    if (bar) {
      if (state.percent === null && !ENDED.has(state.state)) bar.removeAttribute("value");
      else bar.value = state.percent ?? (state.state === "DONE" ? 100 : 0);
    }
    this.write(".k3-progress__percent", state.percent === null ? "" : `${Math.floor(state.percent)} %`);
    this.write(".k3-progress__message", state.message);
    this.write(".k3-progress__state", state.state_label);
    this.announce(state);
    if (ENDED.has(state.state)) this.end(state);
  }

  private announce(state: State): void {
    const step = Math.floor((state.percent ?? 0) / ANNOUNCE_STEP);
    if (step === this.announced && !ENDED.has(state.state)) return;
    this.announced = step;
    const percent = state.percent === null ? "" : `${Math.floor(state.percent)} %. `;
    this.write("[aria-live]", `${state.state_label}. ${percent}${state.message}`);
  }

  private end(state: State): void {
    this.stream?.close();
    this.querySelector(".k3-progress__cancel")?.remove();
    const link = this.querySelector<HTMLAnchorElement>(".k3-progress__next");
    if (link && state.next) {
      link.href = state.next;
      link.hidden = false;
    }
    this.dispatchEvent(new CustomEvent("k3-progress-ended", { bubbles: true, detail: state }));
    if (this.hasAttribute("reload")) window.location.reload();
  }

  private write(selector: string, text: string): void {
    const element = this.querySelector(selector);
    if (element && element.textContent !== text) element.textContent = text;
  }
}

customElements.define("k3-progress", Progress);
