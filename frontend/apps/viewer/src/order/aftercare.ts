/** Returns: fetched when an order has one or somebody asks for one. */
export { returnCard } from './returns.ts';

import './sc-return-sheet.ts';
