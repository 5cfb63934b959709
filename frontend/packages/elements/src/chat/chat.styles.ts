/** Chat as a column, and (overlay) as lines fading upward over the picture. */
import { css } from 'lit';

export const chatStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 0;
  }
  .frame {
    position: relative;
    display: flex;
    flex: 1;
    flex-direction: column;
    min-height: 0;
  }
  .lines {
    flex: 1;
    min-height: 0;
    overflow-y: auto;
    overscroll-behavior: contain;
    scrollbar-width: thin;
  }
  .line {
    display: block;
    width: 100%;
    padding: var(--space-1) var(--space-2);
    border: 0;
    border-radius: var(--radius-m);
    background: none;
    color: inherit;
    font-size: var(--text-m);
    line-height: 1.4;
    text-align: start;
    overflow-wrap: anywhere;
    cursor: pointer;
  }
  .line:disabled {
    cursor: default;
  }
  .name {
    margin-inline-end: var(--space-1);
    color: var(--ink-soft);
    font-weight: var(--weight-medium);
  }
  .own .name {
    color: var(--accent-pressed);
  }
  .mark {
    margin-inline-end: var(--space-1);
    padding: 0.0625rem var(--space-1);
    border-radius: var(--radius-s);
    background: var(--ink);
    color: var(--paper);
    font-size: var(--text-xs);
    font-weight: var(--weight-bold);
  }
  .mark.host {
    background: var(--accent);
    color: var(--on-accent);
  }
  .time {
    margin-inline-start: var(--space-2);
    color: var(--ink-faint);
    font-size: var(--text-xs);
  }
  .quoted {
    display: block;
    overflow: hidden;
    color: var(--ink-faint);
    font-size: var(--text-s);
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .quoted sc-icon {
    --icon-size: 0.875rem;
  }
  .empty {
    padding: var(--space-6) var(--space-4);
    color: var(--ink-faint);
    text-align: center;
  }
  .menu {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-2);
    padding: var(--space-1) var(--space-2) var(--space-2);
  }
  .newer {
    position: absolute;
    inset-block-end: var(--space-2);
    inset-inline: 0;
    display: flex;
    gap: var(--space-1);
    align-items: center;
    width: fit-content;
    min-height: var(--target);
    margin-inline: auto;
    padding-inline: var(--space-4);
    border: 0;
    border-radius: var(--radius-full);
    background: var(--ink);
    color: var(--paper);
    font-size: var(--text-s);
    cursor: pointer;
  }
  .mode {
    padding: 0 var(--space-2) var(--space-1);
    color: var(--ink-faint);
    font-size: var(--text-xs);
  }
  .mode select {
    min-height: var(--target);
    border: 0;
    background: none;
    color: inherit;
    font: inherit;
    text-decoration: underline;
    cursor: pointer;
  }
  .mode option {
    background: var(--paper);
    color: var(--ink);
  }
  .composer {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--space-2);
    padding-block-start: var(--space-2);
  }
  .replying {
    display: flex;
    align-items: center;
    justify-content: space-between;
    padding-inline-start: var(--space-3);
    border-inline-start: var(--space-1) solid var(--accent);
    font-size: var(--text-s);
  }
  .refusal {
    padding: var(--space-2) var(--space-3);
    border-radius: var(--radius-m);
    background: var(--danger-soft);
    color: var(--danger);
    font-size: var(--text-s);
  }
  .quick {
    display: flex;
    gap: var(--space-2);
    overflow-x: auto;
    scrollbar-width: none;
  }
  .chip {
    flex: none;
    min-height: var(--target);
    padding-inline: var(--space-4);
    border: var(--border) solid var(--line-strong);
    border-radius: var(--radius-full);
    background: var(--paper-raised);
    color: var(--ink);
    font-size: var(--text-s);
    white-space: nowrap;
    cursor: pointer;
  }
  .chip:disabled {
    opacity: 0.6;
  }
  form {
    position: relative;
    display: flex;
    gap: var(--space-2);
    align-items: center;
  }
  input {
    flex: 1;
    min-width: 0;
    min-height: var(--target);
    padding: var(--space-2) var(--space-4);
    border: var(--border) solid var(--line-strong);
    border-radius: var(--radius-full);
    background: var(--paper-raised);
    color: var(--ink);
    font-size: max(1rem, var(--text-m));
  }
  input::placeholder {
    color: var(--ink-faint);
    opacity: 1;
  }
  .send {
    display: grid;
    place-content: center;
    width: var(--target);
    height: var(--target);
    flex: none;
    padding: 0;
    border: 0;
    border-radius: var(--radius-full);
    background: var(--accent);
    color: var(--on-accent);
    cursor: pointer;
  }
  .send:disabled {
    background: var(--line);
    color: var(--ink-faint);
  }

.pinned,
  .notice {
    display: flex;
    gap: var(--space-2);
    align-items: center;
    margin-block: var(--space-1);
    padding: var(--space-2) var(--space-3);
    border-radius: var(--radius-m);
    background: var(--paper-sunken);
    font-size: var(--text-s);
  }
  .pinned sc-icon,
  .notice sc-icon {
    flex: none;
    --icon-size: 1rem;
  }
  .pinned-text,
  .notice span {
    flex: 1;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .pinned-text {
    display: -webkit-box;
    overflow: hidden;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 3;
  }
  .must-follow {
    display: flex;
    gap: var(--space-2);
    align-items: center;
    justify-content: space-between;
    min-height: var(--target);
  }
  .mode .grow {
    flex: 1;
  }
  :host([overlay]) {
    color: var(--on-video);
    text-shadow: 0 1px 2px var(--video-shade);
  }
  :host([overlay]) .lines {
    max-height: var(--overlay-height, 8.5rem);
    mask-image: linear-gradient(to bottom, transparent, black 45%);
    scrollbar-width: none;
  }
  :host([overlay]) .frame {
    justify-content: flex-end;
    flex: none;
    width: min(84%, 26rem);
  }
  :host([overlay]) .line {
    padding: 0.125rem 0;
    font-size: var(--text-m);
  }
  :host([overlay]) .name,
  :host([overlay]) .quoted {
    color: var(--on-video-soft);
  }
  :host([overlay]) .time {
    display: none;
  }
  :host([overlay]) .mark {
    background: var(--video-chip-strong);
    color: var(--on-video);
  }
  :host([overlay]) .mark.host {
    background: var(--accent);
    color: var(--on-accent);
    text-shadow: none;
  }
  :host([overlay]) .menu,
  :host([overlay]) .composer,
  :host([overlay]) .refusal {
    text-shadow: none;
  }
  :host([overlay]) .pinned,
  :host([overlay]) .notice {
    width: min(84%, 26rem);
    background: var(--video-chip-strong);
    color: var(--on-video);
    text-shadow: none;
  }
  :host([overlay]) .must-follow {
    color: var(--on-video);
  }
  :host([overlay]) .mode {
    color: var(--on-video-soft);
  }
  :host([overlay]) input,
  :host([overlay]) .chip {
    border-color: var(--video-line);
    background: var(--video-chip);
    color: var(--on-video);
  }
  :host([overlay]) input::placeholder {
    color: var(--on-video-soft);
  }
  :host([overlay]) .replying {
    border-radius: var(--radius-m);
    background: var(--video-chip-strong);
  }
  :host([overlay]) :focus-visible {
    outline-color: var(--video-focus);
  }
`;
