/** The inside of the buy sheet. */
import { css } from 'lit';

export const buyStyles = css`
  .head {
    display: flex;
    gap: var(--space-4);
    align-items: center;
    padding: var(--space-2) 0 var(--space-3) var(--space-1);
    --picture-size: 5rem;
    --price-size: var(--text-xl);
  }
  .head .text {
    display: grid;
    gap: 0.125rem;
    min-width: 0;
  }
  .head strong {
    line-height: var(--leading-tight);
  }
  .note {
    padding: var(--space-1) var(--space-2);
    border-radius: var(--radius-s);
    background: var(--warn-soft);
    color: var(--on-warn);
    font-size: var(--text-s);
  }
  hr {
    width: 100%;
    margin: 0;
    border: 0;
    border-block-start: var(--border) solid var(--line);
  }
  .held {
    display: flex;
    gap: var(--space-2);
    align-items: center;
    min-height: var(--space-10);
    padding: var(--space-1) var(--space-3);
    border-radius: var(--radius-m);
    background: var(--accent-soft);
    font-size: var(--text-s);
  }
  .held.soft {
    background: var(--paper-sunken);
  }
  .held strong {
    margin-inline-start: auto;
    font-size: var(--text-l);
  }
  fieldset {
    min-width: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  legend {
    margin-block-end: var(--space-1);
    padding: 0;
    font-size: var(--text-s);
    font-weight: var(--weight-medium);
  }
  .chips {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-2);
  }
  .chip {
    min-width: var(--target);
    min-height: var(--target);
    padding: var(--space-1) var(--space-3);
    border: var(--border) solid var(--line-strong);
    border-radius: var(--radius-m);
    background: var(--paper-raised);
    cursor: pointer;
  }
  .chip[aria-pressed="true"] {
    border-color: var(--ink);
    background: var(--ink);
    color: var(--paper);
    font-weight: var(--weight-medium);
  }
  .chip:disabled {
    border-style: dashed;
    color: var(--ink-faint);
    text-decoration: line-through;
    cursor: default;
  }
  .quantity {
    display: flex;
    gap: var(--space-2);
    align-items: center;
    font-size: var(--text-s);
    font-weight: var(--weight-medium);
  }
  .quantity span {
    flex: 1;
  }
  .quantity output {
    min-width: var(--space-8);
    font-size: var(--text-l);
    text-align: center;
  }
  .fact {
    display: flex;
    gap: var(--space-3);
    align-items: center;
    font-size: var(--text-s);
  }
  .fact > sc-icon {
    color: var(--ink-faint);
  }
  .grow {
    flex: 1;
    min-width: 0;
  }
  select {
    max-width: 55%;
    min-height: var(--target);
    padding: var(--space-1) var(--space-2);
    border: var(--border) solid var(--line-strong);
    border-radius: var(--radius-m);
    background: var(--paper-raised);
    color: var(--ink);
    font-size: var(--text-s);
  }
  .sums {
    display: grid;
    gap: var(--space-1);
  }
  .sums > div {
    display: flex;
    justify-content: space-between;
  }
  .sums .total {
    padding-block-start: var(--space-1);
    font-size: var(--text-l);
    font-weight: var(--weight-bold);
  }
  sc-skeleton.sums {
    height: 5rem;
  }
  sc-skeleton.line {
    height: var(--target);
  }
  .pay {
    position: sticky;
    /* The sheet's own padding lies below: without this, lines of the form would show under the button. */
    inset-block-end: calc(-1 * var(--space-4));
    display: grid;
    margin-block-end: calc(-1 * var(--space-4));
    padding-block: var(--space-2) var(--space-4);
    background: var(--paper);
  }
  .ending {
    display: grid;
    gap: var(--space-3);
    justify-items: center;
    padding: var(--space-6) 0 var(--space-4);
    text-align: center;
  }
  .ending h3 {
    font-family: var(--font-display);
    font-size: var(--text-xl);
  }
  .ending p {
    max-width: 36ch;
    color: var(--ink-soft);
  }
  .seal {
    display: grid;
    place-content: center;
    width: var(--space-16);
    height: var(--space-16);
    border-radius: var(--radius-full);
    background: var(--paper-sunken);
    color: var(--ink-soft);
    --icon-size: var(--space-8);
  }
  .gain .seal {
    background: var(--gain-soft);
    color: var(--gain);
  }
  .problem .seal {
    background: var(--danger-soft);
    color: var(--danger);
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-2);
    justify-content: center;
  }
  .second {
    display: inline-flex;
    align-items: center;
    min-height: var(--target);
    padding: var(--space-2) var(--space-5);
    border-radius: var(--radius-m);
    background: var(--accent);
    color: var(--on-accent);
    font-weight: var(--weight-bold);
    text-decoration: none;
  }
`;
