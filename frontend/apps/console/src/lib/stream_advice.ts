// Which advice a warning about the stream gives: the server's codes to message keys, the unknown ones spelt out.

/** Warnings the media engine raises, each with a sentence that says what to change. */
const KNOWN = new Set([
  'key_frame_distance',
  'b_frames',
  'variable_frame_rate',
  'no_audio',
  'audio_only',
  'timestamp_jump',
  'bit_rate_high',
  'bit_rate_low',
  'codec_refused',
  'disk_full',
  'late_frames',
  'resolution_changed',
]);

export interface RawWarning {
  readonly code: string;
  readonly params?: Readonly<Record<string, string | number>>;
  readonly parameters?: Readonly<Record<string, string | number>>;
}

export interface Advice {
  readonly key: string;
  readonly params: Readonly<Record<string, string | number>>;
}

export function advice(warning: RawWarning): Advice {
  const code = warning.code.replace(/^media\./, '');
  const params = warning.params ?? warning.parameters ?? {};
  return KNOWN.has(code) ? { key: `advice.${code}`, params } : { key: 'advice.other', params: { code } };
}
