// Which advice a warning about the stream gives: the media engine's codes to message keys, the unknown ones spelt out.

/** Warnings the media engine raises, each with a sentence that says what to change. */
const KNOWN = new Set([
  'keyframe_interval_long',
  'bitrate_high',
  'timestamps_jumped',
  'no_audio',
  'audio_only',
  'disk_full',
  'storage_away',
  'bitrate_maximum',
  'codec_unsupported',
  'refused_already_publishing',
  'refused_revoked_key',
  'refused_ended',
  'refused_busy',
  'refused_no_answer',
  'refused_codec_unsupported',
]);
/** A refused encoder is news while somebody stands beside it; afterwards it only hides what matters now. */
const REFUSAL_IS_NEWS_MS = 120_000;
/** Said on the cue card itself, where it belongs. */
const SAID_ELSEWHERE = new Set(['price_said']);

export interface RawWarning {
  readonly code: string;
  readonly at?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

export interface Advice {
  readonly key: string;
  readonly params: Readonly<Record<string, string | number>>;
}

export function advice(warning: RawWarning): Advice {
  const code = warning.code.replace(/^media\./, '');
  if (!KNOWN.has(code)) return { key: 'advice.other', params: { code } };
  const { seconds, bitrate_bps: bits, codec } = warning.params ?? {};
  return {
    key: `advice.${code}`,
    params: {
      seconds: Math.round(Number(seconds ?? 0)),
      kbit_s: Math.round(Number(bits ?? 0) / 1000),
      codec: String(codec ?? ''),
    },
  };
}

export function concernsStream(warning: RawWarning, nowMs: number): boolean {
  if (SAID_ELSEWHERE.has(warning.code)) return false;
  const isPast = warning.at !== undefined && nowMs - Date.parse(warning.at) > REFUSAL_IS_NEWS_MS;
  return !(warning.code.startsWith('refused_') && isPast);
}

/** The host has changed cameras, and the old encoder still holds the stream. */
export function mayTakeOver(warning: RawWarning): boolean {
  return warning.code === 'refused_already_publishing';
}
