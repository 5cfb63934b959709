/** "Firefox, Linux" out of what a browser calls itself. Pure. */
const BROWSERS: [RegExp, string][] = [
  [/MicroMessenger/, 'WeChat'],
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\/|FxiOS/, 'Firefox'],
  [/Chrome\/|CriOS|Chromium/, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const SYSTEMS: [RegExp, string][] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Mac OS X/, 'Mac'],
  [/Windows/, 'Windows'],
  [/Linux/, 'Linux'],
];

function first(text: string, names: [RegExp, string][]): string {
  return names.find(([pattern]) => pattern.test(text))?.[1] ?? '';
}

/** Empty when nothing is recognised. */
export function deviceName(text: string): string {
  return [first(text, BROWSERS), first(text, SYSTEMS)].filter(Boolean).join(', ');
}
