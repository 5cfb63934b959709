/** The room's protocol in the browser: sockets, resume, the fold, and what waits for the picture. No DOM, no words. */
export { type ChatLine, ChatLog } from './chat-log.ts';
export { ChatReplay } from './chat-replay.ts';
export { RoomClient, type RoomClientOptions, type RoomEvents, RoomRefusal, type RoomStatus } from './client.ts';
export { Emitter } from './emitter.ts';
export { emptyState, fold, foldAll } from './fold.ts';
export { parseFrame } from './frames.ts';
export { Presentation } from './presentation.ts';
export type * from './types.ts';
