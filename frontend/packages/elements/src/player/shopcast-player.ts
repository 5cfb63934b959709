/** The picture: live, rewind, replay or a clip, with sound by one tap, and honest states when there is none. */
import type { Playback, ShowState } from '@shopcast/api-client';
import { t, timeOfDay } from '@shopcast/format';
import { LocalisedElement, sharedStyles } from '@shopcast/ui';
import { html, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import '../show/messages.ts';
import type { Engine } from './engine.ts';
import { playerStyles } from './player.styles.ts';
import { modeOf, type PlayerMode, rewindUrl } from './sources.ts';

type Phase = 'loading' | 'playing' | 'stalled' | 'waiting' | 'failed';

/** A stall shorter than this is not worth a word. */
const SHOW_STALL_AFTER_MS = 700;
/** The clock's beat: fine enough for pins in step, cheap enough for phones. */
const CLOCK_EVERY_MS = 100;
/** Nearer to now than this, a rewind has caught up. */
const CAUGHT_UP_MS = 15_000;

const enginePromise = () => import('./engine.ts');

/** Starts fetching the engine; call as early as possible. */
export function preloadEngine(): void {
  void enginePromise();
}

@customElement('shopcast-player')
export class ShopcastPlayer extends LocalisedElement {
  @property({ attribute: false }) playback: Playback | null = null;
  @property() showState: ShowState = 'scheduled';
  @property({ attribute: false }) startedMs: number | null = null;
  @property({ attribute: false }) graceUntilMs: number | null = null;
  @property() startsAt = '';
  @property() poster = '';
  /** The host cut picture and sound: covers and mutes at once, whatever is buffered. */
  @property({ type: Boolean, reflect: true }) cut = false;
  @property({ attribute: false }) serverNow: () => number = () => Date.now();

  @property({ reflect: true }) mode: PlayerMode = 'none';
  @property({ type: Boolean, reflect: true }) portrait = false;
  @state() private phase: Phase = 'loading';
  @state() private hasPicture = false;
  @state() private wantsSound = false;
  @state() private autoplayRefused = false;
  @query('video') readonly video!: HTMLVideoElement;

  private engine: Engine | null = null;
  private loadId = 0;
  private stallTimer = 0;
  private clockTimer = 0;

  static override styles = [sharedStyles, playerStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.clockTimer = window.setInterval(() => this.beat(), CLOCK_EVERY_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearInterval(this.clockTimer);
    this.engine?.destroy();
    this.engine = null;
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('cut')) this.applySound();
    if (changed.has('showState') || changed.has('playback')) this.follow();
  }

  /** The instant on screen in epoch milliseconds, or null while there is no dated picture. */
  get pictureMs(): number | null {
    return this.engine?.pictureMs() ?? null;
  }

  get range(): { fromMs: number; toMs: number } | null {
    return this.engine?.range() ?? null;
  }

  /** No picture comes, although one should. */
  get away(): boolean {
    return this.mode !== 'none' && (this.phase === 'waiting' || this.phase === 'stalled' || this.phase === 'failed');
  }

  get paused(): boolean {
    return this.video?.paused ?? true;
  }

  get muted(): boolean {
    return !this.wantsSound;
  }

  toggle(): void {
    if (this.paused) void this.play();
    else this.video.pause();
  }

  async play(): Promise<void> {
    try {
      await this.video.play();
      this.autoplayRefused = false;
    } catch {
      this.autoplayRefused = true;
    }
    if (this.mode === 'live') this.engine?.goToEdge();
  }

  setMuted(muted: boolean): void {
    this.wantsSound = !muted;
    this.applySound();
    if (this.paused && !muted) void this.play();
    this.tell();
  }

  private applySound(): void {
    if (this.video) this.video.muted = this.cut || !this.wantsSound;
  }

  /** Shows an instant of this show: within what is loaded, or by switching to the slice that has it. */
  seekTo(atMs: number): void {
    if (!this.playback) return;
    const now = this.serverNow();
    const isLive = modeOf(this.showState, this.playback) === 'live';
    if (isLive && this.mode === 'live' && now - atMs < CAUGHT_UP_MS / 3) return;
    if (this.mode !== 'live' && this.mode !== 'clip' && this.engine?.seekTo(atMs)) {
      void this.video.play().catch(() => undefined);
      return;
    }
    if (!isLive) void this.load(this.playback.replay_url, 'replay', atMs);
    else void this.load(rewindUrl(this.playback, atMs, this.startedMs ?? 0, Math.floor(now)), 'rewind', atMs);
  }

  goLive(): void {
    if (!this.playback) return;
    if (this.mode === 'live') {
      this.engine?.goToEdge();
      void this.play();
    } else void this.load(this.playback.live_url, 'live', null);
  }

  playClip(url: string): void {
    void this.load(url, 'clip', null);
  }

  /** Back from a clip or rewind to what the show itself is now. */
  backToShow(): void {
    this.mode = 'none';
    this.follow();
  }

  private follow(): void {
    const wanted = modeOf(this.showState, this.playback);
    if (!this.playback || wanted === 'none') return;
    // A viewer who looks at an earlier second, or at a clip, stays there.
    if (this.mode === 'clip' || (this.mode === 'rewind' && wanted === 'live')) return;
    if (this.mode === wanted) return;
    const at = this.mode === 'none' ? null : this.pictureMs;
    if (wanted === 'live') void this.load(this.playback.live_url, 'live', null);
    else void this.load(this.playback.replay_url, 'replay', at);
  }

  private async load(url: string, mode: PlayerMode, startAtMs: number | null): Promise<void> {
    const id = ++this.loadId;
    this.mode = mode;
    this.setPhase('loading');
    this.tell();
    const { createEngine } = await enginePromise();
    if (id !== this.loadId || !this.isConnected) return;
    this.engine ??= createEngine(this.video, {
      ready: () => this.onReady(),
      waiting: () => this.onNothingThere(),
      failed: () => this.setPhase('failed'),
    });
    this.applySound();
    this.engine.load(url, { live: mode === 'live', startAtMs });
  }

  /** What was on screen is gone with the media source: better the cover than a black box. */
  private onNothingThere(): void {
    this.hasPicture = false;
    this.setPhase('waiting');
    this.tell();
  }

  private onReady(): void {
    if (this.phase === 'loading' || this.phase === 'waiting') this.setPhase('playing');
  }

  private setPhase(phase: Phase): void {
    window.clearTimeout(this.stallTimer);
    this.phase = phase;
  }

  private readonly onWaiting = (): void => {
    window.clearTimeout(this.stallTimer);
    this.stallTimer = window.setTimeout(() => {
      if (this.phase === 'playing') this.phase = 'stalled';
    }, SHOW_STALL_AFTER_MS);
  };

  private readonly onPlaying = (): void => {
    this.setPhase('playing');
    this.hasPicture = true;
    this.portrait = this.video.videoHeight > this.video.videoWidth;
    this.autoplayRefused = false;
    this.tell();
  };

  private readonly onPause = (): void => {
    // A browser that refuses even muted autoplay pauses before the first picture.
    if (!this.hasPicture) this.autoplayRefused = true;
    this.tell();
  };

  private readonly onEnded = (): void => {
    const isLive = modeOf(this.showState, this.playback) === 'live';
    const at = this.pictureMs;
    if (this.mode === 'rewind' && isLive && at !== null && this.serverNow() - at > CAUGHT_UP_MS) this.seekTo(at + 1);
    else if (this.mode === 'rewind') this.backToShow();
    else this.dispatchEvent(new CustomEvent('sc-ended'));
    this.tell();
  };

  private beat(): void {
    const pictureMs = this.pictureMs;
    if (pictureMs !== null) this.dispatchEvent(new CustomEvent('sc-clock', { detail: { pictureMs } }));
  }

  private tell(): void {
    this.dispatchEvent(new CustomEvent('sc-player'));
  }

  private cover() {
    if (this.cut) return this.message('video-off', t('player.cut'), t('player.cut.next'));
    if (this.showState === 'interrupted' && this.mode === 'live') {
      const until = this.graceUntilMs;
      return this.message(
        'hourglass',
        t('player.interrupted'),
        until ? t('player.until', { time: timeOfDay(until) }) : '',
      );
    }
    if (this.showState === 'scheduled' || this.showState === 'draft') return nothing;
    if (this.phase === 'failed')
      return this.message('triangle-alert', t('player.failed'), t('player.failed.next'), true);
    if (this.phase === 'waiting') return this.message('radio', t('player.waiting'), t('player.waiting.next'));
    return nothing;
  }

  private message(icon: string, heading: string, text: string, retry = false) {
    return html`<div class="cover" role="status">
      <sc-icon name=${icon}></sc-icon><strong>${heading}</strong>${text ? html`<span>${text}</span>` : nothing}
      ${
        retry
          ? html`<sc-button variant="on-video" icon="refresh-cw" @click=${() => this.backToShow()}
              >${t('action.retry')}</sc-button
            >`
          : nothing
      }
    </div>`;
  }

  private wait() {
    if (this.cut || this.autoplayRefused || this.showState === 'interrupted') return nothing;
    if (this.phase === 'stalled' || (this.phase === 'loading' && this.hasPicture))
      return html`<div class="stall" role="status"><span class="hidden-text">${t('player.stalled')}</span></div>`;
    return nothing;
  }

  override render() {
    return html`
      <video
        playsinline
        muted
        autoplay
        disableremoteplayback
        tabindex="-1"
        aria-label=${t('player.label')}
        @waiting=${this.onWaiting}
        @playing=${this.onPlaying}
        @pause=${this.onPause}
        @ended=${this.onEnded}
      ></video>
      ${this.poster && !this.hasPicture ? html`<img class="poster" src=${this.poster} alt="" />` : nothing}
      ${this.mode !== 'none' && this.phase === 'loading' && !this.hasPicture ? html`<div class="shimmer"></div>` : nothing}
      ${this.wait()} ${this.cover()}
      ${
        this.autoplayRefused
          ? html`<button class="start" @click=${() => this.play()} aria-label=${t('player.play')}>
              <sc-icon name="play" filled></sc-icon>
            </button>`
          : nothing
      }
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'shopcast-player': ShopcastPlayer;
  }
}
