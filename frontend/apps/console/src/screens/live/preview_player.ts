// Plays one live playlist muted: by the browser itself where it can, else by hls.js.
import { t } from '@shopcast/format';
import { LocalisedElement } from '@shopcast/ui';
import type Hls from 'hls.js';
import { html } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';

@customElement('console-preview')
export class ConsolePreview extends LocalisedElement {
  @property() url = '';
  /** For a clip: sound, and the browser's own keys to play it. */
  @property({ type: Boolean }) controls = false;
  @query('video') private readonly video!: HTMLVideoElement;
  @state() private failed = false;
  #hls: Hls | null = null;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override disconnectedCallback(): void {
    this.#hls?.destroy();
    this.#hls = null;
    super.disconnectedCallback();
  }

  override updated(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('url')) void this.#attach();
  }

  override render() {
    return html`<video playsinline ?autoplay=${!this.controls} ?controls=${this.controls} .muted=${!this.controls} aria-label=${t('live.preview')}></video>${this.failed ? html`<sc-button size="s" variant="on-video" icon="refresh-cw" @click=${() => void this.#attach()}>${t('live.preview_again')}</sc-button>` : ''}`;
  }

  async #attach(): Promise<void> {
    this.failed = false;
    this.#hls?.destroy();
    const { default: Player } = await import('hls.js/light');
    if (!this.isConnected) return;
    if (!Player.isSupported()) {
      this.video.src = this.url;
      return;
    }
    const hls = new Player({ lowLatencyMode: true, liveSyncDuration: 1.5, maxBufferLength: 6 });
    this.#hls = hls;
    hls.on(Player.Events.ERROR, (_event, data) => {
      if (data.fatal) this.failed = true;
    });
    hls.loadSource(this.url);
    hls.attachMedia(this.video);
  }
}
