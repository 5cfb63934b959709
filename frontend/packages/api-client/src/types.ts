/** The shapes pages speak of, under the pages' names; every one is the server's own (generated.ts). */
import type * as G from './generated.ts';

export type {
  DeliveryView,
  Offer as SubscriptionOffer,
  OrderProgressAnswer,
  Page,
  RestrictionView,
  Returnable,
  ReturnableLine,
  ReturnView,
  ShipmentView,
  StandingPlan,
  StandingView,
  StandingWish,
  SubscriptionPlan,
  SubscriptionView,
  SubscriptionWish,
} from './generated.ts';

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
export type Hold = G.HoldAnswer;
export type HoldInput = G.HoldRequest;
/** Without shipping everything but the items' price is null. */
export type Quote = G.Quote;
export type PaymentMethods = G.PaymentMethodsAnswer;
export type PaymentChoice = G.PaymentChoice;
export type CheckoutInput = G.CheckoutRequest;
export type Checkout = G.CheckoutAnswer;
export type Cart = G.CartAnswer;
export type CartLine = G.CartLineView;
export type CartSeller = G.CartSellerView;
export type CartAdjustment = G.CartAdjustmentView;
export type CartGift = G.CartGiftView;
export type CartCode = G.CartCodeAnswer;
export type CartBest = G.BestCouponView;
export type Again = G.AgainAnswer;
export type Coupon = G.CouponAnswer;
export type Mandate = G.MandateAnswer;
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
export type Followed = G.Followed;
export type FollowView = G.FollowView;
export type FollowKind = G.FollowRequest['kind'];
export type CaseView = G.CaseView;
export type RoomMode = G.ModeView;
export type WordRule = G.MutedWordRule;
export type BanView = G.BanView;
