// SPDX-License-Identifier: MPL-2.0
// The carer's route on a phone: kept by the service worker for where there is no network, and what is told there waits
// until it can be sent. Each report has a key of its own, so that the server counts it once however often it comes.

interface Waiting {
  key: string;
  owner: string;
  visit: string;
  address: string;
  kind: string;
  fields: [string, string][];
  /** Milliseconds since 1970 by this phone's clock; the server takes out how wrong that is. */
  said: number;
}

const STORE = "reports";
const AGAIN_MS = 20_000;
const KEPT_HOURS = 48;

const route = document.querySelector<HTMLElement>("#route");
const words = JSON.parse(document.querySelector("#route-words")?.textContent ?? "{}") as Record<string, string>;
const isKept = "k3Kept" in document.documentElement.dataset;
let isSending = false;
let isAway = isKept || !navigator.onLine;

function request<T>(asked: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error ?? new Error("IndexedDB"));
  });
}

async function store(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  const opening = indexedDB.open("care-route", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "key" });
  return (await request(opening)).transaction(STORE, mode).objectStore(STORE);
}

async function waiting(): Promise<Waiting[]> {
  const all = (await request((await store("readonly")).getAll())) as Waiting[];
  return all.filter((one) => one.owner === route?.dataset.owner).sort((a, b) => a.said - b.said);
}

async function forget(key: string): Promise<void> {
  await request((await store("readwrite")).delete(key));
}

/** What somebody else left on this phone, or nobody could send for days, is of no use any more. */
async function tidy(): Promise<void> {
  const all = (await request((await store("readonly")).getAll())) as Waiting[];
  for (const one of all) if (Date.now() - one.said > KEPT_HOURS * 3_600_000) await forget(one.key);
}

async function tell(event: SubmitEvent): Promise<void> {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.dataset.k3Report === undefined) return;
  event.preventDefault();
  const data = new FormData(form);
  const fields = [...data.entries()].filter((field): field is [string, string] => typeof field[1] === "string");
  const one: Waiting = {
    key: String(data.get("request_key")),
    owner: route?.dataset.owner ?? "",
    visit: form.closest<HTMLElement>("[data-visit]")?.dataset.visit ?? "",
    address: form.action,
    kind: String(data.get("kind")),
    fields: fields.filter(([name]) => name !== "csrfmiddlewaretoken"),
    said: Date.now(),
  };
  try {
    await request((await store("readwrite")).put(one));
  } catch {
    form.submit(); // A browser that keeps nothing: sent as any form is.
    return;
  }
  renew(form);
  show(one);
  await send();
}

/** The form can be used again, for another report. */
function renew(form: HTMLFormElement): void {
  form.reset();
  const field = form.querySelector<HTMLInputElement>('[name="request_key"]');
  const random = crypto.getRandomValues(new Uint8Array(16));
  if (field) field.value = [...random].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  form.closest("details")?.removeAttribute("open");
}

function clock(at: number): string {
  return new Date(at).toLocaleTimeString("da-DK", { hour: "2-digit", minute: "2-digit" }).replace(".", ":");
}

function cardOf(visit: string): HTMLElement | null {
  return document.querySelector(`[data-visit="${CSS.escape(visit)}"]`);
}

/** Says at the visit what was told, and that it waits. */
function show(one: Waiting): void {
  const card = cardOf(one.visit);
  const line = card?.querySelector<HTMLElement>("[data-k3-state]");
  if (!card || !line) return;
  const said = (words[one.kind] ?? "").replace("{at}", clock(one.said));
  line.textContent = `${said} (${words.waiting ?? ""})`;
  if (one.kind === "MESSAGE") return;
  card.dataset.state = one.kind;
  for (const form of card.querySelectorAll<HTMLFormElement>(":scope > form[data-k3-report]")) {
    const kind = form.querySelector<HTMLInputElement>('[name="kind"]')?.value;
    form.hidden = kind === "FINISHED" ? one.kind !== "BEGUN" : one.kind !== "LATE";
  }
}

function say(visit: string, text: string): void {
  const line = cardOf(visit)?.querySelector("[data-k3-state]");
  if (line) line.textContent = text;
}

function csrf(): string {
  return document.querySelector<HTMLInputElement>('#route [name="csrfmiddlewaretoken"]')?.value ?? "";
}

