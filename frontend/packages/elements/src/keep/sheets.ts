/** The sheets of what goes on after buying, fetched together when the first of them is asked for. */
import './sc-keep-sheet.ts';
import './sc-subscribe-sheet.ts';
