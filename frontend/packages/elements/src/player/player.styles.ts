/** How the picture sits in its box. */
import { css } from 'lit';

export const playerStyles = css`
  :host {
    position: relative;
    display: block;
    overflow: hidden;
    background: var(--video-ground);
    color: var(--on-video);
  }
  video,
  .poster {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    object-fit: contain;
    object-position: var(--picture-position, center);
  }
  :host([portrait]) video {
    object-fit: var(--portrait-fit, contain);
  }
  .poster {
    object-fit: cover;
    filter: brightness(0.8);
  }
  :host([cut]) video {
    visibility: hidden;
  }
  .shimmer,
  .stall,
  .cover {
    position: absolute;
    inset: 0;
  }
  .shimmer {
    background: linear-gradient(100deg, transparent 30%, var(--video-line) 50%, transparent 70%);
    background-size: 300% 100%;
    animation: pass 1.8s linear infinite;
  }
  @keyframes pass {
    from {
      background-position: 120% 0;
    }
    to {
      background-position: -60% 0;
    }
  }
  .stall::before {
    content: "";
    position: absolute;
    inset: 0;
    width: var(--space-8);
    height: var(--space-8);
    margin: auto;
    border: 3px solid var(--on-video);
    border-inline-end-color: transparent;
    border-radius: var(--radius-full);
    animation: turn 900ms linear infinite;
  }
  @keyframes turn {
    to {
      rotate: 1turn;
    }
  }
  .cover {
    display: grid;
    gap: var(--space-2);
    place-content: center;
    justify-items: center;
    padding: var(--space-6);
    background: var(--video-chip-strong);
    text-align: center;
  }
  .cover sc-icon {
    --icon-size: var(--space-8);
  }
  :host([cut]) .cover {
    background: var(--video-ground);
  }
  .cover strong {
    font-family: var(--font-display);
    font-size: var(--text-xl);
    line-height: var(--leading-tight);
    text-wrap: balance;
  }
  .cover span {
    color: var(--on-video-soft);
  }
  .start {
    position: absolute;
    inset: 0;
    width: var(--space-16);
    height: var(--space-16);
    margin: auto;
    border: 0;
    border-radius: var(--radius-full);
    background: var(--video-chip-strong);
    color: var(--on-video);
    cursor: pointer;
  }
  .start sc-icon {
    --icon-size: var(--space-8);
  }
  .start:focus-visible {
    outline-color: var(--video-focus);
  }
  @media (prefers-reduced-motion: reduce) {
    .shimmer {
      animation: none;
    }
    .stall::before {
      animation-duration: 3s;
    }
  }
`;
