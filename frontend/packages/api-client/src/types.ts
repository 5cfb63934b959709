/** The shapes pages speak of, under the pages' names; every one is the server's own (generated.ts). */
import type * as G from './generated.ts';

export type { Page } from './generated.ts';
export type * from './upcoming.ts';

export type Money = G.Money;
export type Language = G.Me['language'];

// accounts

export type Person = G.PersonView;
export type Membership = G.MyOrganisation;
export type Me = G.Me;
export type Address = G.Address;
/** What a form of ours holds: every field is there, if empty. */
export type AddressInput = Required<G.PostalAddress>;
export type Session = G.SessionView;

// shows

export type ShowState = G.ShowPage['state'];
export type CardVariant = G.CardVariant;
export type Card = G.Card;
export type OnAir = G.OnAirView;
export type Moment = G.MomentView;
export type Playback = G.Playback;
export type ShowCard = G.ShowCard;
export type ShowPage = G.ShowPage;
export type Ticket = G.TicketView;
export type SeekAnswer = G.SeekView;
export type ChatHit = G.ChatHit;
export type ShowSearch = G.ShowHits;
export type TryOnRequest = G.OwnRequest;

// sales

export type Totals = G.Totals;
export type Source = G.Source;
export type Hold = Omit<G.HoldAnswer, 'state'> & { state: G.HoldState | 'wanted' };
export type HoldInput = G.HoldRequest;
/** Without shipping everything but the items' price is null. */
export type Quote = G.Quote;
export type PaymentMethods = Omit<G.PaymentMethodsAnswer, 'offered'> & {
  offered: (G.OfferedAnswer & { kind?: 'card' | 'redirect' | 'later' })[];
};
export type PaymentChoice = G.PaymentChoice;
export type CheckoutInput = G.CheckoutRequest & { codes?: string[]; currency?: string; expected_total_minor?: number };
export type Checkout = Omit<G.CheckoutAnswer, 'state'> & {
  state: G.CheckoutState | 'placed';
  orders: {
    order_id: string | null;
    number: string | null;
    seller_name: string;
    total: G.Money;
    order_url: string | null;
  }[];
};
export type OrderLine = G.OrderLineAnswer;
export type Payment = G.PaymentAnswer;
export type Order = G.OrderAnswer;

// discovery

export type MomentCard = G.MomentHit;
export type Home = G.Home;
export type ItemHit = G.ItemHit;
export type SearchAnswer = G.SearchAnswer;

// rooms over HTTP

export type RoomEntry = G.WireEntry;
export type RoomEntries = G.EntriesPage;
export type RoomPrivateEntry = G.PrivateView;
