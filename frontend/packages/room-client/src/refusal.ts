/** Why the room did not take something, in the server's words. */
export class RoomRefusal extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly retryAfterMs: number,
  ) {
    super(message);
    this.name = 'RoomRefusal';
  }
}
