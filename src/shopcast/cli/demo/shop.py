"""The words of the demo shop: accounts, catalogue, cues, what the crowd says. Data only."""

from dataclasses import dataclass

# Published on purpose and printed as demo passwords; accounts marked as demo are refused outside the demo.
DEMO_PASSWORD = "demo-lantern-7"
SELLER_EMAIL = "mira@demo.example"
OPERATOR_EMAIL = "operator@demo.example"
SHOPPER_EMAIL = "sam@demo.example"
ORGANISATION = "Lantern & Loom"
LEGAL_IDENTITY = "Lantern & Loom GmbH, Beispielweg 7, 10115 Berlin, Germany · hello@lantern.example · HRB 00000"
SHOW_TITLE = "Autumn at home: twelve good things"
SHOW_DESCRIPTION = "Mira shows twelve things for a slow season and answers what you ask. Ask for any number!"

COUPON_CODE = "LANTERN10"
CODE_OFFER = f"10 % off with {COUPON_CODE}"
SCREEN_OFFER = "5 € off from 40 €"
TIER_OFFER = "Three of one kind: 8 % off"
GIFT_OFFER = "A terracotta pot with orders from 120 €"
GIFT_HANDLE = "terracotta-pot"
SHIPPING_OFFER = "Free shipping from 80 €"
# Items that the host drops while they are on air, by their place on the shelf: those with stock to spare.
DROPPED_PLACES = (0, 5, 9)


@dataclass(frozen=True, slots=True)
class DemoItem:
    """`sizes` of one entry without a name is an item without variants."""

    handle: str
    title: str
    price: str
    stock: int
    claim: str
    script: str
    sizes: tuple[str, ...] = ()
    compare_at: str = ""


# In the order of the drawn pictures: the first is number 1.
ITEMS: tuple[DemoItem, ...] = (
    DemoItem(
        "stoneware-mug",
        "Stoneware mug",
        "18.00",
        140,
        "Thrown by hand, dishwasher safe",
        "Show the glaze in the light.",
    ),
    DemoItem("linen-apron", "Linen apron", "39.00", 60, "Pre-washed linen, deep pocket", "Turn the pocket inside out."),
    DemoItem("shade-lamp", "Table lamp Amber", "74.00", 24, "Brass foot, warm light", "Switch it on and off once."),
    DemoItem(
        "terracotta-pot", "Terracotta pot", "14.50", 200, "Breathes, so roots stay dry", "Tap it so that it rings."
    ),
    DemoItem("wool-throw", "Wool throw", "89.00", 35, "Undyed wool from one farm", "Let the fringe fall over the arm."),
    DemoItem("canvas-tote", "Canvas tote", "24.00", 160, "Carries fifteen kilos", "Put three bottles in."),
    DemoItem(
        "harbour-raincoat",
        "Harbour raincoat",
        "129.00",
        90,
        "Taped seams, packs into its hood",
        "Pour water over the sleeve.",
        ("S", "M", "L", "XL"),
    ),
    DemoItem("iron-teapot", "Teapot Moss", "46.00", 40, "Keeps tea warm for an hour", "Pour slowly, no drips."),
    DemoItem("straw-sunhat", "Straw sunhat", "32.00", 50, "Rolls up, springs back", "Roll it and let go.", ("S", "M")),
    DemoItem("fig-candle", "Candle Fig & Cedar", "21.00", 120, "Forty hours of quiet", "Light it with a long match."),
    DemoItem("cherry-board", "Cherry board", "54.00", 30, "One piece of wood, oiled", "Show the grain from the side."),
    DemoItem("quilt-cushion", "Quilted cushion", "36.00", 80, "Cotton, cover comes off", "Zip it open and closed."),
)

CROWD_NAMES: tuple[str, ...] = (
    "Ada",
    "小林",
    "Jonas",
    "Priya",
    "雨晴",
    "Mats",
    "Noor",
    "阿杰",
    "Lena",
    "Tomás",
    "思涵",
    "Ruth",
)

ASKING: tuple[str, ...] = (
    "could you try number {n}?",
    "#{n} pls",
    "can we see {n} again?",
    "试一下{n}号",
    "{n}号链接",
    "number {n} please!",
    "主播看看{n}号",
)

ORDERING: tuple[str, ...] = ("sold {n}", "sold {n} please", "买{n}号", "mine {n}")

CHATTING: tuple[str, ...] = (
    "hello from Lisbon",
    "love the colour",
    "晚上好！",
    "is it machine washable?",
    "这个颜色好看",
    "the glaze on that one…",
    "质量怎么样？",
    "bought the mug last time, still my favourite",
    "包邮吗？",
    "how long is delivery?",
    "那个茶壶保温吗",
    "just got here, what did I miss?",
)


def shopify_csv() -> str:
    """The catalogue as the Shopify export that a seller would upload."""
    header = "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,"
    header += "Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,Status"
    lines = [header]
    for item in ITEMS:
        for place, size in enumerate(item.sizes or ("Default Title",)):
            option = "Size" if item.sizes else "Title"
            share = item.stock // max(1, len(item.sizes))
            first = place == 0
            lines.append(
                ",".join(
                    (
                        item.handle,
                        item.title if first else "",
                        f"<p>{item.claim}</p>".replace(",", " –") if first else "",
                        ORGANISATION if first else "",
                        "Home" if first else "",
                        "demo" if first else "",
                        "true" if first else "",
                        option if first else "",
                        size,
                        f"LL-{item.handle}-{size}".replace(" ", "-"),
                        "shopify",
                        str(share),
                        "deny",
                        item.price,
                        "active" if first else "",
                    )
                )
            )
    return "\n".join(lines) + "\n"
