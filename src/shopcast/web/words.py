"""The few words that the server itself writes into pages, in both languages. All others belong to the front end."""

from collections.abc import Mapping

from shopcast.kernel.errors import Language

WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "site": "Shopcast",
        "tagline": "Live shows you can shop",
        "needs_script": "This page needs JavaScript. The list of everything in a show works without it.",
        "loading": "Loading…",
        "list": "Everything in this show",
        "watch": "Watch",
        "watch_show": "Watch the show",
        "buy_item": "Buy number {number}, {title}",
        "as_loaded": "Prices and stock are as of this page's loading. Buying checks them again.",
        "buy": "Buy",
        "sold_out": "Sold out",
        "left": "Left: {n}",
        "empty_list": "Nothing on the shelf yet. Come back when the show begins.",
        "home": "Home",
        "sign_in": "Sign in",
        "error_title": "This did not work",
        "not_found_title": "Not here",
        "back_home": "Go to the start page",
        "skip": "Skip to content",
    },
    "zh": {
        "site": "Shopcast",
        "tagline": "边看直播边购物",
        "needs_script": "此页面需要启用 JavaScript。商品列表页无需脚本即可使用。",
        "loading": "加载中…",
        "list": "本场直播全部商品",
        "watch": "看讲解",
        "watch_show": "观看直播",
        "buy_item": "购买 {number} 号，{title}",
        "as_loaded": "价格与库存为打开页面时的状态，购买时会再次核对。",
        "buy": "购买",
        "sold_out": "已售罄",
        "left": "剩余 {n} 件",
        "empty_list": "货架上还没有商品。请在直播开始后再来看看。",
        "home": "首页",
        "sign_in": "登录",
        "error_title": "操作未成功",
        "not_found_title": "找不到页面",
        "back_home": "返回首页",
        "skip": "跳到正文",
    },
}
