/** What a moderator does from the chat. A slip here silences a person or a line before everybody, so it can be taken back. */
import { t } from '@shopcast/format';
import { toast } from '@shopcast/ui';
import { refusalWords } from './say-problem.ts';
import type { ShowController } from './show-controller.ts';

const MUTE_S = 600;

async function run(act: () => Promise<unknown>, said: string, undo?: () => Promise<void>): Promise<void> {
  try {
    await act();
    toast(said, {
      icon: 'check',
      ...(undo ? { action: { label: t('action.undo'), run: () => void undo() } } : {}),
    });
  } catch (error) {
    toast(refusalWords(error), { tone: 'danger' });
  }
}

export function hideLine(show: ShowController, { seq }: { seq: number }): void {
  void run(
    () => show.hide(seq),
    t('chat.hidden'),
    () => run(() => show.unhide(seq), t('chat.shown')),
  );
}

export function mutePerson(show: ShowController, { key, name }: { key: string; name: string }): void {
  void run(
    () => show.mute(key, MUTE_S),
    t('chat.muted', { name }),
    () => run(() => show.mute(key, 0), t('chat.unmuted', { name })),
  );
}

export function setSlowMode(show: ShowController, seconds: number): void {
  const said = seconds > 0 ? t('chat.slow_mode.set', { n: seconds }) : t('chat.slow_mode.ended');
  void run(() => show.slowMode(seconds), said);
}

export function pinLine(show: ShowController, seq: number | null): void {
  const before = show.state.pinned?.seq ?? null;
  void run(
    () => show.pinLine(seq),
    seq === null ? t('chat.unpinned') : t('chat.pinned.done'),
    () => run(() => show.pinLine(before), before === null ? t('chat.unpinned') : t('chat.pinned.done')),
  );
}

export function banPerson(show: ShowController, { key, name }: { key: string; name: string }): void {
  let id = '';
  void run(
    async () => {
      id = (await show.ban(key, '')).id;
    },
    t('chat.banned', { name }),
    () => run(() => show.liftBan(id), t('chat.unbanned', { name })),
  );
}

export function setFollowersOnly(show: ShowController, followersOnly: boolean): void {
  const said = (one: boolean) => t(one ? 'chat.followers_only.set' : 'chat.followers_only.ended');
  void run(
    () => show.setFollowersOnly(followersOnly),
    said(followersOnly),
    () => run(() => show.setFollowersOnly(!followersOnly), said(!followersOnly)),
  );
}

export function reportLine(show: ShowController, { seq }: { seq: number }): void {
  void run(() => show.report(seq), t('chat.reported'));
}
