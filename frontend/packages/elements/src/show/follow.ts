/** Following the host or the house of a show, from its page. */
import { asProblem, type Followed } from '@shopcast/api-client';
import { t } from '@shopcast/format';
import { toast } from '@shopcast/ui';
import { html, nothing } from 'lit';
import { problemWords } from './say-problem.ts';
import type { ShowController } from './show-controller.ts';

async function change(show: ShowController, one: Followed, following: boolean): Promise<void> {
  try {
    await show.setFollowing(one, following);
    toast(t(following ? 'follow.now' : 'follow.stopped', { name: one.name }), {
      icon: 'check',
      action: { label: t('action.undo'), run: () => void change(show, one, !following) },
    });
  } catch (error) {
    const problem = asProblem(error);
    if (problem.status === 401) {
      location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
      return;
    }
    toast(problemWords(problem), { tone: 'danger' });
  }
}

/** What a room for followers asks for: the host is whom they came to see. */
export function followNow(show: ShowController): Promise<void> {
  const host = show.follows.find((one) => one.kind === 'host');
  return host ? change(show, host, true) : Promise.resolve();
}

/** One tap beside the host's name; once followed, letting go is one level deeper. */
export function followHost(show: ShowController, onVideo = false) {
  const host = show.follows.find((one) => one.kind === 'host');
  if (!host || host.following) return nothing;
  return html`<sc-button
    class="follow-host"
    size="s"
    variant=${onVideo ? 'on-video' : 'secondary'}
    label=${t('follow.start', { name: host.name })}
    @click=${() => void change(show, host, true)}
    >${t('follow.do')}</sc-button
  >`;
}

export function followButtons(show: ShowController) {
  // A host with a shop of their own name is listed once.
  const listed = show.follows.filter((one, index, all) => all.findIndex((other) => other.name === one.name) === index);
  if (listed.length === 0) return nothing;
  return html`<ul class="follows" aria-label=${t('follow.heading')}>
    ${listed.map(
      (one) => html`<li>
        <span class="follow-name"
          ><strong>${one.name}</strong><span class="small soft figures">${t('follow.followers', { n: one.followers })}</span></span
        >
        <sc-button
          size="s"
          variant=${one.following ? 'quiet' : 'secondary'}
          icon=${one.following ? 'check' : ''}
          label=${t(one.following ? 'follow.stop' : 'follow.start', { name: one.name })}
          @click=${() => void change(show, one, !one.following)}
          >${t(one.following ? 'follow.done' : 'follow.do')}</sc-button
        >
      </li>`,
    )}
  </ul>`;
}
