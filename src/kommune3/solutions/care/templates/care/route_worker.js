// SPDX-License-Identifier: MPL-2.0
// Keeps the carer's route and what it is drawn with, so that it can be read where there is no network. Nothing else:
// neither how to get in, nor any other page. What is kept goes with the day, with the login and with a new version.
const PREFIX = "care-route-";
const CACHE = `${PREFIX}{{ version }}`;
const PAGE = "{{ page }}";
const STATIC = "{{ static }}";
const KEPT_UNTIL = "{{ kept_until }}";
const PATIENCE_MS = 8000;

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  event.waitUntil(drop((name) => name !== CACHE).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && url.pathname === PAGE) event.respondWith(page(event));
  else if (url.pathname.startsWith(STATIC)) event.respondWith(asset(event.request));
});

// The page tells what it is drawn with: {assets: [address, …]}. The first time, it was not fetched through here.
self.addEventListener("message", (event) => {
  if (event.data && Array.isArray(event.data.assets)) event.waitUntil(keepAll(event.data.assets));
});

async function keepAll(assets) {
  const cache = await caches.open(CACHE);
  const wanted = new Set(assets.filter((address) => new URL(address).pathname.startsWith(STATIC)));
  for (const request of await cache.keys()) {
    if (new URL(request.url).pathname !== PAGE && !wanted.has(request.url)) await cache.delete(request);
  }
  for (const address of wanted) {
    if (!(await cache.match(address))) await cache.add(address).catch(() => undefined);
  }
  if (!(await cache.match(PAGE))) await keep(await fetch(PAGE, { credentials: "same-origin", redirect: "manual" }));
  for (const client of await self.clients.matchAll()) client.postMessage({ kept: true });
}

async function page(event) {
  try {
    const answer = await withPatience(fetch(event.request));
    if (answer.status >= 500) return (await kept()) ?? answer;
    event.waitUntil(keep(answer.clone()));
    return answer;
  } catch {
    return (await kept()) ?? Response.error();
  }
}

async function asset(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(request, { ignoreVary: true })) ?? Response.error();
  }
}

/** Where there is almost no network, an answer may never come. */
function withPatience(answer) {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("no answer")), PATIENCE_MS);
    answer.then(resolve, reject);
  });
}

/** A route is kept. Anything else, such as the way to the login page, means that nothing may be. */
async function keep(answer) {
  if (answer.ok && !answer.redirected && answer.headers.has(KEPT_UNTIL)) {
    await (await caches.open(CACHE)).put(PAGE, answer);
  } else if (answer.type === "opaqueredirect" || answer.status < 500) {
    await drop(() => true);
  }
}

/** The kept route, marked as such, until its day is over. */
async function kept() {
  const answer = await caches.match(PAGE, { ignoreVary: true });
  if (!answer) return undefined;
  if (Number(answer.headers.get(KEPT_UNTIL)) * 1000 < Date.now()) {
    await drop(() => true);
    return undefined;
  }
  const text = await answer.text();
  return new Response(text.replace("<html ", "<html data-k3-kept "), { headers: answer.headers });
}

async function drop(which) {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && which(name));
  await Promise.all(names.map((name) => caches.delete(name)));
}
