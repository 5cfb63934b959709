// Canned answers for developing the console without a server: one small knitwear shop and its shows.

import type { Card, Cue, Manage, Me, Moment, Product, Show, Variant } from '../src/types.ts';

export const NOW = Date.parse('2026-11-22T19:42:00Z');
const at = (minutes: number): string => new Date(NOW + minutes * 60_000).toISOString();
export const eur = (amount_minor: number) => ({ amount_minor, currency: 'EUR' });

const PAINT = ['#b8562f', '#31525b', '#c99a2e', '#6b7a3a', '#7a3b4e', '#40617f', '#9b6a44', '#2f4034'];
export function picture(number: number, word: string): string {
  const ink = PAINT[number % PAINT.length] ?? '#333';
  return `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 240"><rect width="240" height="240" fill="${ink}"/><circle cx="120" cy="104" r="58" fill="#fff" opacity=".16"/><text x="120" y="132" font-family="sans-serif" font-size="84" font-weight="700" text-anchor="middle" fill="#fff">${number}</text><text x="120" y="206" font-family="sans-serif" font-size="20" text-anchor="middle" fill="#fff" opacity=".85">${word}</text></svg>`,
  )}`;
}

export const NAMES: readonly [title: string, claim: string, price: number, was: number | null, left: number][] = [
  ['Merino crew sweater', 'Spun in Biella, 18.5 micron', 8900, null, 34],
  ['Cable cardigan', 'Six horn buttons, no plastic', 11900, 13900, 12],
  ['Rib beanie', 'Fits heads from 54 to 60 cm', 2900, null, 61],
  ['Lambswool scarf', 'Two metres long, does not scratch', 4500, 5200, 18],
  ['Fingerless gloves', 'Works with a phone', 2400, null, 0],
  ['Alpaca roll-neck', 'Warm to minus five', 14900, null, 9],
  ['Linen shirt dress', 'Washes at 40 degrees, keeps its shape', 7900, 9900, 23],
  ['Wool socks, three pairs', 'Reinforced heel and toe', 1900, null, 140],
  ['Felted slippers', 'Leather sole, sizes 36 to 46', 5900, null, 27],
  ['Checked blanket', '130 by 190 cm, 1.1 kg', 9900, null, 7],
  ['Cashmere travel wrap', 'Folds into its own pocket', 18900, 21900, 4],
  ["Children's bobble hat", 'Lined with cotton fleece', 2200, null, 38],
];
const SIZES = ['S', 'M', 'L', 'XL'];

export const cards: Card[] = NAMES.map(([title, claim, price, was, left], index) => ({
  id: `itm_${index + 1}`,
  number: index + 1,
  title,
  claim,
  hidden: index === 11,
  currency: 'EUR',
  price_minor: price,
  price_max_minor: index === 6 ? price + 400 : price,
  compare_at_minor: was,
  lowest_30d_minor: was ? price : null,
  left,
  image_url: picture(index + 1, title.split(' ', 1).join('')),
  product_id: `prd_${index + 1}`,
  seller_id: 'org_1',
  seller_name: 'Lumen Knitwear',
  options: ['Size'],
  variants: SIZES.map((size, place) => ({
    id: `var_${index + 1}_${size}`,
    title: size,
    options: [size],
    price_minor: price + (index === 6 && size === 'XL' ? 400 : 0),
    left: Math.floor(left / 4) + (place < left % 4 ? 1 : 0),
  })),
}));

export const products: Product[] = NAMES.map(([title, claim, price, was, left], index) => ({
  id: `prd_${index + 1}`,
  handle: title.toLowerCase().replaceAll(/[^a-z]+/g, '-'),
  title,
  description: claim,
  vendor: 'Lumen',
  product_type: index < 7 ? 'Knitwear' : 'Home',
  tags: ['autumn'],
  status: index === 11 ? 'draft' : 'active',
  options: ['Size'],
  image_url: picture(index + 1, title.split(' ', 1).join('')),
  variants: SIZES.map(
    (size, place): Variant => ({
      id: `var_${index + 1}_${size}`,
      sku: `LUM-${index + 1}-${size}`,
      barcode: '',
      option_values: [size],
      title: size,
      price_minor: price,
      currency: 'EUR',
      compare_at_minor: was,
      on_hand: Math.floor(left / 4) + 3 + place,
      left: Math.max(0, Math.floor(left / 4) + place - (place === 1 ? 2 : 0)),
      held: place === 1 ? 2 : 0,
      sold: 3,
      position: place,
    }),
  ),
}));

export const cues: Cue[] = [
  [
    'itm_1',
    5,
    'Say hello, say where the wool comes from. Hold the sleeve to the light so that they see the stitch.',
    8900,
    -34,
  ],
  ['itm_2', 8, 'Open the buttons one by one. Try it over the merino.', 11900, -27],
  ['itm_3', 4, 'Fold it twice. Show the label.', 2900, -22],
  [
    'itm_7',
    10,
    'Stand up, turn slowly, both sides. Say that M is 96 cm at the chest and that the host wears M at 172 cm.',
    6900,
    null,
  ],
  ['itm_6', 8, 'Roll-neck: pull it wide, let it spring back.', 14900, null],
  [null, 3, 'Thank everyone. Answer two questions from the chat.', null, null],
  ['itm_11', 10, 'The wrap: fold it into its pocket on camera.', 18900, null],
].map(([item, minutes, script, price, done], index) => ({
  id: `cue_${index + 1}`,
  position: index,
  item_id: item as string | null,
  minutes: minutes as number,
  script: script as string,
  claims_allowed: item === 'itm_7' ? '100 % European linen. Washes at 40 °C.' : item === 'itm_1' ? '18.5 micron' : '',
  price_said: price === null ? null : eur(price as number),
  done_at: done === null ? null : at(done as number),
}));

const show = (id: string, title: string, state: Show['state'], starts: number, extra: Partial<Show> = {}): Show => ({
  id,
  title,
  description: 'Knitwear for the cold half of the year, shown by the people who make it.',
  cover_url: picture(Number(id.slice(-1)), 'Lumen'),
  category: 'Fashion',
  language: 'en',
  visibility: 'public',
  starts_at: at(starts),
  time_zone: 'Europe/Berlin',
  state,
  room_id: `rom_${id}`,
  broadcast_id: `bct_${id}`,
  started_at: null,
  ended_at: null,
  interrupted_at: null,
  grace_s: 120,
  items_count: 12,
  ...extra,
});
export const shows: Show[] = [
  show('shw_1', 'Autumn knits, the whole shelf', 'live', -42, { started_at: at(-38) }),
  show('shw_2', 'Slippers and blankets for Sunday', 'scheduled', 60 * 22),
  show('shw_3', 'First look: the winter collection', 'draft', 60 * 24 * 9, {
    items_count: 0,
    cover_url: null,
    visibility: 'private',
  }),
  show('shw_4', 'Merino morning', 'replay', -60 * 24 * 6, {
    started_at: at(-60 * 24 * 6),
    ended_at: at(-60 * 24 * 6 + 61),
  }),
  show('shw_5', 'Scarves in an hour', 'interrupted', -20, { started_at: at(-18), interrupted_at: at(-0.6) }),
];

export const moments: Moment[] = [1, 2, 3, 7].map((number, index) => ({
  id: `mom_${number}`,
  item_id: `itm_${number}`,
  number,
  title: cards[number - 1]?.title ?? '',
  from_ms: (index * 9 + 2) * 60_000,
  to_ms: (index * 9 + 9) * 60_000,
  clip_url: `/clips/mom_${number}.m3u8`,
  image_url: null,
}));

export function manage(id: string): Manage {
  const found = shows.find((one) => one.id === id) ?? (shows[0] as Show);
  const bare = found.state === 'draft';
  return {
    show: found,
    items: bare ? [] : cards,
    cues: bare ? [] : cues,
    moments: bare ? [] : moments,
    stream: {
      rtmp_url: 'rtmp://live.lumen.example/live',
      key_hint: bare ? null : '…x7Qd',
      state: found.state === 'live' ? 'ready' : found.state === 'interrupted' ? 'lost' : 'waiting',
      health:
        found.state === 'live'
          ? {
              width: 1280,
              height: 720,
              frames_per_s: 30,
              video_kbit_s: 2960,
              audio_kbit_s: 128,
              key_frame_s: 10,
              video_codec: 'H.264',
              audio_codec: 'AAC',
            }
          : null,
      warnings: found.state === 'live' ? [{ code: 'keyframe_interval_long', params: { seconds: 10 } }] : [],
    },
    current_cue_id: bare ? null : 'cue_4',
    warnings: bare
      ? []
      : [{ cue_id: 'cue_4', item_id: 'itm_7', number: 7, said: eur(6900), prices: [eur(7900), eur(8300)] }],
    cuts: found.state === 'replay' ? [{ id: 'cut_1', from_ms: 900_000, to_ms: 945_000 }] : [],
    playback:
      found.state === 'live' ? { live_url: '', plain_url: '', replay_url: '', rewind_url: '', status_url: '' } : null,
  };
}

export const me: Me = {
  person: {
    id: 'usr_1',
    email: 'mira@lumen.example',
    display_name: 'Mira Holt',
    language: 'en',
    email_verified: true,
    created_at: '2026-09-01T09:00:00Z',
  },
  guest_id: null,
  organisations: [
    { id: 'org_1', kind: 'seller', name: 'Lumen Knitwear', role: 'owner', slug: 'lumen', currency: 'EUR' },
    { id: 'org_2', kind: 'host', name: 'Mira Holt', role: 'owner', slug: 'mira', currency: 'EUR' },
  ],
  is_operator: true,
  language: 'en',
  csrf: 'mock',
};
