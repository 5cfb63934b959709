// A wall-clock time with the zone it is meant in; keeps both, converts neither.
import { html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { LightElement } from './base.ts';

export interface WallTimeChanged {
  readonly wall: string;
  readonly timeZone: string;
}

@customElement('shopcast-date-time')
export class ShopcastDateTime extends LightElement {
  @property() label = '';
  @property() zoneLabel = '';
  @property() wall = '';
  @property() timeZone = 'UTC';
  @property({ attribute: false }) zones: readonly string[] = [];

  override render() {
    const zones = this.zones.map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }));
    return html`<div class="date-time">
      <sc-field type="datetime-local" label=${this.label} .value=${this.wall} @input=${this.#wall}></sc-field>
      <sc-field label=${this.zoneLabel} .value=${this.timeZone} .choices=${zones} @change=${this.#zone}></sc-field>
    </div>`;
  }

  #wall(event: Event): void {
    event.stopPropagation();
    this.wall = (event.target as HTMLInputElement).value;
    this.#tell();
  }

  #zone(event: Event): void {
    event.stopPropagation();
    this.timeZone = (event.target as HTMLSelectElement).value;
    this.#tell();
  }

  #tell(): void {
    this.dispatchEvent(
      new CustomEvent<WallTimeChanged>('wall-time-changed', {
        detail: { wall: this.wall, timeZone: this.timeZone },
        bubbles: true,
      }),
    );
  }
}
