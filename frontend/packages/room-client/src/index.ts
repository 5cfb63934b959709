/** The room's protocol in the browser: sockets, resume, the fold, and what waits for the picture. No DOM, no words. */
export { type ChatLine, ChatLog } from './chat-log.ts';
export { ChatReplay } from './chat-replay.ts';
export { RoomClient, type RoomClientOptions, type RoomEvents, type RoomStatus, type SayAbout } from './client.ts';
export { Emitter } from './emitter.ts';
export type { FallbackDoors, PieceAnswer, SnapshotAnswer } from './fallback.ts';
export { emptyState, fold, foldAll } from './fold.ts';
export { parseFrame } from './frames.ts';
export type { Pace } from './pieces.ts';
export { Presentation } from './presentation.ts';
export { RoomRefusal } from './refusal.ts';
export type * from './types.ts';
