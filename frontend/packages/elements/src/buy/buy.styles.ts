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
  sc-skeleton.sums {
    height: 5rem;
  }
  sc-pay-form {
    margin-block-start: var(--space-3);
  }
  .gift {
    display: flex;
    gap: var(--space-2);
    align-items: center;
    color: var(--gain);
    --icon-size: 1rem;
  }
  .offers {
    display: flex;
    flex-wrap: wrap;
    gap: 0 var(--space-2);
    justify-content: center;
    padding-block-start: var(--space-3);
    color: var(--ink-soft);
  }
`;
