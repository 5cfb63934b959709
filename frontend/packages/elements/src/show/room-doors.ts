/** How the room's client asks our server when no socket gets through. */
import type { ApiClient } from '@shopcast/api-client';
import type { FallbackDoors, RoomState, SayAbout } from '@shopcast/room-client';

export function roomDoors(api: ApiClient): FallbackDoors {
  return {
    // Public rooms need no ticket to be read; a private one's pieces are refused without it, and then asked for with it.
    snapshot: async (room, ticket) => {
      const answer = await publicly(ticket, (one) => api.rooms.snapshot(room, one));
      return { ...answer, state: answer.state as unknown as RoomState };
    },
    piece: (room, name, ticket) => publicly(ticket, (one) => api.rooms.chunk(room, name, one)),
    own: async (room, ticket, after) => (await api.rooms.own(room, ticket, after)).private,
    beacon: (room, ticket) => api.rooms.beacon(room, ticket),
  };
}

async function publicly<Answer>(
  ticket: string | null,
  ask: (ticket: string | null) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await ask(null);
  } catch (error) {
    if (ticket === null || (error as { status?: unknown }).status !== 401) throw error;
    return ask(ticket);
  }
}

export function sayBody(text: string, about: SayAbout) {
  return {
    text,
    ...(about.replyTo === undefined ? {} : { reply_to: about.replyTo }),
    ...(about.mediaAtMs === undefined ? {} : { media_at_ms: Math.round(about.mediaAtMs) }),
  };
}
