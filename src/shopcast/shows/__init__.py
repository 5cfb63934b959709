"""Shows: schedule, shelf, run of show, requests, moments, the meaning of the timeline. Others may use these names."""

from shopcast.kernel.actions import ActionSpec
from shopcast.kernel.jobs import JobSpec, Periodic
from shopcast.shows.access import require_right, rights, visible_show
from shopcast.shows.moderation.ban_person import BanPerson, LiftBan, ban_person, lift_ban
from shopcast.shows.moderation.set_house_words import SetHouseWords, set_house_words
from shopcast.shows.moments.export_moment import ExportAsked, ExportMoment, export_moment
from shopcast.shows.moments.pin_item import PinItem, UnpinItem, pin_item, unpin_item
from shopcast.shows.moments.queries import (
    HostOnAir,
    MomentView,
    OnAir,
    SaidAt,
    host_on_air,
    hosts_on_air,
    moment_at,
    moment_clip_url,
    on_air_at,
    said_at,
)
from shopcast.shows.moments.redact_stretch import RedactStretch, UndoRedaction, redact_stretch, undo_redaction
from shopcast.shows.pages import (
    ExpressLane,
    ItemName,
    ManagePage,
    MomentDocument,
    ShowDocument,
    ShowPage,
    cards_of_items,
    cards_of_shows,
    express_lane,
    items_of,
    manage_page,
    show_cards,
    show_document,
    show_page,
)
from shopcast.shows.ports import Followers
from shopcast.shows.reactions import SUBSCRIPTIONS
from shopcast.shows.requests.ask_to_see import AskToSee, ask_to_see
from shopcast.shows.requests.model import number_in_query, parse_try_on
from shopcast.shows.requests.publish import (
    PUBLISH_REQUESTS,
    TELL_ASKERS,
    AskersDue,
    PublishRequests,
    RequestsDue,
    TellAskers,
    publish_requests,
    publish_requests_when_due,
    tell_askers,
    tell_askers_when_due,
)
from shopcast.shows.requests.purchases import PurchaseAsk, parse_purchases
from shopcast.shows.requests.queries import OwnRequest
from shopcast.shows.run_of_show.advance_cue import AdvanceCue, StepBack, advance_cue, step_back
from shopcast.shows.run_of_show.write_run_of_show import CueDraft, WriteRunOfShow, write_run_of_show
from shopcast.shows.sales_calls import (
    ShelfItem,
    sales_changed,
    say_coupon,
    say_drop,
    shelf_item,
    tell_buyer,
    tell_buyers,
)
from shopcast.shows.schedule.create_show import CreateShow, create_show
from shopcast.shows.schedule.cut_show import CutShow, UncutShow, cut_show, uncut_show
from shopcast.shows.schedule.edit_show import EditShow, edit_show
from shopcast.shows.schedule.end_show import (
    END_AFTER_GRACE,
    EndAfterGrace,
    EndShow,
    GraceOver,
    end_after_grace,
    end_show,
    end_when_grace_is_over,
)
from shopcast.shows.schedule.go_live import GoLive, go_live
from shopcast.shows.schedule.model import Show, ShowState, Visibility
from shopcast.shows.schedule.queries import ListState, Named, ShowCard, has_public_show
from shopcast.shows.schedule.rehearse import Rehearse, rehearse
from shopcast.shows.schedule.repository import show, show_of_room
from shopcast.shows.schedule.schedule_show import ScheduleShow, schedule_show
from shopcast.shows.schedule.set_cover import SetCover, set_cover
from shopcast.shows.schedule.stream_key import IssueStreamKey, TakeOver, issue_stream_key, take_over
from shopcast.shows.search.queries import search_show
from shopcast.shows.shelf.add_items import AddedItem, AddItems, NewItem, add_items
from shopcast.shows.shelf.edit_item import EditItem, RemoveItem, edit_item, remove_item
from shopcast.shows.shelf.model import Card, CardVariant
from shopcast.shows.shelf.model import ShelfItem as NumberedItem
from shopcast.shows.shelf.order_items import OrderItems, order_items
from shopcast.shows.shelf.publish import (
    PUBLISH_CARD,
    PUBLISH_STOCK,
    CardDue,
    PublishCard,
    PublishStock,
    StockDue,
    publish_card,
    publish_card_when_due,
    publish_stock,
    publish_stock_when_due,
    stock_changed,
)
from shopcast.shows.shelf.repository import items_by_number
from shopcast.shows.shelf.save_set import DeleteSet, SaveSet, delete_saved_set, save_set
from shopcast.shows.staff.change_staff import PutStaff, RemoveStaff, put_on_staff, remove_from_staff
from shopcast.shows.staff.ticket import ticket_of
from shopcast.shows.timeline.fold import empty_state, fold_body
from shopcast.shows.timeline.rules import ROOM_RULES

ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("shows.create_show", CreateShow, create_show, str),
    ActionSpec("shows.edit_show", EditShow, edit_show),
    ActionSpec("shows.set_cover", SetCover, set_cover),
    ActionSpec("shows.schedule_show", ScheduleShow, schedule_show),
    ActionSpec("shows.rehearse", Rehearse, rehearse),
    ActionSpec("shows.go_live", GoLive, go_live),
    ActionSpec("shows.end_show", EndShow, end_show),
    ActionSpec("shows.end_after_grace", EndAfterGrace, end_after_grace),
    ActionSpec("shows.cut_show", CutShow, cut_show),
    ActionSpec("shows.uncut_show", UncutShow, uncut_show),
    ActionSpec("shows.issue_stream_key", IssueStreamKey, issue_stream_key, str),
    ActionSpec("shows.take_over", TakeOver, take_over),
    ActionSpec("shows.add_items", AddItems, add_items, list[AddedItem]),
    ActionSpec("shows.edit_item", EditItem, edit_item),
    ActionSpec("shows.remove_item", RemoveItem, remove_item),
    ActionSpec("shows.order_items", OrderItems, order_items),
    ActionSpec("shows.save_set", SaveSet, save_set, str),
    ActionSpec("shows.delete_set", DeleteSet, delete_saved_set),
    ActionSpec("shows.publish_card", PublishCard, publish_card),
    ActionSpec("shows.publish_stock", PublishStock, publish_stock),
    ActionSpec("shows.pin_item", PinItem, pin_item, str),
    ActionSpec("shows.unpin_item", UnpinItem, unpin_item),
    ActionSpec("shows.redact_stretch", RedactStretch, redact_stretch, str),
    ActionSpec("shows.undo_redaction", UndoRedaction, undo_redaction),
    ActionSpec("shows.export_moment", ExportMoment, export_moment, ExportAsked),
    ActionSpec("shows.write_run_of_show", WriteRunOfShow, write_run_of_show),
    ActionSpec("shows.advance_cue", AdvanceCue, advance_cue, str),
    ActionSpec("shows.step_back", StepBack, step_back, str),
    ActionSpec("shows.ask_to_see", AskToSee, ask_to_see, OwnRequest),
    ActionSpec("shows.publish_requests", PublishRequests, publish_requests),
    ActionSpec("shows.tell_askers", TellAskers, tell_askers, int),
    ActionSpec("shows.ban_person", BanPerson, ban_person, str),
    ActionSpec("shows.lift_ban", LiftBan, lift_ban),
    ActionSpec("shows.set_house_words", SetHouseWords, set_house_words),
    ActionSpec("shows.put_staff", PutStaff, put_on_staff),
    ActionSpec("shows.remove_staff", RemoveStaff, remove_from_staff),
)
JOBS: tuple[JobSpec, ...] = (
    JobSpec(END_AFTER_GRACE, GraceOver, end_when_grace_is_over),
    JobSpec(PUBLISH_CARD, CardDue, publish_card_when_due),
    JobSpec(PUBLISH_STOCK, StockDue, publish_stock_when_due),
    JobSpec(PUBLISH_REQUESTS, RequestsDue, publish_requests_when_due),
    JobSpec(TELL_ASKERS, AskersDue, tell_askers_when_due),
)
PERIODICS: tuple[Periodic, ...] = ()

