// SPDX-License-Identifier: MPL-2.0
// Numbers and times as a Dane reads them (or as an English reader does, on an English page).
import { locale } from "./words";

export const TIME_ZONE = "Europe/Copenhagen";

const numbers = new Map<number, Intl.NumberFormat>();

/** `1234.5` -> `1.234,5`; at most `decimals` digits after the comma. */
export function formatNumber(value: number, decimals = 2): string {
  let format = numbers.get(decimals);
  if (!format) {
    format = new Intl.NumberFormat(locale, { maximumFractionDigits: decimals });
    numbers.set(decimals, format);
  }
  return format.format(value);
}

const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 2 });

/** `1510587` -> `1,51 mio.`: for axes on narrow screens. */
export function formatCompact(value: number): string {
  return compact.format(value);
}

const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", timeZone: TIME_ZONE });
const date = new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short", timeZone: TIME_ZONE });
const fullDate = new Intl.DateTimeFormat(locale, {
  weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: TIME_ZONE,
});
const month = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: TIME_ZONE });
const isoDay = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeZone: TIME_ZONE });
const offset = new Intl.DateTimeFormat("en-US", {
  timeZone: TIME_ZONE, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric",
  hour: "numeric", minute: "numeric", second: "numeric",
});

/** Seconds since 1970 (UTC) -> `07.30` in Danish time. */
export const formatClock = (seconds: number): string => clock.format(seconds * 1000);
/** Seconds since 1970 (UTC) -> `tirs. 3. mar.`. */
export const formatDate = (seconds: number): string => date.format(seconds * 1000);
/** Seconds since 1970 (UTC) -> `tirsdag den 3. marts 2026`. */
export const formatFullDate = (seconds: number): string => fullDate.format(seconds * 1000);
/** Seconds since 1970 (UTC) -> `3. mar.`. */
export const formatMonthDay = (seconds: number): string => month.format(seconds * 1000);
/** Seconds since 1970 (UTC) -> the Danish calendar day, `2026-03-03`. */
export const dayOf = (seconds: number): string => isoDay.format(seconds * 1000);

/** Danish midnight that begins `day` (`2026-03-03`), in seconds since 1970 (UTC). */
export function startOfDay(day: string): number {
  const guess = Date.parse(`${day}T00:00:00Z`) / 1000;
  const midnight = guess - offsetSeconds(guess);
  // Around a change of clocks the offset at the guess may differ from the offset at midnight itself.
  return guess - offsetSeconds(midnight);
}

/** The day `steps` days after `day`, both `2026-03-03`. */
export function addDays(day: string, steps: number): string {
  const moved = new Date(`${day}T12:00:00Z`);
  moved.setUTCDate(moved.getUTCDate() + steps);
  return moved.toISOString().slice(0, 10);
}

function offsetSeconds(seconds: number): number {
  const part = Object.fromEntries(offset.formatToParts(seconds * 1000).map(({ type, value }) => [type, Number(value)]));
  const local = Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!);
  return local / 1000 - seconds;
}
