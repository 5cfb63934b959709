/** Who buys: signed in or guest, where parcels may go, what can be paid with. Fetched before anybody taps; draws nothing. */
import type { Address, ApiClient, PaymentMethods } from '@shopcast/api-client';
import { Emitter } from '@shopcast/room-client';
import { likelyCountry } from './countries.ts';
import { guestDetails } from './guest.ts';
import type { PayTo } from './payment.ts';

export class Buyer extends Emitter<{ change: undefined }> {
  methods: PaymentMethods | null = null;
  addresses: readonly Address[] | null = null;
  signedIn = false;
  email = '';
  /** Where a guest's parcel goes, as far as the form says; the total shown is always for the country shown. */
  guestCountry = guestDetails().address.country || likelyCountry(globalThis.navigator?.languages ?? []);
  private asked: Promise<void> | null = null;

  constructor(private readonly api: ApiClient) {
    super();
  }

  prepare(): Promise<void> {
    this.asked ??= this.ask().then(() => {
      // What could not be fetched is asked for again at the next tap.
      if (!this.methods) this.asked = null;
    });
    return this.asked;
  }

  private async ask(): Promise<void> {
    const [me, methods] = await Promise.allSettled([this.api.accounts.me(), this.api.sales.paymentMethods()]);
    if (methods.status === 'fulfilled') this.methods = methods.value;
    if (me.status === 'fulfilled' && me.value.person) {
      this.signedIn = true;
      this.email = me.value.person.email;
      const list = await this.api.accounts.addresses().catch(() => null);
      this.addresses = list?.items ?? null;
    }
    this.emit('change', undefined);
  }

  /** So that the next piece takes two taps. Not told when it fails: the order stands, the account can be filled in later. */
  async keep({ address, keepAddress }: PayTo): Promise<void> {
    if (!this.signedIn || !address || !keepAddress) return;
    await this.api.accounts.addAddress({ ...address, is_default: true }).catch(() => undefined);
    const list = await this.api.accounts.addresses().catch(() => null);
    this.addresses = list?.items ?? this.addresses;
    this.emit('change', undefined);
  }

  get defaultAddress(): Address | null {
    return this.addresses?.find((one) => one.is_default) ?? this.addresses?.[0] ?? null;
  }

  /** The country prices are shown for: the chosen address's, else the form's. */
  get country(): string {
    return this.defaultAddress?.country ?? this.guestCountry;
  }
}
