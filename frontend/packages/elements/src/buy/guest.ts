/** What a guest typed, kept for this tab only, so that a second piece needs no typing. */
import type { AddressInput } from '@shopcast/api-client';
import { EMPTY_ADDRESS } from './empty-address.ts';

const KEY = 'shopcast.guest';

export interface GuestDetails {
  email: string;
  address: AddressInput;
}

export function guestDetails(): GuestDetails {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '');
    if (typeof kept === 'object' && kept !== null) {
      const { email, address } = kept as Partial<GuestDetails>;
      return { email: String(email ?? ''), address: { ...EMPTY_ADDRESS, ...address } };
    }
  } catch {
    // Nothing kept, or storage is closed to us: an empty form is right.
  }
  return { email: '', address: EMPTY_ADDRESS };
}

export function rememberGuest(details: GuestDetails): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(details));
  } catch {
    // Storage is full or closed; the form is simply empty next time.
  }
}
