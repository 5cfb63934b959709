// A canned HLS stream made once by ffmpeg in the temporary folder; listed as a sliding window (live) or a closed slice.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SEGMENT_S = 2;
const WINDOW = 6;

export async function cannedStream({ seconds, portrait }) {
  const folder = join(tmpdir(), `shopcast-mock-${seconds}-${portrait ? 'p' : 'l'}`);
  if (!existsSync(join(folder, 'list.m3u8'))) {
    mkdirSync(folder, { recursive: true });
    const size = portrait ? '540x960' : '960x540';
    execFileSync('ffmpeg', [
      '-v',
      'error',
      '-y',
      '-f',
      'lavfi',
      '-i',
      `gradients=s=${size}:c0=0x8a5a3c:c1=0xe9c9a0:c2=0x4a3428:n=3:speed=0.02:r=25`,
      '-f',
      'lavfi',
      '-i',
      'sine=frequency=330:sample_rate=48000',
      '-t',
      String(seconds),
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-g',
      '50',
      '-keyint_min',
      '50',
      '-sc_threshold',
      '0',
      '-b:v',
      '300k',
      '-pix_fmt',
      'yuv420p',
      '-c:a',
      'aac',
      '-b:a',
      '64k',
      '-f',
      'hls',
      '-hls_time',
      String(SEGMENT_S),
      '-hls_list_size',
      '0',
      '-hls_segment_type',
      'fmp4',
      '-hls_segment_filename',
      join(folder, 's%03d.m4s'),
      join(folder, 'list.m3u8'),
    ]);
  }
  const count = readdirSync(folder).filter((name) => name.endsWith('.m4s')).length;
  const startMs = Math.floor(Date.now() / 1000) * 1000 - 600_000;

  // Segment n of the endless show is file n mod count; each round is a discontinuity.
  function list(first, last, { closed }) {
    const lines = [
      '#EXTM3U',
      '#EXT-X-VERSION:7',
      `#EXT-X-TARGETDURATION:${SEGMENT_S}`,
      `#EXT-X-MEDIA-SEQUENCE:${first}`,
      `#EXT-X-DISCONTINUITY-SEQUENCE:${Math.floor((first - 1) / count) + 1}`,
    ];
    if (closed) lines.push('#EXT-X-PLAYLIST-TYPE:VOD');
    for (let n = first; n <= last; n += 1) {
      if (n !== first && n % count === 0) lines.push('#EXT-X-DISCONTINUITY');
      if (n === first || n % count === 0) lines.push('#EXT-X-MAP:URI="init.mp4"');
      lines.push(
        `#EXT-X-PROGRAM-DATE-TIME:${new Date(startMs + n * SEGMENT_S * 1000).toISOString()}`,
        `#EXTINF:${SEGMENT_S}.0,`,
        `s${n}.m4s`,
      );
    }
    if (closed) lines.push('#EXT-X-ENDLIST');
    return `${lines.join('\n')}\n`;
  }

  return {
    startMs,
    async answer(path, query, world) {
      const name = path.split('/').at(-1);
      const playlist = (body) => ({ body, type: 'application/vnd.apple.mpegurl' });
      const now = Math.floor((Date.now() - startMs) / (SEGMENT_S * 1000)) - 1;
      if (name === 'live.m3u8' || name === 'plain.m3u8')
        return world.onAir() ? playlist(list(now - WINDOW + 1, now, { closed: false })) : null;
      if (name === 'replay.m3u8') return playlist(list(0, 299, { closed: true }));
      if (name === 'rewind.m3u8' || name === 'clip.m3u8') {
        const of = (key) => Math.max(0, Math.floor((Number(query.get(key)) - startMs) / (SEGMENT_S * 1000)));
        return playlist(list(of('from_ms'), Math.min(now, of('to_ms')), { closed: true }));
      }
      if (name === 'init.mp4') return { body: readFileSync(join(folder, 'init.mp4')), type: 'video/mp4' };
      const index = /^s(\d+)\.m4s$/.exec(name)?.[1];
      if (index === undefined) return null;
      return {
        body: readFileSync(join(folder, `s${String(Number(index) % count).padStart(3, '0')}.m4s`)),
        type: 'video/iso.segment',
      };
    },
  };
}
