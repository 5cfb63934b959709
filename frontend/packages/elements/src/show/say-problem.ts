/** What a refusal of the API or of the room is called on the show's page. */
import { asProblem, type Problem } from '@shopcast/api-client';
import { t } from '@shopcast/format';
import { RoomRefusal } from '@shopcast/room-client';

export function problemWords(problem: Problem): string {
  if (problem.code === 'offline') return t('problem.offline');
  return problem.message || t('problem.unexpected');
}

export function refusalWords(error: unknown): string {
  if (!(error instanceof RoomRefusal)) return problemWords(asProblem(error));
  if (error.code === 'offline') return t('chat.offline');
  if (error.code === 'unanswered') return t('chat.unanswered');
  return error.message || t('chat.refused');
}

/** The same word over a socket and over HTTP. */
export function isHeld(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'held';
}