__all__ = [
    "ACTIONS",
    "JOBS",
    "PERIODICS",
    "ROOM_RULES",
    "SUBSCRIPTIONS",
    "AddItems",
    "AddedItem",
    "AdvanceCue",
    "AskToSee",
    "BanPerson",
    "Card",
    "CardVariant",
    "CreateShow",
    "CueDraft",
    "CutShow",
    "DeleteSet",
    "EditItem",
    "EditShow",
    "EndAfterGrace",
    "EndShow",
    "ExportMoment",
    "ExpressLane",
    "Followers",
    "GoLive",
    "HostOnAir",
    "IssueStreamKey",
    "ItemName",
    "LiftBan",
    "ListState",
    "ManagePage",
    "MomentDocument",
    "MomentView",
    "Named",
    "NewItem",
    "NumberedItem",
    "OnAir",
    "OrderItems",
    "PinItem",
    "PublishCard",
    "PublishRequests",
    "PublishStock",
    "PurchaseAsk",
    "PutStaff",
    "RedactStretch",
    "Rehearse",
    "RemoveItem",
    "RemoveStaff",
    "SaidAt",
    "SaveSet",
    "ScheduleShow",
    "SetCover",
    "SetHouseWords",
    "ShelfItem",
    "Show",
    "ShowCard",
    "ShowDocument",
    "ShowPage",
    "ShowState",
    "StepBack",
    "TakeOver",
    "TellAskers",
    "UncutShow",
    "UndoRedaction",
    "UnpinItem",
    "Visibility",
    "WriteRunOfShow",
    "cards_of_items",
    "cards_of_shows",
    "edit_item",
    "empty_state",
    "express_lane",
    "fold_body",
    "has_public_show",
    "host_on_air",
    "hosts_on_air",
    "items_by_number",
    "items_of",
    "manage_page",
    "moment_at",
    "moment_clip_url",
    "number_in_query",
    "on_air_at",
    "parse_purchases",
    "parse_try_on",
    "require_right",
    "rights",
    "said_at",
    "sales_changed",
    "say_coupon",
    "say_drop",
    "search_show",
    "shelf_item",
    "show",
    "show_cards",
    "show_document",
    "show_of_room",
    "show_page",
    "stock_changed",
    "tell_buyer",
    "tell_buyers",
    "ticket_of",
    "visible_show",
]
