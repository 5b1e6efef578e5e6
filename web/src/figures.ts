// SPDX-License-Identifier: MPL-2.0
// How the living components get their figures: a json_script element on the page, or an address that answers JSON.

/**
 * Reads the JSON of `host`: `data` names a `<script type="application/json">` element, `src` an address.
 * Throws an `Error` when neither is given, the element is missing or the server refuses.
 */
export async function readFigures<T>(host: HTMLElement): Promise<T> {
  const id = host.getAttribute("data");
  if (id) {
    const script = document.getElementById(id);
    if (!script) throw new Error(`No element "${id}" on the page`);
    return JSON.parse(script.textContent ?? "null") as T;
  }
  const address = host.getAttribute("src");
  if (!address) throw new Error(`<${host.localName}> needs the attribute data or src`);
  const response = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  return (await response.json()) as T;
}

/** A colour of the theme, by the name of its custom property without `--k3-`. */
export function color(host: Element, name: string): string {
  return getComputedStyle(host).getPropertyValue(`--k3-${name}`).trim();
}

export const FONT = '"IBM Plex Sans", system-ui, sans-serif';
