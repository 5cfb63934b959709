import { describe, expect, test } from 'vitest';
import { deviceName } from './device.ts';
import { safeNext } from './safe-next.ts';

describe('device names', () => {
  test.each([
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      'Chrome, Linux',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Safari/604.1',
      'Safari, iPhone',
    ],
    ['Mozilla/5.0 (Linux; Android 16) Chrome/130 Mobile Safari/537.36 MicroMessenger/8.0', 'WeChat, Android'],
    ['curl/8.9', ''],
  ])('%s', (text, name) => expect(deviceName(text)).toBe(name));
});

test.each([
  ['/orders/1?token=a', '/orders/1?token=a'],
  ['//evil.example', ''],
  ['/\\\\evil.example', ''],
  ['https://evil.example', ''],
  ['javascript:alert(1)', ''],
  ['', ''],
])('after signing in %s leads to "%s"', (next, path) => expect(safeNext(next)).toBe(path));
