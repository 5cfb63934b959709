/** What moderation did about one's own line or voice, and why, in words. */
import { t } from '@shopcast/format';

export interface Moderated {
  what: 'held' | 'hidden' | 'let' | 'removed' | 'muted' | 'unmuted' | 'expelled' | 'readmitted';
  why: 'word' | 'copied' | 'moderator';
  text?: string;
  seconds?: number;
}

/** `house` is whom to write to for another look. */
export function moderatedWords(one: Moderated, house: string): string {
  const text = one.text ?? '';
  switch (one.what) {
    case 'muted': {
      const n = Math.ceil((one.seconds ?? 0) / 60);
      return one.why === 'word' ? t('moderated.muted_word', { text, n, house }) : t('moderated.muted', { n, house });
    }
    case 'hidden':
      return t('moderated.hidden', { text });
    case 'let':
      return text ? t('moderated.let', { text }) : t('moderated.let_plain');
    case 'removed':
      return text ? t('moderated.removed', { text, house }) : t('moderated.removed_plain', { house });
    case 'expelled':
      return t('moderated.expelled', { house });
    case 'unmuted':
    case 'readmitted':
      return t('moderated.back');
    default:
      return t('moderated.held');
  }
}
