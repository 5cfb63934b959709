/** The show page: a phone's full-screen picture, a desktop's three columns. */
import { css } from 'lit';

export const showStyles = css`
  :host {
    display: block;
  }
  .badge {
    flex: none;
    padding: 0.125rem var(--space-2);
    border-radius: var(--radius-s);
    background: var(--video-chip);
    color: var(--on-video);
    font-size: var(--text-xs);
    font-weight: var(--weight-bold);
    letter-spacing: 0.02em;
    white-space: nowrap;
  }
  .badge.live {
    background: var(--live);
    color: var(--on-live);
  }
  .viewers {
    display: inline-flex;
    flex: none;
    gap: var(--space-1);
    align-items: center;
    font-size: var(--text-s);
  }
  .viewers sc-icon {
    --icon-size: 1rem;
  }
  .connection {
    display: flex;
    gap: var(--space-2);
    align-items: center;
    padding: var(--space-2) var(--space-3);
    border-radius: var(--radius-m);
    background: var(--warn-soft);
    color: var(--on-warn);
    font-size: var(--text-s);
  }
  .notices {
    display: grid;
    gap: var(--space-2);
    align-content: start;
  }
  .connection span {
    flex: 1;
    min-width: 0;
  }
  .connection.quiet {
    background: var(--paper-sunken);
    color: var(--ink-soft);
  }
  .connection a {
    flex: none;
    color: inherit;
    font-weight: var(--weight-medium);
  }
  .follows {
    display: grid;
    gap: var(--space-2);
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .follows li {
    display: flex;
    gap: var(--space-3);
    align-items: center;
    justify-content: space-between;
  }
  .follow-name {
    display: grid;
    min-width: 0;
  }
  .sound {
    display: inline-flex;
    gap: var(--space-2);
    align-items: center;
    min-height: var(--target);
    padding-inline: var(--space-4);
    border: 0;
    border-radius: var(--radius-full);
    background: var(--video-chip-strong);
    color: var(--on-video);
    font-weight: var(--weight-medium);
    cursor: pointer;
  }
  .sound:focus-visible {
    outline-color: var(--video-focus);
  }
  .upcoming {
    display: grid;
    gap: var(--space-1);
    justify-items: center;
    padding: var(--space-5);
    border-radius: var(--radius-l);
    background: var(--video-chip-strong);
    color: var(--on-video);
    text-align: center;
  }
  .upcoming strong {
    font-family: var(--font-display);
    font-size: var(--text-xl);
  }
  .upcoming p {
    color: var(--on-video-soft);
    font-size: var(--text-s);
  }
  .problem {
    display: grid;
    min-height: 100dvh;
    place-content: center;
  }
  .about {
    display: grid;
    gap: var(--space-3);
  }
  .about dl {
    display: grid;
    gap: var(--space-1);
  }
  .about dl > div {
    display: grid;
    grid-template-columns: 7rem 1fr;
    gap: var(--space-2);
  }
  .about dt {
    color: var(--ink-faint);
  }
  a.plain {
    color: var(--accent-pressed);
  }

  /* Phone */
  .phone {
    position: fixed;
    inset: 0;
    overflow: hidden;
    background: var(--video-ground);
    color: var(--on-video);
  }
  .phone .stage,
  .phone .stage shopcast-player {
    position: absolute;
    inset: 0;
    --picture-position: 50% 28%;
    --portrait-fit: cover;
  }
  /* A sheet is open: the picture moves up so that it stays in sight. */
  .phone .stage.up shopcast-player {
    --picture-position: 50% 9%;
  }
  .veil {
    position: absolute;
    inset: 0;
    background:
      linear-gradient(to bottom, var(--video-shade), var(--video-shade-none) 7rem),
      linear-gradient(to top, var(--video-shade) 20%, var(--video-shade-none) 26rem);
    pointer-events: none;
  }
  .top {
    position: absolute;
    inset-block-start: env(safe-area-inset-top);
    inset-inline: 0;
    display: flex;
    gap: var(--space-2);
    align-items: center;
    padding: var(--space-2);
  }
  .top sc-button {
    --button-radius: var(--radius-full);
  }
  .who {
    display: grid;
    flex: 1;
    min-width: 0;
    min-height: var(--target);
    align-content: center;
    padding: 0;
    border: 0;
    background: none;
    color: inherit;
    line-height: var(--leading-tight);
    text-align: start;
    text-shadow: 0 1px 2px var(--video-shade);
    cursor: pointer;
  }
  .who strong,
  .who .title {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .who .title {
    color: var(--on-video-soft);
    font-size: var(--text-s);
  }
  /* The sheet keeps its height while a search narrows the list. */
  .phone sc-sheet > sc-shelf {
    min-height: min(60dvh, 40rem);
  }
  .phone > .notices {
    position: absolute;
    inset-block-start: calc(env(safe-area-inset-top) + var(--space-16));
    inset-inline: var(--space-3);
  }
  .middle {
    position: absolute;
    inset-block-start: 26%;
    inset-inline: var(--space-4);
    display: grid;
    gap: var(--space-3);
    justify-items: center;
  }
  .bottom {
    position: absolute;
    inset-block-end: 0;
    inset-inline: 0;
    padding: 0 var(--space-3) calc(var(--space-3) + env(safe-area-inset-bottom));
  }
  .between {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--space-2);
    margin-block-start: var(--space-2);
    text-shadow: none;
  }
  .between .back {
    justify-self: start;
  }
  .tools {
    display: flex;
    justify-content: space-between;
    gap: var(--space-2);
    --button-radius: var(--radius-full);
  }

  /* Desktop */
  .skip {
    position: absolute;
    inset-block-start: var(--space-2);
    inset-inline-start: var(--space-2);
    z-index: var(--layer-toast);
    min-height: var(--target);
    padding-inline: var(--space-4);
    translate: 0 -200%;
    border: 0;
    border-radius: var(--radius-m);
    background: var(--ink);
    color: var(--paper);
  }
  .skip:focus {
    translate: none;
  }
  .desktop {
    display: grid;
    grid-template:
      "bar bar bar" auto
      "left centre right" minmax(0, 1fr) / minmax(17rem, 21rem) minmax(0, 1fr) minmax(19rem, 23rem);
    height: 100dvh;
  }
  .bar {
    grid-area: bar;
    display: flex;
    gap: var(--space-3);
    align-items: center;
    padding: var(--space-1) var(--space-4);
    border-block-end: var(--border) solid var(--line);
  }
  .bar h1 {
    overflow: hidden;
    min-width: 4rem;
    font-family: var(--font-display);
    font-size: var(--text-l);
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .bar .host {
    color: var(--ink-soft);
    white-space: nowrap;
  }
  .bar .space {
    flex: 1;
  }
  .bar .badge:not(.live) {
    background: var(--paper-sunken);
    color: var(--ink);
  }
  .brand {
    padding-block: var(--space-2);
    font-family: var(--font-display);
    font-size: var(--text-l);
    font-weight: var(--weight-bold);
    color: var(--accent-pressed);
    text-decoration: none;
  }
  .left,
  .right {
    display: flex;
    flex-direction: column;
    min-height: 0;
    padding: var(--space-3) var(--space-4);
  }
  .left {
    grid-area: left;
    overflow-y: auto;
    border-inline-end: var(--border) solid var(--line);
    scrollbar-width: thin;
  }
  .right {
    grid-area: right;
    border-inline-start: var(--border) solid var(--line);
  }
  .right sc-chat {
    flex: 1;
  }
  .left h2,
  .right h2 {
    margin-block-end: var(--space-2);
    font-family: var(--font-display);
    font-size: var(--text-l);
  }
  .requests {
    margin-block-end: var(--space-3);
    padding: var(--space-3);
    border-radius: var(--radius-m);
    background: var(--paper-sunken);
  }
  .centre {
    grid-area: centre;
    display: flex;
    flex-direction: column;
    gap: var(--space-3);
    min-width: 0;
    padding: var(--space-3) var(--space-4);
    overflow-y: auto;
    scrollbar-width: thin;
  }
  .desktop .stage {
    position: relative;
    flex: none;
    overflow: hidden;
    width: 100%;
    height: min(62dvh, calc((100vw - 44rem) * 0.5625));
    min-height: 20rem;
    border-radius: var(--radius-l);
    background: var(--video-ground);
  }
  /* An upright picture needs height more than width: the card stands beside it. */
  .centre.portrait {
    display: grid;
    grid-template:
      "stage card" auto
      "chapters chapters" auto
      "about about" auto / auto minmax(0, 1fr);
    align-content: start;
  }
  .desktop .stage.portrait {
    grid-area: stage;
    width: auto;
    height: min(74dvh, 60rem);
    aspect-ratio: 9 / 16;
  }
  .centre.portrait sc-chapters {
    grid-area: chapters;
    min-width: 0;
  }
  .beside {
    display: grid;
    gap: var(--space-3);
    min-width: 0;
  }
  .centre.portrait .beside {
    grid-area: card;
    align-self: end;
  }
  .centre.portrait .notices {
    grid-area: card;
    align-self: start;
  }
  .centre.portrait .about {
    grid-area: about;
  }
  .desktop .stage shopcast-player {
    position: absolute;
    inset: 0;
  }
  .desktop .stage:fullscreen {
    border-radius: 0;
  }
  .desktop .sound,
  .desktop .upcoming {
    position: absolute;
    inset: 0;
    width: fit-content;
    height: fit-content;
    margin: auto;
  }
  .desktop .sound {
    inset: var(--space-4) var(--space-4) auto auto;
    margin: 0;
  }
  .controls {
    position: absolute;
    inset: auto 0 0;
    display: flex;
    gap: var(--space-2);
    align-items: center;
    padding: var(--space-3);
    background: linear-gradient(to top, var(--video-shade), var(--video-shade-none));
    --button-radius: var(--radius-full);
  }
  .controls .grow {
    flex: 1;
  }
  .about.wide {
    padding-block-start: var(--space-2);
    color: var(--ink-soft);
  }
`;
