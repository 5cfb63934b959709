/** Reads a text frame. An unknown type or a broken text gives null: newer servers may say more than we know. */
import type { Frame } from './types.ts';

const KNOWN = new Set(['hello', 'snapshot', 'frames', 'live', 'private', 'ack', 'refused', 'bye']);

export function parseFrame(text: string): Frame | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const type = (value as { t?: unknown }).t;
  return typeof type === 'string' && KNOWN.has(type) ? (value as Frame) : null;
}
