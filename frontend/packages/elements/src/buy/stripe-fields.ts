/**
 * Stripe's own fields in our form: card data goes from the person to Stripe and never through us; we get a token. Loaded only
 * where Stripe is the way to pay.
 */
import { type Money, Problem } from '@shopcast/api-client';
import { language } from '@shopcast/format';

const SCRIPT = 'https://js.stripe.com/v3/';
const SLOT = 'card-fields';

interface StripeError {
  message?: string;
  code?: string;
}
interface StripeElements {
  create(kind: 'payment', options: object): { mount(place: HTMLElement): void; unmount(): void };
  submit(): Promise<{ error?: StripeError }>;
  update(options: object): void;
}
interface Stripe {
  elements(options: object): StripeElements;
  createConfirmationToken(options: object): Promise<{ error?: StripeError; confirmationToken?: { id: string } }>;
}
type StripeMaker = (key: string, options: object) => Stripe;

declare global {
  interface Window {
    Stripe?: StripeMaker;
  }
}

export interface CardFields {
  token(): Promise<string>;
  charge(money: Money): void;
  leave(): void;
}

let loading: Promise<StripeMaker> | null = null;

function loadStripe(): Promise<StripeMaker> {
  loading ??= new Promise<StripeMaker>((resolve, reject) => {
    const script = document.createElement('script');
    script.src = SCRIPT;
    script.onload = () => (window.Stripe ? resolve(window.Stripe) : reject(new Problem('offline', 0, '')));
    script.onerror = () => {
      loading = null;
      script.remove();
      reject(new Problem('offline', 0, ''));
    };
    document.head.append(script);
  });
  return loading;
}

/** Stripe's frames must stand in the document itself: the place is handed down through a slot of every shadow root between. */
export function lightPlace(form: HTMLElement): { place: HTMLElement; leave: () => void } {
  const made: HTMLElement[] = [];
  let host = form;
  for (let root = host.getRootNode(); root instanceof ShadowRoot; root = host.getRootNode()) {
    const slot = document.createElement('slot');
    slot.name = SLOT;
    slot.slot = SLOT;
    host.append(slot);
    made.push(slot);
    host = root.host as HTMLElement;
  }
  const place = document.createElement('div');
  place.slot = SLOT;
  host.append(place);
  made.push(place);
  return {
    place,
    leave: () => {
      for (const one of made) one.remove();
    },
  };
}

/** In the page's own colours: the frame cannot read them. */
function appearance(form: HTMLElement): object {
  const style = getComputedStyle(form);
  const value = (name: string) => style.getPropertyValue(name).trim();
  return {
    variables: {
      colorPrimary: value('--accent'),
      colorText: value('--ink'),
      colorBackground: value('--paper-raised'),
      colorDanger: value('--danger'),
      borderRadius: value('--radius-m'),
    },
  };
}

export async function mountStripe(form: HTMLElement, key: string, money: Money): Promise<CardFields> {
  const maker = await loadStripe();
  const locale = language() === 'zh' ? 'zh' : 'en';
  const stripe = maker(key, { locale });
  const charged = ({ amount_minor, currency }: Money) => ({ amount: amount_minor, currency: currency.toLowerCase() });
  const elements = stripe.elements({ mode: 'payment', ...charged(money), appearance: appearance(form) });
  const fields = elements.create('payment', { layout: 'tabs' });
  const { place, leave } = lightPlace(form);
  fields.mount(place);
  const refuse = (error: StripeError): never => {
    throw new Problem(`stripe.${error.code ?? 'refused'}`, 422, error.message ?? '');
  };
  return {
    async token() {
      const submitted = await elements.submit();
      if (submitted.error) refuse(submitted.error);
      const made = await stripe.createConfirmationToken({ elements, params: { return_url: location.href } });
      if (made.error) refuse(made.error);
      return made.confirmationToken?.id ?? refuse({});
    },
    charge: (next) => elements.update(charged(next)),
    leave: () => {
      fields.unmount();
      leave();
    },
  };
}
