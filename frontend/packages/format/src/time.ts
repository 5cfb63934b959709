/** Instants and lengths of time, in the page's language and the reader's time zone. */
import { locale } from './i18n.ts';

type Instant = string | number;

function toDate(instant: Instant): Date {
  return new Date(instant);
}

/** "Sun, 22 Nov, 20:00" */
export function dateTime(instant: Instant): string {
  return new Intl.DateTimeFormat(locale(), {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  }).format(toDate(instant));
}

/** "22 November 2026" */
export function day(instant: Instant): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'long' }).format(toDate(instant));
}

/** "25–27 November": calendar days as somebody named them, the same in every time zone. */
export function dayRange(from: string, to: string): string {
  const format = new Intl.DateTimeFormat(locale(), { day: 'numeric', month: 'long', timeZone: 'UTC' });
  return format.formatRange(toDate(from.slice(0, 10)), toDate(to.slice(0, 10)));
}

/** "20:00" */
export function timeOfDay(instant: Instant): string {
  return new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit' }).format(toDate(instant));
}

/** "20:00:07", for the second of a show. */
export function clockTime(instant: Instant): string {
  return new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(
    toDate(instant),
  );
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
];

/** "in 5 minutes", "2 hours ago" */
export function relative(instant: Instant, nowMs: number): string {
  const difference = toDate(instant).getTime() - nowMs;
  const [unit, length] = UNITS.find(([, size]) => Math.abs(difference) >= size) ?? ['second', 1000];
  return new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' }).format(Math.round(difference / length), unit);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** A position in a show: "4:05" or "1:04:05". */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** What is left of a hold, rounded up so that it never shows 0:00 while there is time: "4:59". */
export function countdown(ms: number): string {
  return duration(Math.ceil(Math.max(0, ms) / 1000) * 1000);
}

/** What a person said in their own time zone, with its offset: "2026-11-23T21:00:00+01:00". */
export function withOffset(at: Date): string {
  const minutes = -at.getTimezoneOffset();
  const offset = `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
  return `${forPicker(at)}:00${offset}`;
}

/** As a date and time picker wants it: local, to the minute. */
export function forPicker(at: Date): string {
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date}T${two(at.getHours())}:${two(at.getMinutes())}`;
}
