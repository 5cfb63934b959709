"""The façade of rooms: one log per room, opaque to it, and the people connected to it. Knows nothing of selling."""

from shopcast.kernel.actions import ActionSpec
from shopcast.kernel.jobs import JobSpec, Periodic
from shopcast.kernel.subscriptions import Subscription
from shopcast.rooms.chat.export_chat import ExportPage, ExportPosition, chat_csv, chat_csv_page
from shopcast.rooms.chat.hide_line import HideLine, HideLines, hide_line, hide_lines
from shopcast.rooms.chat.model import LineRefused, SpokenLine
from shopcast.rooms.chat.mute_person import MutePerson, mute_person
from shopcast.rooms.chat.muted_words import MutedWordRule, cleaned_rules
from shopcast.rooms.chat.pin_line import PinLine, pin_line
from shopcast.rooms.chat.repository import Speaker
from shopcast.rooms.chat.say_lines import SayLines, say_lines
from shopcast.rooms.chat.set_chat_mode import SetChatMode, set_chat_mode, set_house_words
from shopcast.rooms.chat.unhide_line import UnhideLine, unhide_line
from shopcast.rooms.log.append import append, append_private, append_privates, room_topic
from shopcast.rooms.log.create_room import create_room, set_public_log
from shopcast.rooms.log.erase_person import erase_person
from shopcast.rooms.log.lease_room import Lease, LeaseRoom, ReleaseRoom, lease_room, release_room
from shopcast.rooms.log.model import Audience, Body, Entry, Folded, Head, Lane, PrivateEntry, RoomRules
from shopcast.rooms.log.queries import SaidLine, entries_after, folded, head, said_lines_after
from shopcast.rooms.log.sequence_room import Sequenced, SequenceRoom, sequence_room
from shopcast.rooms.log.store_snapshot import StoreSnapshot, store_snapshot
from shopcast.rooms.moderation.decide_cases import DecideCases, decide_cases
from shopcast.rooms.moderation.expel_person import expel_person, readmit_person, speaker_of
from shopcast.rooms.moderation.report_line import ReportLine, report_line
from shopcast.rooms.presence.beacons import Beacons
from shopcast.rooms.presence.queries import PresenceSample, presence_samples
from shopcast.rooms.presence.record_presence import WINDOW_S, RecordPresence, record_presence
from shopcast.rooms.ticket import Right, Role, Ticket, sign_ticket, verify_ticket

ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("rooms.lease_room", LeaseRoom, lease_room, Lease),
    ActionSpec("rooms.release_room", ReleaseRoom, release_room),
    ActionSpec("rooms.sequence_room", SequenceRoom, sequence_room, Sequenced),
    ActionSpec("rooms.store_snapshot", StoreSnapshot, store_snapshot),
    ActionSpec("rooms.record_presence", RecordPresence, record_presence),
    ActionSpec("rooms.say_lines", SayLines, say_lines, list[LineRefused]),
    ActionSpec("rooms.hide_line", HideLine, hide_line),
    ActionSpec("rooms.hide_lines", HideLines, hide_lines, int),
    ActionSpec("rooms.pin_line", PinLine, pin_line),
    ActionSpec("rooms.report_line", ReportLine, report_line),
    ActionSpec("rooms.decide_cases", DecideCases, decide_cases, int),
    ActionSpec("rooms.unhide_line", UnhideLine, unhide_line),
    ActionSpec("rooms.mute_person", MutePerson, mute_person),
    ActionSpec("rooms.set_chat_mode", SetChatMode, set_chat_mode),
)
SUBSCRIPTIONS: tuple[Subscription, ...] = ()
JOBS: tuple[JobSpec, ...] = ()
PERIODICS: tuple[Periodic, ...] = ()

__all__ = [
    "ACTIONS",
    "JOBS",
    "PERIODICS",
    "SUBSCRIPTIONS",
    "WINDOW_S",
    "Audience",
    "Beacons",
    "Body",
    "DecideCases",
    "Entry",
    "ExportPage",
    "ExportPosition",
    "Folded",
    "Head",
    "HideLine",
    "HideLines",
    "Lane",
    "MutePerson",
    "MutedWordRule",
    "PinLine",
    "PresenceSample",
    "PrivateEntry",
    "ReportLine",
    "Right",
    "Role",
    "RoomRules",
    "SaidLine",
    "SayLines",
    "SetChatMode",
    "Speaker",
    "SpokenLine",
    "Ticket",
    "UnhideLine",
    "append",
    "append_private",
    "append_privates",
    "chat_csv",
    "chat_csv_page",
    "cleaned_rules",
    "create_room",
    "entries_after",
    "erase_person",
    "expel_person",
    "folded",
    "head",
    "presence_samples",
    "readmit_person",
    "room_topic",
    "said_lines_after",
    "set_house_words",
    "set_public_log",
    "sign_ticket",
    "speaker_of",
    "verify_ticket",
]
