/** The playing engine, loaded on its own: hls.js where the browser has media source extensions, else its native player. */
import Hls, { ErrorTypes, Events } from 'hls.js/light';
import { type DatedFragment, instantAt, positionOf, rangeOf } from './media-time.ts';

export interface EngineEvents {
  /** The first picture can show. */
  ready: () => void;
  /** The address answers, but there is nothing to play yet or any longer; it is tried again by itself. */
  waiting: () => void;
  /** Nothing more can be done with this address. */
  failed: (reason: string) => void;
}

export interface LoadOptions {
  live: boolean;
  startAtMs: number | null;
}

export interface Engine {
  load(url: string, options: LoadOptions): void;
  pictureMs(): number | null;
  range(): { fromMs: number; toMs: number } | null;
  /** False when the instant is not in what is loaded. */
  seekTo(atMs: number): boolean;
  goToEdge(): void;
  behindS(): number | null;
  destroy(): void;
}

/** Further behind the wanted latency than this, catching up at 1.1 takes half a minute; jumping is kinder. */
const JUMP_WHEN_BEHIND_S = 3;
const WATCH_EVERY_MS = 1000;
/** How long after a failed load of the playlist the next try comes; a host who drops returns within seconds. */
const RETRY_MS = 1500;
const MAX_MEDIA_RECOVERIES = 5;

export function createEngine(video: HTMLVideoElement, events: EngineEvents): Engine {
  return Hls.isSupported() ? new HlsEngine(video, events) : new NativeEngine(video, events);
}

class HlsEngine implements Engine {
  private hls: Hls | null = null;
  private url = '';
  private options: LoadOptions = { live: false, startAtMs: null };
  private watch = 0;
  private retry = 0;
  private recoveries = 0;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly events: EngineEvents,
  ) {}

  load(url: string, options: LoadOptions): void {
    this.destroy();
    this.url = url;
    this.options = options;
    this.recoveries = 0;
    const hls = new Hls({
      lowLatencyMode: options.live,
      maxLiveSyncPlaybackRate: 1.1,
      // Each stall would otherwise add a whole second of delay for good.
      liveSyncOnStallIncrease: 0.1,
      liveDurationInfinity: true,
      startPosition: -1,
      backBufferLength: 30,
      maxBufferLength: options.live ? 10 : 30,
      enableWorker: true,
    });
    this.hls = hls;
    hls.on(Events.MANIFEST_PARSED, () => this.tryPlay());
    hls.on(Events.LEVEL_LOADED, () => this.startWhereAsked());
    hls.on(Events.FRAG_BUFFERED, () => this.events.ready());
    hls.on(Events.ERROR, (_event, data) => {
      if (data.fatal) this.onFatal(data.type, data.response?.code ?? 0, data.details);
    });
    hls.attachMedia(this.video);
    hls.loadSource(url);
    this.watch = window.setInterval(() => this.keepUp(), WATCH_EVERY_MS);
  }

  private tryPlay(): void {
    // Refused autoplay is not an error: the player shows its play button.
    this.video.play().catch(() => undefined);
  }

  private startWhereAsked(): void {
    const { startAtMs } = this.options;
    if (startAtMs === null) return;
    const position = positionOf(this.fragments(), startAtMs);
    if (position === null) return;
    this.options = { ...this.options, startAtMs: null };
    this.video.currentTime = position;
  }

  private onFatal(type: string, status: number, details: string): void {
    if (type === ErrorTypes.MEDIA_ERROR && this.recoveries < MAX_MEDIA_RECOVERIES) {
      this.recoveries += 1;
      this.hls?.recoverMediaError();
      return;
    }
    if (type !== ErrorTypes.NETWORK_ERROR) {
      this.events.failed(details);
      return;
    }
    // 410: taken out of the replay for good.
    if (status === 410 || (status === 404 && !this.options.live)) {
      this.events.failed(details);
      return;
    }
    this.events.waiting();
    window.clearTimeout(this.retry);
    this.retry = window.setTimeout(() => this.load(this.url, this.options), RETRY_MS);
  }

  private keepUp(): void {
    const behind = this.behindS();
    if (!this.options.live || this.video.paused || behind === null) return;
    if (behind > JUMP_WHEN_BEHIND_S) this.goToEdge();
  }

  behindS(): number | null {
    const hls = this.hls;
    if (!hls || hls.targetLatency === null || !hls.latency) return null;
    return hls.latency - hls.targetLatency;
  }

  private fragments(): readonly DatedFragment[] {
    return this.hls?.latestLevelDetails?.fragments ?? [];
  }

  pictureMs(): number | null {
    if (this.video.readyState < 2) return null;
    const playing = this.hls?.playingDate?.getTime();
    return playing ?? instantAt(this.fragments(), this.video.currentTime);
  }

  range() {
    return rangeOf(this.fragments());
  }

  seekTo(atMs: number): boolean {
    const range = this.range();
    if (!range || atMs < range.fromMs - 1000 || atMs > range.toMs) return false;
    const position = positionOf(this.fragments(), atMs);
    if (position === null) return false;
    this.video.currentTime = position;
    return true;
  }

  goToEdge(): void {
    const edge = this.hls?.liveSyncPosition;
    if (edge !== null && edge !== undefined) this.video.currentTime = edge;
  }

  destroy(): void {
    window.clearInterval(this.watch);
    window.clearTimeout(this.retry);
    this.hls?.destroy();
    this.hls = null;
  }
}

interface DatedVideo extends HTMLVideoElement {
  getStartDate?: () => Date;
}

/** For browsers without media source extensions (older iPhones): they play the plain list themselves. */
class NativeEngine implements Engine {
  private live = false;
  private startAtMs: number | null = null;
  private readonly abort = new AbortController();

  constructor(
    private readonly video: DatedVideo,
    private readonly events: EngineEvents,
  ) {
    const { signal } = this.abort;
    video.addEventListener('loadeddata', () => this.onLoaded(), { signal });
    video.addEventListener('error', () => this.events.failed('native'), { signal });
  }

  private onLoaded(): void {
    if (this.startAtMs !== null) this.seekTo(this.startAtMs);
    this.events.ready();
  }

  load(url: string, options: LoadOptions): void {
    this.live = options.live;
    this.startAtMs = options.startAtMs;
    this.video.src = url;
    this.video.play().catch(() => undefined);
  }

  private startMs(): number | null {
    const start = this.video.getStartDate?.().getTime();
    return start === undefined || Number.isNaN(start) ? null : start;
  }

  pictureMs(): number | null {
    const start = this.startMs();
    return start === null ? null : start + this.video.currentTime * 1000;
  }

  range() {
    const start = this.startMs();
    const { seekable } = this.video;
    if (start === null || seekable.length === 0) return null;
    return {
      fromMs: start + seekable.start(0) * 1000,
      toMs: start + seekable.end(seekable.length - 1) * 1000,
    };
  }

  seekTo(atMs: number): boolean {
    const start = this.startMs();
    if (start === null) return false;
    this.video.currentTime = Math.max(0, (atMs - start) / 1000);
    return true;
  }

  goToEdge(): void {
    const { seekable } = this.video;
    if (this.live && seekable.length > 0) this.video.currentTime = seekable.end(seekable.length - 1);
  }

  behindS(): number | null {
    return null;
  }

  destroy(): void {
    this.abort.abort();
    this.video.removeAttribute('src');
    this.video.load();
  }
}
