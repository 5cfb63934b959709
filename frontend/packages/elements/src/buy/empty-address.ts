/** What an address form starts with. */
import type { AddressInput } from '@shopcast/api-client';

export const EMPTY_ADDRESS: AddressInput = {
  name: '',
  line1: '',
  line2: '',
  city: '',
  region: '',
  postal_code: '',
  country: '',
  phone: '',
};
