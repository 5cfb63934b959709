/** The elements of a show: picture, shelf, card on air, chat, requests, buying, and the page that joins them. */
export { addressFields, addressLines, EMPTY_ADDRESS, readAddress } from './buy/address-fields.ts';
export { BuyFlow, type BuyStep } from './buy/buy-flow.ts';
export { countryChoices, countryName, likelyCountry } from './buy/countries.ts';
export { ScBuySheet } from './buy/sc-buy-sheet.ts';
export { ScChat } from './chat/sc-chat.ts';
export { preloadEngine, ShopcastPlayer } from './player/shopcast-player.ts';
export { ScShelf } from './shelf/sc-shelf.ts';
export { ScChapters } from './show/sc-chapters.ts';
export { ScOnAirCard } from './show/sc-on-air-card.ts';
export { ScRequests } from './show/sc-requests.ts';
export { ScShowPage } from './show/sc-show-page.ts';
