/** The inside of the form that pays. */
import { css } from 'lit';

export const payFormStyles = css`
  :host {
    display: block;
  }
  hr {
    width: 100%;
    margin: 0;
    border: 0;
    border-block-start: var(--border) solid var(--line);
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
    overflow-wrap: anywhere;
  }
  select {
    max-width: 9.5rem;
    min-height: var(--target);
    padding: var(--space-1) var(--space-2);
    border: var(--border) solid var(--line-strong);
    border-radius: var(--radius-m);
    background: var(--paper-raised);
    color: var(--ink);
    font-size: var(--text-s);
  }
  sc-skeleton.line {
    height: var(--target);
  }
  .pay {
    position: sticky;
    /* The sheet's own padding lies below: without this, lines of the form would show under the button. */
    inset-block-end: calc(-1 * var(--space-4));
    display: grid;
    gap: var(--space-1);
    margin-block-end: calc(-1 * var(--space-4));
    padding-block: var(--space-2) var(--space-4);
    background: var(--pay-ground, var(--paper));
  }
`;
