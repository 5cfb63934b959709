// What every screen is handed: addresses, the wire, who is signed in, and how to act and say what happened.
import { t } from '@shopcast/format';
import { toast } from '@shopcast/ui';
import type { Me, Membership } from '../types.ts';
import type { Api } from './api.ts';
import { asProblem, type Problem, problemText } from './problem.ts';
import type { Router } from './router.ts';

export interface ActOptions {
  /** Said when it worked; left out when the screen itself shows it. */
  readonly done?: string;
  /** Offered beside it for nine seconds. */
  readonly undo?: () => Promise<unknown>;
  /** Takes the refusal itself, to show it at a field. True: nothing else is shown. */
  readonly refused?: (problem: Problem) => boolean;
}

const ORGANISATION_KEY = 'shopcast.organisation';

export class App extends EventTarget {
  me: Me;

  constructor(
    readonly api: Api,
    readonly router: Router,
    me: Me,
    private readonly storage: Storage,
  ) {
    super();
    this.me = me;
  }

  get organisations(): Membership[] {
    return this.me.organisations;
  }

  get organisation(): Membership | null {
    const chosen = this.storage.getItem(ORGANISATION_KEY);
    return this.organisations.find((one) => one.id === chosen) ?? this.organisations[0] ?? null;
  }

  /** The organisation's API address; screens that need one are shown only when there is one. */
  org(path: string): string {
    return `/v1/organisations/${encodeURIComponent(this.organisation?.id ?? '')}${path}`;
  }

  choose(organisationId: string): void {
    this.storage.setItem(ORGANISATION_KEY, organisationId);
    this.router.go('/shows');
    this.dispatchEvent(new Event('change'));
  }

  async refresh(): Promise<void> {
    this.me = await this.api.get<Me>('/v1/me');
    this.dispatchEvent(new Event('change'));
  }

  canManage(): boolean {
    const role = this.organisation?.role;
    return role === 'owner' || role === 'manager';
  }

  /** Does something; says that it worked, or what happened and that nothing else changed. Never throws. */
  async act<T>(work: () => Promise<T>, options: ActOptions = {}): Promise<{ value: T } | null> {
    try {
      const value = await work();
      const undo = options.undo;
      if (options.done) {
        toast(
          options.done,
          undo
            ? { action: { label: t('action.undo'), run: () => void this.act(undo, { done: t('state.undone') }) } }
            : {},
        );
      }
      return { value };
    } catch (error) {
      const problem = asProblem(error);
      if (!options.refused?.(problem))
        toast(problemText(problem), { tone: 'danger', icon: 'circle-alert', durationMs: 8000 });
      return null;
    }
  }
}
