// Which advice a warning about the stream gives: the media engine's codes to message keys, the unknown ones spelt out.

/** Warnings the media engine raises, each with a sentence that says what to change. */
const KNOWN = new Set([
  'keyframe_interval_long',
  'bitrate_high',
  'timestamps_jumped',
  'no_audio',
  'audio_only',
  'disk_full',
  'bitrate_maximum',
]);
/** Said on the cue card itself, where it belongs. */
const SAID_ELSEWHERE = new Set(['price_said']);

export interface RawWarning {
  readonly code: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

export interface Advice {
  readonly key: string;
  readonly params: Readonly<Record<string, string | number>>;
}

export function advice(warning: RawWarning): Advice {
  const code = warning.code.replace(/^media\./, '');
  if (!KNOWN.has(code)) return { key: 'advice.other', params: { code } };
  const { seconds, bitrate_bps: bits } = warning.params ?? {};
  return {
    key: `advice.${code}`,
    params: { seconds: Math.round(Number(seconds ?? 0)), kbit_s: Math.round(Number(bits ?? 0) / 1000) },
  };
}

export function concernsStream(warning: RawWarning): boolean {
  return !SAID_ELSEWHERE.has(warning.code);
}