/** Sends what waits, the oldest first; stops where there is no network or no login. */
async function send(): Promise<void> {
  if (isSending) return;
  isSending = true;
  let sent = 0;
  let refused = 0;
  try {
    for (const one of await waiting()) {
      const body = new URLSearchParams(one.fields);
      body.set("said_at", String(one.said));
      body.set("sent_at", String(Date.now()));
      const answer = await fetch(one.address, {
        method: "POST",
        body,
        redirect: "manual",
        headers: { Accept: "application/json", "X-CSRFToken": csrf() },
      });
      isAway = answer.status >= 500;
      if (answer.ok) {
        await forget(one.key);
        sent += 1;
      } else if (answer.status === 422 || answer.status === 404) {
        await forget(one.key);
        refused += 1;
        const why = answer.status === 422 ? ((await answer.json()) as { detail: string }).detail : (words.gone ?? "");
        say(one.visit, (words.refused ?? "").replace("{why}", why));
      } else {
        if (!isAway && answer.status !== 429) askForLogin();
        break;
      }
    }
  } catch {
    isAway = true;
  } finally {
    isSending = false;
  }
  await draw();
  // The server's own page says how things stand; what somebody is writing is not taken away for it.
  if (!isAway && refused === 0 && (sent > 0 || isKept) && !document.querySelector("#route details[open]")) {
    window.location.reload();
  }
}

/** Whether the server can be reached again; then what waits is sent, and the list fetched anew. */
async function look(): Promise<void> {
  if (isAway && route?.dataset.worker) {
    try {
      isAway = !(await fetch(route.dataset.worker, { cache: "no-store", redirect: "manual" })).ok;
    } catch {
      isAway = true;
    }
  }
  if (!isAway) await send();
}

function askForLogin(): void {
  const line = document.querySelector<HTMLElement>("#route-login");
  const link = line?.querySelector("a");
  if (!line || !link) return;
  link.textContent = words.login ?? "";
  line.hidden = false;
}

async function draw(): Promise<void> {
  const left = await waiting();
  const offline = document.querySelector<HTMLElement>("#route-offline");
  const count = document.querySelector<HTMLElement>("#route-waiting");
  if (offline) offline.hidden = !isAway && navigator.onLine;
  if (count) {
    count.hidden = left.length === 0;
    const number = count.querySelector("[data-k3-count]");
    if (number) number.textContent = String(left.length);
  }
}

/** On the way out, what waits would be thrown away with everything else that this phone keeps. */
function guardLogout(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[action$="/logout/"]')) {
    form.addEventListener("submit", (event) => {
      const isWaiting = !(document.querySelector<HTMLElement>("#route-waiting")?.hidden ?? true);
      if (isWaiting && !window.confirm(words.leave ?? "")) event.preventDefault();
    });
  }
}

/** Addresses of what the page is drawn with. */
function assets(): string[] {
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  const named = [...document.querySelectorAll("link[href], script[src]")].map((element) =>
    element instanceof HTMLLinkElement ? element.href : (element as HTMLScriptElement).src,
  );
  const icons = [...document.querySelectorAll("use[href]")].map(
    (element) => new URL(element.getAttribute("href") ?? "", document.baseURI).href,
  );
  const all = [...loaded, ...named, ...icons].map((address) => address.split("#")[0] ?? "");
  return [...new Set(all)].filter((address) => address.startsWith(window.location.origin));
}

async function keepForLater(): Promise<void> {
  if (isKept || !("serviceWorker" in navigator) || !route?.dataset.worker) return;
  navigator.serviceWorker.addEventListener("message", (event: MessageEvent<{ kept?: boolean }>) => {
    if (event.data.kept) route.dataset.kept = "";
  });
  await navigator.serviceWorker.register(route.dataset.worker);
  const ready = await navigator.serviceWorker.ready;
  ready.active?.postMessage({ assets: assets() });
}

/** A list that is left open overnight is not yesterday's list in the morning. */
function endWithTheDay(): void {
  if (Number(route?.dataset.until ?? 0) * 1000 < Date.now()) window.location.reload();
}

async function begin(): Promise<void> {
  document.addEventListener("submit", (event) => void tell(event));
  window.addEventListener("online", () => void look());
  window.addEventListener("offline", () => void draw());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") {
      endWithTheDay();
      void look();
    }
  });
  guardLogout();
  await tidy();
  for (const one of await waiting()) show(one);
  await draw();
  window.setInterval(() => void look(), AGAIN_MS);
  if ((await waiting()).length > 0) await send();
  await keepForLater();
}

if (route) void begin();
