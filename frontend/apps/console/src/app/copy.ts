// Puts a text on the clipboard, also on a page opened by plain http from another machine, where there is no clipboard.
import { t } from '@shopcast/format';
import { toast } from '@shopcast/ui';

export async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(t('state.copied'), { icon: 'check' });
  } catch {
    toast(t('state.copy_by_hand'), { tone: 'danger' });
  }
}
